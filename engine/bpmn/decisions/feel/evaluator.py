"""Evaluator: walks the tree of an expression and gives its value.

What has no value is null, and the reason is noted once; nothing is raised but `LimitExceeded`.
One evaluator lives for one evaluation of a decision and shares its budget with all it calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.bpmn.decisions.feel import arithmetic, comparing, invoking, looping, properties, tree
from engine.bpmn.decisions.feel.limits import Budget
from engine.bpmn.decisions.feel.scope import Closure, Scope
from engine.bpmn.decisions.feel.types import fit, is_instance
from engine.bpmn.decisions.feel.values import Range, Unfit, kind

MOST_NOTES = 20


class Evaluator:
    """One evaluation.

    Attributes:
        budget: what it may still cost.
        now: what `now()` and `today()` mean.
        notes: why something is null, in the order found.
    """

    def __init__(self, now: datetime, budget: Budget | None = None) -> None:
        self.now = now
        self.budget = budget or Budget()
        self.notes: list[str] = []

    def note(self, reason: str) -> None:
        """Keep a reason."""
        if len(self.notes) < MOST_NOTES and reason not in self.notes:
            self.notes.append(reason)

    def value(self, node: tree.Node, scope: Scope) -> Any:
        """Return the value of an expression."""
        budget = self.budget
        budget.spend()
        budget.deeper()
        try:
            return _HOW[type(node)](self, node, scope)
        except Unfit as reason:
            self.note(str(reason))
            return None
        finally:
            budget.depth -= 1

    def tests(self, tests: tree.Tests, value: Any, scope: Scope) -> bool | None:
        """Return whether a value passes unary tests; None if that cannot be told."""
        if not tests.tests:
            return True
        inner = Scope({"?": value}, scope)
        answer: bool | None = False
        for test in tests.tests:
            found = self._test(test, value, inner)
            if found is True:
                answer = True
                break
            answer = None if found is None else answer
        return answer if not tests.negated or answer is None else not answer

    def _test(self, test: tree.Test, value: Any, scope: Scope) -> bool | None:
        return self.judge(test, value, self.value(test.of, scope))

    def judge(self, test: tree.Test, value: Any, wanted: Any) -> bool | None:
        """Return whether a value passes a test whose expression has the value `wanted`."""
        if test.sign:
            return comparing.compare(test.sign, value, wanted, self.budget)
        if test.asks:
            return wanted if isinstance(wanted, bool) else None
        if isinstance(wanted, bool) and value is not None and not isinstance(value, bool):
            if not isinstance(test.of, tree.Literal) and not isinstance(value, list):
                return wanted  # an expression that is a condition of its own
        return self._member(test, value, wanted)

    def _member(self, test: tree.Test, value: Any, wanted: Any) -> bool | None:
        if wanted is None and not isinstance(test.of, tree.Literal | tree.Name | tree.Path):
            return None  # what the value is compared with has no value itself
        return comparing.member(value, wanted, self.budget)

    def allows(self, tests: Any, value: Any) -> bool:
        """Whether a value passes the tests of a type that allows certain values."""
        return self.tests(tests, value, Scope({})) is True

    def call(
        self, function: Any, arguments: Sequence[Any], names: Sequence[str] | None = None
    ) -> Any:
        """Invoke a function.

        Raises:
            Unfit: it is none, or these arguments do not fit it.
        """
        return invoking.call(self, function, arguments, names)

    def _name(self, node: tree.Name, scope: Scope) -> Any:
        known, value = scope.find(node.name)
        if known:
            return value
        builtin = invoking.builtin(node.name)
        if builtin is None:
            raise Unfit(f"the name {node.name} is not known")
        return builtin

    def _path(self, node: tree.Path, scope: Scope) -> Any:
        value = self.value(node.of, scope)
        if not isinstance(value, list):
            return properties.of(value, node.name)
        self.budget.items(len(value))
        return [self._part(one, node.name) for one in value]

    def _part(self, value: Any, name: str) -> Any:
        try:
            return properties.of(value, name)
        except Unfit as reason:
            self.note(str(reason))
            return None

    def _arithmetic(self, node: tree.Arithmetic, scope: Scope) -> Any:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        made = arithmetic.apply(node.sign, left, right)
        return self.budget.text(made) if isinstance(made, str) else made

    def _compare(self, node: tree.Compare, scope: Scope) -> bool | None:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        return comparing.compare(node.sign, left, right, self.budget)

    def _logic(self, node: tree.Logic, scope: Scope) -> bool | None:
        decides = node.sign == "or"
        answer: bool | None = not decides
        for part in node.parts:
            found = self.value(part, scope)
            if isinstance(found, bool) and found == decides:
                return found
            if not isinstance(found, bool):
                answer = None
        return answer

    def _between(self, node: tree.Between, scope: Scope) -> bool | None:
        value = self.value(node.value, scope)
        low, high = self.value(node.low, scope), self.value(node.high, scope)
        if low is None or high is None:
            return None
        return comparing.inside(value, Range(low, high))

    def _in(self, node: tree.In, scope: Scope) -> bool | None:
        value = self.value(node.value, scope)
        answer: bool | None = False
        for test in node.tests.tests:
            if test.sign or test.asks:
                found = self._test(test, value, Scope({"?": value}, scope))
            else:
                found = self._member(test, value, self.value(test.of, scope))
            if found is True:
                return True
            answer = None if found is None else answer
        return answer

    def _instance_of(self, node: tree.InstanceOf, scope: Scope) -> bool:
        return is_instance(self.value(node.value, scope), node.type, self.budget)

    def _if(self, node: tree.If, scope: Scope) -> Any:
        taken = node.yes if self.value(node.condition, scope) is True else node.no
        return self.value(taken, scope)

    def _negate(self, node: tree.Negate, scope: Scope) -> Any:
        return arithmetic.negate(self.value(node.of, scope))

    def _list(self, node: tree.ListNode, scope: Scope) -> list[Any]:
        return [self.value(item, scope) for item in node.items]

    def _context(self, node: tree.ContextNode, scope: Scope) -> dict[str, Any]:
        made: dict[str, Any] = {}
        inner = Scope(made, scope)
        for key, item in node.entries:
            if key in made:
                raise Unfit(f"a context has the key {key} twice")
            made[key] = self.value(item, inner)
        return made

    def _range(self, node: tree.RangeNode, scope: Scope) -> Range:
        low = None if node.low is None else self.value(node.low, scope)
        high = None if node.high is None else self.value(node.high, scope)
        for end, value in ((node.low, low), (node.high, high)):
            if end is not None and value is None:
                raise Unfit("an end of a range is null")
        if low is not None and high is not None and comparing.order(low, high) is None:
            raise Unfit(f"a range cannot go from a {kind(low)} to a {kind(high)}")
        return Range(low, high, node.low_closed, node.high_closed)

    def _invoke(self, node: tree.Invoke, scope: Scope) -> Any:
        function = self.value(node.function, scope)
        arguments = [self.value(argument, scope) for argument in node.arguments]
        return self.call(function, arguments, node.names)

    def _function(self, node: tree.FunctionNode, scope: Scope) -> Closure:
        def call(arguments: Mapping[str, Any]) -> Any:
            return self.value(node.body, Scope(arguments, scope))

        return Closure(call, node.parameters, node.types)

    def fitted(self, value: Any, type_: Any) -> Any:
        """Return a value as a type wants it.

        Raises:
            Unfit: it is of another type.
        """
        return fit(value, type_, self.allows, self.budget)

    def index(self, items: list[Any], position: Decimal) -> Any:
        """Return the item at a position, counted from 1, or from -1 backwards."""
        place = int(position) if abs(position) < 10**9 else 0
        if place == 0 or abs(place) > len(items):
            raise Unfit("a list has no item at that place")
        return items[place - 1] if place > 0 else items[place]


_HOW: dict[type, Callable[[Evaluator, Any, Scope], Any]] = {
    tree.Literal: lambda run, node, scope: node.value,
    tree.Name: Evaluator._name,
    tree.Path: Evaluator._path,
    tree.Filter: looping.filtered,
    tree.Invoke: Evaluator._invoke,
    tree.Negate: Evaluator._negate,
    tree.Arithmetic: Evaluator._arithmetic,
    tree.Compare: Evaluator._compare,
    tree.Logic: Evaluator._logic,
    tree.Between: Evaluator._between,
    tree.In: Evaluator._in,
    tree.InstanceOf: Evaluator._instance_of,
    tree.If: Evaluator._if,
    tree.For: looping.each,
    tree.Quantified: looping.quantified,
    tree.FunctionNode: Evaluator._function,
    tree.ListNode: Evaluator._list,
    tree.ContextNode: Evaluator._context,
    tree.RangeNode: Evaluator._range,
}
