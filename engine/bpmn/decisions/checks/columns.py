"""Columns: one input of a table as a few values that stand for all, and which cells each passes.

The cells of a column are reasoned about when each is a comparison with constants, a range, a list
of them, or a negation. Whether a value passes a cell is asked of the evaluator itself, so the
analysis cannot read a cell otherwise than the evaluation does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.bpmn.decisions.boxes import Cell, InputClause
from engine.bpmn.decisions.checks.regions import NotOrdered, representatives
from engine.bpmn.decisions.feel import tree
from engine.bpmn.decisions.feel.builtins import NAMES
from engine.bpmn.decisions.feel.compiling import children
from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.evaluator import Evaluator
from engine.bpmn.decisions.feel.scope import Scope
from engine.bpmn.decisions.feel.types import Allowed, ContextOf, ListOf, Type
from engine.bpmn.decisions.feel.values import Range, kind

MOST_VALUES = 2_000
_NOT_CONSTANT = ("now", "today")


class NotAnalysed(Exception):
    """A column cannot be reasoned about; `en` and `zh` say why."""

    def __init__(self, en: str, zh: str, line: int | None = None) -> None:
        self.en, self.zh, self.line = en, zh, line
        super().__init__(en)


@dataclass(frozen=True)
class Column:
    """One input: values, and for each of them a bit for every rule whose cell it passes."""

    label: str
    values: tuple[Any, ...]
    masks: tuple[int, ...]


@dataclass(frozen=True)
class _Tests:
    """The tests of a cell, each with the value that it compares with."""

    tests: tuple[tuple[tree.Test, Any], ...]
    negated: bool


@dataclass
class _Constants:
    values: list[Any]
    ordered: bool = False
    has_null: bool = False


def place_of(node: tree.Node) -> tuple[str, ...] | None:
    """Return an input expression as a path of names; None if it computes something."""
    names: list[str] = []
    while isinstance(node, tree.Path):
        names.append(node.name)
        node = node.of
    return (node.name, *reversed(names)) if isinstance(node, tree.Name) else None


def column(
    clauses: Sequence[InputClause],
    cells: Sequence[Sequence[Cell]],
    type_: Type | None,
    feel: Evaluator,
) -> Column:
    """Return the column of one input.

    Args:
        clauses: the input clauses that ask the same expression.
        cells: for each rule, its cells in these clauses; all of them have to pass.
        type_: what the variable is declared to be, where that is known.
        feel: evaluates the cells, within its budget.

    Raises:
        NotAnalysed: a cell cannot be reasoned about.
        LimitExceeded: it costs too much.
    """
    allowed = [one.allowed for one in clauses if one.allowed is not None]
    types = [one.type for one in clauses] + ([] if type_ is None else [type_])
    allowed += [test for one in types for test in _allowed(one)]
    found = _Constants([])
    groups = [
        ([_collect(feel, cell.tests, cell.line, found) for cell in group], rules)
        for group, rules in _grouped(cells)
    ]
    limits = [_collect(feel, tests, clauses[0].line, found) for tests in allowed]
    name = _kind(found.values, types, clauses[0])
    try:
        values = representatives(name, found.values, ordered=found.ordered)
    except NotOrdered as error:
        raise _refused(clauses[0].label, "its values have no order", "其取值无法排序") from error
    if len(values) > MOST_VALUES:
        raise _refused(clauses[0].label, "it has too many values", "取值过多")
    values = [one for one in values if all(_passes(feel, one_of, one) for one_of in limits)]
    if found.has_null:
        values.append(None)
    masks = tuple(_mask(feel, groups, one) for one in values)
    return Column(clauses[0].label, tuple(values), masks)


def _grouped(cells: Sequence[Sequence[Cell]]) -> list[tuple[Sequence[Cell], int]]:
    """Return each wording of the cells once, with the bits of the rules that have it."""
    found: dict[tuple[str, ...], tuple[Sequence[Cell], int]] = {}
    for number, one in enumerate(cells):
        key = tuple(cell.text for cell in one)
        first, mask = found.get(key, (one, 0))
        found[key] = first, mask | 1 << number
    return list(found.values())


def _mask(feel: Evaluator, groups: Sequence[tuple[Sequence[_Tests], int]], value: Any) -> int:
    mask = 0
    for cells, rules in groups:
        if all(_passes(feel, cell, value) for cell in cells):
            mask |= rules
    return mask


def _passes(feel: Evaluator, cell: _Tests, value: Any) -> bool:
    """Ask the evaluator, which would find the same constants each time."""
    feel.budget.spend(1 + len(cell.tests))
    answers = [feel.judge(test, value, wanted) for test, wanted in cell.tests]
    if not answers:
        return True
    if cell.negated:
        return all(one is False for one in answers)
    return any(one is True for one in answers)


def _allowed(type_: Type) -> Iterable[tree.Tests]:
    while isinstance(type_, Allowed):
        yield type_.tests
        type_ = type_.base


def _base(type_: Type) -> Type:
    while isinstance(type_, Allowed):
        type_ = type_.base
    return type_


def _kind(values: Sequence[Any], types: Sequence[Type], clause: InputClause) -> str:
    """Return the one kind of values that a column has."""
    declared = {_base(one).name for one in types} - {"Any"}
    if any(isinstance(_base(one), ListOf | ContextOf) for one in types):
        raise _refused(clause.label, "it is a list or a context", "它是列表或上下文")
    kinds = {kind(one) for one in values} | declared
    if not kinds:
        return "string"
    if len(kinds) > 1:
        raise _refused(clause.label, "its cells are of different kinds", "单元格的类型不一致")
    return next(iter(kinds))


def _collect(feel: Evaluator, tests: tree.Tests, line: int | None, found: _Constants) -> _Tests:
    """Gather the constants of a cell, and return it with their values."""
    made = []
    for test in tests.tests:
        if test.asks or not is_constant(test.of):
            raise NotAnalysed(
                "a cell compares with more than constants", "单元格中有非常量的比较", line
            )
        found.ordered = found.ordered or test.sign not in ("", "=", "!=")
        if isinstance(test.of, tree.Literal) and test.of.value is None:
            found.has_null = True
            made.append((test, None))
            continue
        wanted = constant(feel, test.of)
        made.append((test, wanted))
        _value(wanted, line, found)
    return _Tests(tuple(made), tests.negated)


def _value(value: Any, line: int | None, found: _Constants) -> None:
    if isinstance(value, Range):
        found.ordered = True
        found.values += [end for end in (value.low, value.high) if end is not None]
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, list):
                raise NotAnalysed("a cell holds lists of lists", "单元格中有嵌套列表", line)
            _value(one, line, found)
    elif value is None or isinstance(value, dict):
        raise NotAnalysed("a cell has no plain value", "单元格没有简单值", line)
    else:
        found.values.append(value)


def constant(feel: Evaluator, node: tree.Node) -> Any:
    """Return the value of an expression that names nothing.

    Raises:
        NotAnalysed: it cannot be evaluated.
    """
    try:
        return feel.value(node, Scope({}))
    except (FeelRefused, RecursionError) as error:
        raise NotAnalysed("a cell cannot be evaluated", "单元格无法计算") from error


def is_constant(node: tree.Node) -> bool:
    """Whether an expression has one value: it names functions of the standard at most."""
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, tree.Name) and (one.name not in NAMES or one.name in _NOT_CONSTANT):
            return False
        todo += children(one)
    return True


def _refused(label: str, en: str, zh: str) -> NotAnalysed:
    return NotAnalysed(f"{label[:80]}: {en}", f"{label[:80]}：{zh}")
