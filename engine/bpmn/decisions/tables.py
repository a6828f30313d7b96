"""Tables: which rules of a decision table match, and what the hit policy makes of them.

UNIQUE and ANY are checked: two rules that match, or that differ, are an error and never a silent
choice. PRIORITY and OUTPUT ORDER follow the order in which the output values are declared. Without
a match the default output is the result, and null where there is none (DMN 1.5, 8.3.4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.bpmn.decisions.boxes import InputClause, OutputClause, Rule, TableBox
from engine.bpmn.decisions.feel.builtins.statistics import total
from engine.bpmn.decisions.feel.comparing import order, same
from engine.bpmn.decisions.feel.scope import Scope
from engine.bpmn.decisions.feel.values import Unfit, number

if TYPE_CHECKING:
    from engine.bpmn.decisions.boxed import Run

Output = tuple[Any, ...]


class TableFailed(Exception):
    """A table has no result that its hit policy allows; mend the table or the input."""


def evaluate(run: Run, table: TableBox, scope: Scope) -> Any:
    """Return the result of a table.

    Raises:
        TableFailed: the rules that match break the hit policy, or an input is not allowed.
    """
    values = [_input(run, clause, scope) for clause in table.inputs]
    matched = _matching(run, table, values, scope)
    run.note_rules(table, values, [rule.id for rule in matched])
    if not matched:
        return _default(run, table, scope)
    outputs = [_outputs(run, table, rule, scope) for rule in matched]
    return _POLICIES[table.policy](run, table, matched, outputs, scope)


def _input(run: Run, clause: InputClause, scope: Scope) -> Any:
    value = run.feel.value(clause.node, scope)
    try:
        value = run.feel.fitted(value, clause.type)
    except Unfit as reason:
        raise TableFailed(f"the input {clause.label}: {reason}") from reason
    if clause.allowed is not None and value is not None:
        values = value if isinstance(value, list) else [value]
        if run.feel.tests(clause.allowed, value, scope) is not True and not all(
            run.feel.tests(clause.allowed, one, scope) is True for one in values
        ):
            raise TableFailed(f"the input {clause.label} is not among the values allowed for it")
    return value


def _matching(run: Run, table: TableBox, values: list[Any], scope: Scope) -> list[Rule]:
    found = []
    for rule in table.rules:
        run.feel.budget.spend()
        for cell, value in zip(rule.tests, values, strict=True):
            if run.feel.tests(cell.tests, value, scope) is not True:
                break
        else:
            found.append(rule)
            if table.policy == "FIRST":
                break
    return found


def _outputs(run: Run, table: TableBox, rule: Rule, scope: Scope) -> Output:
    made = []
    for clause, node in zip(table.outputs, rule.outputs, strict=True):
        value = run.feel.value(node, scope)
        made.append(_fitted(run, clause, value, f"rule {rule.number}", scope))
    return tuple(made)


def _fitted(run: Run, clause: OutputClause, value: Any, where: str, scope: Scope) -> Any:
    name = clause.name or "the output"
    try:
        value = run.feel.fitted(value, clause.type)
    except Unfit as reason:
        raise TableFailed(f"{where}: {name}: {reason}") from reason
    if clause.allowed is not None and value is not None:
        values = value if isinstance(value, list) else [value]
        if not all(run.feel.tests(clause.allowed, one, scope) is True for one in values):
            raise TableFailed(f"{where}: {name} is not among the values allowed for it")
    return value


def _default(run: Run, table: TableBox, scope: Scope) -> Any:
    if all(clause.default is None for clause in table.outputs):
        return number(0) if table.aggregation == "COUNT" else None
    values = tuple(
        None if clause.default is None else run.feel.value(clause.default, scope)
        for clause in table.outputs
    )
    result = _result(table, values)
    if table.policy in ("RULE ORDER", "OUTPUT ORDER") or (
        table.policy == "COLLECT" and table.aggregation is None
    ):
        return result if isinstance(result, list) else [result]
    return result


def _result(table: TableBox, values: Output) -> Any:
    if len(values) == 1:
        return values[0]
    return {clause.name: value for clause, value in zip(table.outputs, values, strict=True)}


def _unique(
    run: Run, table: TableBox, rules: Sequence[Rule], outputs: Sequence[Output], scope: Scope
) -> Any:
    if len(rules) > 1:
        numbers = ", ".join(str(rule.number) for rule in rules)
        raise TableFailed(f"the rules {numbers} match at once, though the hit policy is UNIQUE")
    return _result(table, outputs[0])


def _any(
    run: Run, table: TableBox, rules: Sequence[Rule], outputs: Sequence[Output], scope: Scope
) -> Any:
    first = list(outputs[0])
    if not all(same(first, list(one), run.feel.budget) for one in outputs[1:]):
        numbers = ", ".join(str(rule.number) for rule in rules)
        raise TableFailed(
            f"the rules {numbers} match with different outputs, though the hit policy is ANY"
        )
    return _result(table, outputs[0])


def _first(
    run: Run, table: TableBox, rules: Sequence[Rule], outputs: Sequence[Output], scope: Scope
) -> Any:
    return _result(table, outputs[0])


def _priority(
    run: Run, table: TableBox, rules: Sequence[Rule], outputs: Sequence[Output], scope: Scope
) -> Any:
    return _result(table, _by_priority(run, table, outputs, scope)[0])


def _output_order(
    run: Run, table: TableBox, rules: Sequence[Rule], outputs: Sequence[Output], scope: Scope
) -> Any:
    return [_result(table, one) for one in _by_priority(run, table, outputs, scope)]


def _rule_order(
    run: Run, table: TableBox, rules: Sequence[Rule], outputs: Sequence[Output], scope: Scope
) -> Any:
    return [_result(table, one) for one in outputs]


def _by_priority(
    run: Run, table: TableBox, outputs: Sequence[Output], scope: Scope
) -> list[Output]:
    """Sort outputs by the place of their values among those declared, left column first."""
    if all(clause.allowed is None for clause in table.outputs):
        raise TableFailed(f"the hit policy is {table.policy}, but no output values are declared")
    weights = []
    for clause in table.outputs:
        tests = () if clause.allowed is None else clause.allowed.tests
        weights.append([run.feel.value(test.of, scope) for test in tests])

    def weight(output: Output) -> list[int]:
        return [
            next(
                (n for n, one in enumerate(declared) if same(one, value, run.feel.budget)),
                len(declared),
            )
            for declared, value in zip(weights, output, strict=True)
        ]

    return sorted(outputs, key=weight)


def _collect(
    run: Run, table: TableBox, rules: Sequence[Rule], outputs: Sequence[Output], scope: Scope
) -> Any:
    if table.aggregation is None:
        return [_result(table, one) for one in outputs]
    if table.aggregation == "COUNT":
        return number(len(outputs))
    values = [one[0] for one in outputs]
    if table.aggregation == "SUM":
        if not all(isinstance(one, Decimal) for one in values):
            raise TableFailed("the outputs cannot be added: not all of them are numbers")
        return total(values)
    wanted = -1 if table.aggregation == "MIN" else 1
    best = values[0]
    for one in values[1:] or [best]:
        sign = order(one, best)
        if sign is None:
            raise TableFailed("the outputs cannot be compared with one another")
        best = one if sign == wanted else best
    return best


_POLICIES: dict[str, Callable[..., Any]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "OUTPUT ORDER": _output_order,
    "RULE ORDER": _rule_order,
    "COLLECT": _collect,
}
