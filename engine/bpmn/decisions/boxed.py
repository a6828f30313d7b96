"""Boxed expressions: how each of them is evaluated, and what of it is put on record.

A `Run` is one evaluation: the FEEL evaluator with its budget, the functions that elements may
invoke, and the rules that matched since the current decision began.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.bpmn.decisions import tables
from engine.bpmn.decisions.boxes import (
    Box,
    ConditionalBox,
    ContextBox,
    FilterBox,
    FunctionBox,
    InvocationBox,
    IterationBox,
    ListBox,
    LiteralBox,
    RelationBox,
    TableBox,
)
from engine.bpmn.decisions.feel import looping
from engine.bpmn.decisions.feel.evaluator import Evaluator
from engine.bpmn.decisions.feel.scope import Closure, Scope
from engine.bpmn.decisions.feel.values import Unfit

MOST_RULES_NOTED = 200


class Run:
    """One evaluation.

    Attributes:
        feel: evaluates what stands in the boxes.
        rules: ids of the rules that matched.
        asked: the values of the input columns of the tables that were asked, by label.
    """

    def __init__(self, feel: Evaluator) -> None:
        self.feel = feel
        self.rules: list[str] = []
        self.asked: dict[str, Any] = {}

    def note_rules(self, table: TableBox, values: list[Any], rules: list[str]) -> None:
        """Keep what a table was asked, and which rules matched."""
        if len(self.rules) < MOST_RULES_NOTED:
            self.rules += rules
            for clause, value in zip(table.inputs, values, strict=True):
                self.asked.setdefault(clause.label, value)

    def value(self, box: Box, scope: Scope) -> Any:
        """Return the value of a boxed expression.

        Raises:
            TableFailed: a table in it has no result.
            LimitExceeded: it costs too much.
        """
        self.feel.budget.spend()
        self.feel.budget.deeper()
        try:
            return _HOW[type(box)](self, box, scope)
        except Unfit as reason:
            self.feel.note(str(reason))
            return None
        finally:
            self.feel.budget.depth -= 1

    def _literal(self, box: LiteralBox, scope: Scope) -> Any:
        return self.feel.fitted(self.feel.value(box.node, scope), box.type)

    def _context(self, box: ContextBox, scope: Scope) -> Any:
        made: dict[str, Any] = {}
        inner = Scope(made, scope)
        for name, type_, entry in box.entries:
            value = self.value(entry, inner)
            try:
                value = self.feel.fitted(value, type_)
            except Unfit as reason:
                self.feel.note(f"{name or 'the result'}: {reason}")
                value = None
            if name is None:
                return value
            made[name] = value
        return made

    def _invocation(self, box: InvocationBox, scope: Scope) -> Any:
        function = self.value(box.function, scope)
        arguments = [self.value(one, scope) for one in box.arguments]
        return self.feel.call(function, arguments, box.names or None)

    def _function(self, box: FunctionBox, scope: Scope) -> Closure:
        def call(arguments: Mapping[str, Any]) -> Any:
            return self.value(box.body, Scope(arguments, scope))

        return Closure(call, box.parameters, box.types)

    def _list(self, box: ListBox, scope: Scope) -> list[Any]:
        self.feel.budget.items(len(box.items))
        return [self.value(one, scope) for one in box.items]

    def _relation(self, box: RelationBox, scope: Scope) -> list[Any]:
        made = []
        for row in box.rows:
            values = {}
            for (name, type_), cell in zip(box.columns, row, strict=False):
                values[name] = self.feel.fitted(self.value(cell, scope), type_)
            made.append(values)
        return made

    def _conditional(self, box: ConditionalBox, scope: Scope) -> Any:
        taken = box.yes if self.value(box.condition, scope) is True else box.no
        return self.value(taken, scope)

    def _filter(self, box: FilterBox, scope: Scope) -> Any:
        of = self.value(box.of, scope)
        items = of if isinstance(of, list) else [] if of is None else [of]
        return looping.chosen(self.feel, items, lambda inner: self.value(box.match, inner), scope)

    def _iteration(self, box: IterationBox, scope: Scope) -> Any:
        items = looping.domain(self.feel, self.value(box.domain, scope))
        if box.how != "for":
            answers = (self.value(box.body, Scope({box.variable: one}, scope)) for one in items)
            return looping.settled(answers, box.how == "every")
        made: list[Any] = []
        partial = not isinstance(box.body, LiteralBox) or "partial" in box.body.text
        for one in items:
            names = {box.variable: one}
            if partial:
                self.feel.budget.items(len(made))
                names["partial"] = list(made)
            self.feel.budget.fits(len(made) + 1)
            made.append(self.value(box.body, Scope(names, scope)))
        return made


_HOW: dict[type, Callable[[Run, Any, Scope], Any]] = {
    LiteralBox: Run._literal,
    ContextBox: Run._context,
    InvocationBox: Run._invocation,
    FunctionBox: Run._function,
    ListBox: Run._list,
    RelationBox: Run._relation,
    ConditionalBox: Run._conditional,
    FilterBox: Run._filter,
    IterationBox: Run._iteration,
    TableBox: lambda run, box, scope: tables.evaluate(run, box, scope),
}
