"""Tables: every decision table of a model, analysed and told about in problems.

A gap is a warning where no default output fills it. An overlap is a problem where the hit policy
promises that there is none: UNIQUE, and ANY where the outputs differ. Examples are values of the
table's inputs, written as FEEL; null counts as an input only where a cell speaks of null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from catalogue.problem import Problem
from engine.bpmn.checks import rules
from engine.bpmn.decisions.boxes import InputClause, TableBox
from engine.bpmn.decisions.checks import coverage
from engine.bpmn.decisions.checks.columns import (
    Column,
    NotAnalysed,
    column,
    constant,
    is_constant,
    place_of,
)
from engine.bpmn.decisions.feel.builtins.conversion import written
from engine.bpmn.decisions.feel.comparing import same
from engine.bpmn.decisions.feel.evaluator import Evaluator
from engine.bpmn.decisions.feel.limits import Budget, LimitExceeded
from engine.bpmn.decisions.feel.types import ANY, Allowed, ContextOf, Type
from engine.bpmn.decisions.model import Decision, DecisionModel, InputData, Knowledge
from engine.bpmn.decisions.walking import boxes

MOST_COLUMNS = 40
MOST_STEPS = 600_000
MOST_SECONDS = 30.0
_NOWHEN = datetime(2026, 1, 1, tzinfo=UTC)
MOST_TOLD = 5


@dataclass(frozen=True)
class Analysis:
    """What is known about one table; examples hold a value for each column.

    Attributes:
        labels: the inputs; columns that ask the same are one.
        gaps: inputs that no rule takes.
        overlaps: numbers of two rules, from 1, and an input that both take.
        dead: numbers of rules that take no input.
    """

    labels: tuple[str, ...]
    gaps: tuple[coverage.Example, ...]
    overlaps: tuple[tuple[int, int, coverage.Example], ...]
    dead: tuple[int, ...]


def check_tables(model: DecisionModel) -> Iterator[Problem]:
    """Yield what is amiss with the tables of a model."""
    feel = Evaluator(_NOWHEN, Budget(MOST_STEPS, MOST_SECONDS))  # for the whole file
    for element in model.elements.values():
        if element.key[0] != model.namespace or not isinstance(element, Decision | Knowledge):
            continue
        types = _types(model, element)
        for box in boxes(element.logic):
            if isinstance(box, TableBox) and box.rules and box.inputs:
                yield from _problems(model, element, box, types, feel)


def _types(model: DecisionModel, element: Decision | Knowledge) -> dict[str, Type]:
    required = (model.elements.get(key) for key in element.requires)
    found = {one.name: one.type for one in required if isinstance(one, InputData | Decision)}
    if isinstance(element, Knowledge):
        found |= dict(zip(element.parameters, element.types, strict=True))
    return found


def _problems(
    model: DecisionModel,
    element: Decision | Knowledge,
    table: TableBox,
    types: Mapping[str, Type],
    feel: Evaluator,
) -> Iterator[Problem]:
    try:
        found = analyse(table, types, feel)
    except (NotAnalysed, LimitExceeded) as reason:
        line = getattr(reason, "line", None) or table.line
        facts = {"reason": str(reason), "reason_zh": reason.zh}
        yield _problem("table-not-analysed", model, element, table, line, **facts)
        return
    has_default = any(clause.default is not None for clause in table.outputs)
    for example in () if has_default else found.gaps:
        shown = _shown(found.labels, example)
        yield _problem("table-gap", model, element, table, table.line, example=shown)
    for first, second, example in found.overlaps:
        line = table.rules[second - 1].line
        facts = {"first": str(first), "second": str(second)}
        facts["example"] = _shown(found.labels, example)
        yield _problem("table-overlap", model, element, table, line, **facts)
    for rule in found.dead:
        line = table.rules[rule - 1].line
        yield _problem("table-rule-dead", model, element, table, line, first=str(rule))


def analyse(
    table: TableBox, types: Mapping[str, Type] | None = None, feel: Evaluator | None = None
) -> Analysis:
    """Return the gaps and the forbidden overlaps of a table.

    Args:
        table: the table.
        types: what the variables that it names are declared to be.
        feel: evaluates the cells, within its budget.

    Raises:
        NotAnalysed: it cannot be reasoned about exactly.
        LimitExceeded: it costs too much.
    """
    feel = feel or Evaluator(_NOWHEN)
    groups = _groups(table)
    columns = [_column(table, places, types or {}, feel) for places in groups]
    count = len(table.rules)
    both = []
    if table.policy in ("UNIQUE", "ANY"):
        for first, second, example in coverage.overlaps(columns, count, feel.budget):
            if table.policy == "UNIQUE" or _differ(table, first, second, feel):
                both.append((first + 1, second + 1, example))
            if len(both) >= MOST_TOLD:
                break
    return Analysis(
        tuple(one.label for one in columns),
        tuple(coverage.gaps(columns, count, feel.budget)),
        tuple(both),
        tuple(rule + 1 for rule in coverage.dead(columns, count)),
    )


def _groups(table: TableBox) -> list[list[int]]:
    """Return the places of columns that ask the same together; others have to be independent."""
    if len(table.inputs) > MOST_COLUMNS:
        raise NotAnalysed("there are too many inputs", "输入列过多")
    found: dict[tuple[str, ...], list[int]] = {}
    for number, clause in enumerate(table.inputs):
        place = place_of(clause.node)
        if place is None:
            label = clause.label[:80]
            raise NotAnalysed(
                f"the input {label} is computed", f"输入 {label} 是计算得出的", clause.line
            )
        found.setdefault(place, []).append(number)
    for one in found:
        if any(one != other and other[: len(one)] == one for other in found):
            raise NotAnalysed("one input is a part of another", "一个输入是另一个输入的组成部分")
    return list(found.values())


def _column(
    table: TableBox, places: Sequence[int], types: Mapping[str, Type], feel: Evaluator
) -> Column:
    clauses = [table.inputs[place] for place in places]
    cells = [[rule.tests[place] for place in places] for rule in table.rules]
    return column(clauses, cells, _type(clauses[0], types), feel)


def _type(clause: InputClause, types: Mapping[str, Type]) -> Type | None:
    """Return the declared type of what an input names."""
    place = place_of(clause.node) or ("",)
    found: Type | None = types.get(place[0])
    for name in place[1:]:
        while isinstance(found, Allowed):
            found = found.base
        found = dict(found.fields).get(name) if isinstance(found, ContextOf) else None
    return None if found is ANY else found


def _differ(table: TableBox, first: int, second: int, feel: Evaluator) -> bool:
    """Whether two rules certainly give different outputs."""
    one, other = table.rules[first].outputs, table.rules[second].outputs
    if not all(is_constant(node) for node in (*one, *other)):
        return False
    return any(
        not same(constant(feel, left), constant(feel, right), feel.budget)
        for left, right in zip(one, other, strict=True)
    )


def _shown(labels: Sequence[str], example: Sequence[Any]) -> str:
    parts = (
        f"{label[:60]} = {written(value, Budget(), 1)[:80]}"
        for label, value in zip(labels, example, strict=True)
    )
    return ", ".join(parts)


def _problem(
    name: str,
    model: DecisionModel,
    element: Decision | Knowledge,
    table: TableBox,
    line: int | None,
    **facts: str,
) -> Problem:
    return rules.rule(name).problem(
        file=model.file,
        line=line,
        element=table.id or element.key[1],
        elements=(element.key[1],),
        named=element.name or element.key[1],
        **facts,
    )
