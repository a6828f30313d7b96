"""Identity papers 证件: which ones a person or a body may show, and how their numbers are built.

The resident ID card is not the only paper: residents of Hong Kong, Macao and Taiwan and
foreigners have papers of their own. A number is checked for its form and, where there is one, its
check digit; whether the paper is genuine is for the window to see, not for this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from engine import clock

Check = Callable[[str], str | None]


@dataclass(frozen=True)
class IdentityPaper:
    """A kind of identity paper.

    Attributes:
        key: its name in data, such as `resident-id`.
        name: the legal term.
        holder: who can hold it, `person` or `body`.
        check: returns the code of what is wrong with a normalised number, None when it may be.
    """

    key: str
    name: str
    holder: str
    check: Check


def normalised(number: str) -> str:
    """Return a number in capitals without the spaces and hyphens that people type."""
    wide_to_narrow = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
    return re.sub(r"[\s\-]", "", number.translate(wide_to_narrow)).upper()


def _pattern(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda number: None if compiled.fullmatch(number) else "id-no-format"


def _citizen_number(number: str) -> str | None:
    """Check a number by GB 11643-1999: 17 digits and a check digit, ISO 7064 MOD 11-2.

    The place of birth is not looked up: the register of `stdnum` refuses numbers of districts
    younger than their holders' papers (500101 for someone born before 1997), which are valid.
    """
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return "id-no-format"
    if number[17] != ric.calc_check_digit(number):
        return "id-no-check-digit"
    return _birth_date(number[6:14])


def _birth_date(digits: str) -> str | None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return "id-no-birth-date"
    return "id-no-birth-date" if born > clock.today() else None


def _resident_id(number: str) -> str | None:
    problem = _citizen_number(number)
    return problem or ("id-no-other-paper" if number[0] in "89" else None)


def _residence_permit(number: str) -> str | None:
    """81, 82 and 83 stand for Hong Kong, Macao and Taiwan (国办发〔2018〕81号)."""
    if not number.startswith(("810000", "820000", "830000")):
        return "id-no-format"
    return _citizen_number(number)


def _foreign_permanent_resident(number: str) -> str | None:
    """The card of 2017 has three letters and 12 digits, that of 2023 is 9 and a citizen number."""
    if re.fullmatch(r"[A-Z]{3}\d{12}", number):
        return None
    return _citizen_number(number) if number.startswith("9") else "id-no-format"


def _credit_code(number: str) -> str | None:
    """GB 32100-2015: 18 characters, the last of them a check character."""
    if not re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", number):
        return "id-no-format"
    try:
        uscc.validate(number)
    except ValidationError:
        return "id-no-check-digit"
    return None


_PERSONS: tuple[tuple[str, str, Check], ...] = (
    ("resident-id", "居民身份证", _resident_id),
    ("passport", "护照", _pattern(r"[A-Z0-9]{5,15}")),
    ("hk-macao-permit", "港澳居民来往内地通行证", _pattern(r"[HM]\d{8}(\d{2})?")),
    ("taiwan-permit", "台湾居民来往大陆通行证", _pattern(r"\d{8}|\d{10}(\([A-Z]\)|[A-Z])?")),
    ("hmt-residence-permit", "港澳台居民居住证", _residence_permit),
    ("foreign-permanent-resident", "外国人永久居留身份证", _foreign_permanent_resident),
)

PAPERS: dict[str, IdentityPaper] = {
    key: IdentityPaper(key, name, "person", check) for key, name, check in _PERSONS
} | {"uscc": IdentityPaper("uscc", "统一社会信用代码", "body", _credit_code)}


def for_holder(holder: str) -> list[IdentityPaper]:
    """Return the papers that a `person` or a `body` may show, the usual one first."""
    return [paper for paper in PAPERS.values() if paper.holder == holder]
