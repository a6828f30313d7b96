"""Withholding lists 全员全额明细: reads the rows of a CSV file and names what is wrong by row.

A list is the applicant's: it is read in the encodings that office programs write, and more columns
than ours do not matter. What comes back holds counts, sums and row numbers only; names and numbers
of persons stay in the file, so that the result may go into a process and onto a notice.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from engine.casework import identity_papers

MOST_ROWS = 50_000
MOST_ERRORS = 20  # told one by one; a list with more is wrong as a whole
ENCODINGS = ("utf-8-sig", "gb18030")

NAME, PAPER, NUMBER, ITEM = "姓名", "证件类型", "证件号码", "所得项目"
INCOME, TAX = "收入额", "扣缴税额"
PLATE, VIN, COLLECTED = "号牌号码", "车辆识别代号", "代收税额"

ID_PROBLEMS = {
    "id-no-format": "证件号码的位数或者格式不符",
    "id-no-check-digit": "证件号码的校验位不符",
    "id-no-birth-date": "证件号码中的出生日期不存在",
    "id-no-other-paper": "证件号码属于其他证件，请核对证件类型",
}
_PAPERS = {paper.name: paper for paper in identity_papers.for_holder("person")}
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")

Row = Mapping[str, str]


@dataclass(frozen=True)
class ListKind:
    """A kind of list: its columns, what makes a row double, and what else a row must fulfil."""

    columns: tuple[str, ...]
    counted: str  # rows with the same value here are one person or vehicle
    distinct: tuple[str, ...]  # no two rows agree in all of these
    amounts: tuple[str, ...]  # the last one is the tax
    check: Callable[[Row], Iterator[str]]


@dataclass
class Checked:
    """What a list holds; amounts in fen. The errors name rows, never persons."""

    count: int = 0
    rows: int = 0
    income: int = 0
    tax: int = 0
    errors: list[str] = field(default_factory=list)

    def told(self) -> str:
        """Return the errors as one text for the applicant."""
        said = self.errors[:MOST_ERRORS]
        more = len(self.errors) - len(said)
        return "；".join([*said, *([f"另有{more}处错误"] if more else [])])


def _person(row: Row) -> Iterator[str]:
    if not row[NAME]:
        yield "没有填写姓名"
    paper = _PAPERS.get(row[PAPER])
    if paper is None:
        yield f"证件类型应为{'、'.join(_PAPERS)}之一"
        return
    problem = paper.check(identity_papers.normalised(row[NUMBER]))
    if problem:
        yield ID_PROBLEMS.get(problem, ID_PROBLEMS["id-no-format"])
    if not row[ITEM]:
        yield "没有填写所得项目"


def _vehicle(row: Row) -> Iterator[str]:
    if not _VIN.fullmatch(row[VIN].upper()):
        yield "车辆识别代号应为17位字母和数字（不含I、O、Q）"


# By the key of the material that is the list; the matters say which one they want.
KINDS: Mapping[str, ListKind] = {
    "person-list": ListKind(
        (NAME, PAPER, NUMBER, ITEM, INCOME, TAX), NUMBER, (NUMBER, ITEM), (INCOME, TAX), _person
    ),
    "vehicle-list": ListKind((PLATE, VIN, COLLECTED), VIN, (VIN,), (COLLECTED,), _vehicle),
}


def check(kind: ListKind, data: bytes) -> Checked:
    """Read a list and return its counts, sums and errors.

    Args:
        kind: what the columns are.
        data: the bytes of a CSV file; its first row names the columns.
    """
    checked = Checked()
    try:
        rows = _rows(data)
        heads = [one.strip() for one in next(rows, [])]
        missing = [name for name in kind.columns if name not in heads]
        if missing:
            checked.errors.append(f"第1行：缺少栏目“{'”“'.join(missing)}”")
            return checked
        _read(kind, heads, rows, checked)
    except (UnicodeError, csv.Error):
        checked.errors.append("文件不能读取，请另存为UTF-8编码的CSV文件")
    return checked


def _read(kind: ListKind, heads: list[str], rows: Iterator[list[str]], checked: Checked) -> None:
    seen: dict[tuple[str, ...], int] = {}
    counted: set[str] = set()
    for number, cells in enumerate(rows, start=2):
        if not any(one.strip() for one in cells):
            continue
        if checked.rows >= MOST_ROWS:
            checked.errors.append(f"明细超过{MOST_ROWS}行，请分次申报")
            break
        checked.rows += 1
        if len(cells) != len(heads):
            checked.errors.append(f"第{number}行：栏目数与第1行不同")
            continue
        row = {name: cell.strip() for name, cell in zip(heads, cells, strict=True)}
        problems = [*kind.check(row), *_amounts(kind, row, checked)]
        key = tuple(identity_papers.normalised(row[name]) for name in kind.distinct)
        if key in seen:
            problems.append(f"与第{seen[key]}行重复")
        seen.setdefault(key, number)
        counted.add(identity_papers.normalised(row[kind.counted]))
        checked.errors += [f"第{number}行：{problem}" for problem in problems]
    checked.count = len(counted)
    if not checked.rows:
        checked.errors.append("明细没有数据行")


def _amounts(kind: ListKind, row: Row, checked: Checked) -> Iterator[str]:
    found = {name: fen(row[name]) for name in kind.amounts}
    for name, amount in found.items():
        if amount is None:
            yield f"{name}应为不小于零、最多两位小数的金额"
    tax, income = found[kind.amounts[-1]], found.get(INCOME)
    if tax is not None and income is not None and tax > income:
        yield "扣缴税额大于收入额"
    checked.tax += tax or 0
    checked.income += income or 0


def fen(text: str) -> int | None:
    """Return an amount in fen; None where the text is no amount in yuan of at most two decimals."""
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount < 10**13 or amount * 100 % 1:
        return None
    return int(amount * 100)


def _rows(data: bytes) -> Iterator[list[str]]:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return csv.reader(text.splitlines(), strict=True)
    raise UnicodeError("neither UTF-8 nor GB 18030")
