"""Looping: filters, `for`, `some` and `every`, over lists, ranges of whole numbers and of days.

Every round is paid for, and a list that would become too long ends the evaluation, so that
`for i in 1..10**9` costs nothing. The boxed forms of the same things use these functions too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.bpmn.decisions.feel import tree
from engine.bpmn.decisions.feel.scope import Scope
from engine.bpmn.decisions.feel.temporal import Date
from engine.bpmn.decisions.feel.values import Range, Unfit, as_list, kind, number

if TYPE_CHECKING:
    from engine.bpmn.decisions.feel.evaluator import Evaluator

Evaluate = Callable[[Scope], Any]


def filtered(run: Evaluator, node: tree.Filter, scope: Scope) -> Any:
    """Return the item at a place, or the items for which a test is true."""
    items = as_list(run.value(node.of, scope))
    if isinstance(node.test, tree.Literal) and isinstance(node.test.value, Decimal):
        return run.index(items, node.test.value)
    return chosen(run, items, lambda inner: run.value(node.test, inner), scope)


def chosen(run: Evaluator, items: list[Any], test: Evaluate, scope: Scope) -> Any:
    """Return what a filter leaves of a list."""
    if not items:
        position = test(Scope({"item": None}, scope))
        return run.index(items, position) if isinstance(position, Decimal) else []
    found = []
    for number_, item in enumerate(items):
        entries = item if isinstance(item, dict) else {}
        answer = test(Scope({"item": item, **entries}, scope))
        if number_ == 0 and isinstance(answer, Decimal):
            return run.index(items, answer)
        if answer is True:
            found.append(item)
    return found


def each(run: Evaluator, node: tree.For, scope: Scope) -> list[Any]:
    """Return the results of `for`, in order."""
    results: list[Any] = []
    for inner in rounds(run, node.iterators, scope):
        if node.partial:
            run.budget.items(len(results))
            inner = Scope({"partial": list(results)}, inner)
        run.budget.fits(len(results) + 1)
        results.append(run.value(node.body, inner))
    return results


def quantified(run: Evaluator, node: tree.Quantified, scope: Scope) -> bool | None:
    """Return whether a condition holds for some or for every round."""
    answers = (run.value(node.condition, inner) for inner in rounds(run, node.iterators, scope))
    return settled(answers, node.every)


def settled(answers: Iterator[Any], every: bool) -> bool | None:
    """Join answers by `and` (every) or `or` (some) in three-valued logic.

    Raises:
        Unfit: an answer is neither a boolean nor null.
    """
    answer: bool | None = every
    for found in answers:
        if isinstance(found, bool) and found is not every:
            return found
        if found is None:
            answer = None
        elif not isinstance(found, bool):
            raise Unfit(f"a condition is a {kind(found)} and not a boolean")
    return answer


def rounds(run: Evaluator, iterators: Sequence[tree.Iterator], scope: Scope) -> Iterator[Scope]:
    """Yield a scope for each combination, the last name changing fastest."""
    first, rest = iterators[0], iterators[1:]
    low = run.value(first.domain, scope)
    if first.high is None:
        items = domain(run, low)
    else:
        items = counted(run, low, run.value(first.high, scope))
    for item in items:
        run.budget.spend()
        inner = Scope({first.name: item}, scope)
        if rest:
            yield from rounds(run, rest, inner)
        else:
            yield inner


def domain(run: Evaluator, value: Any) -> Iterator[Any]:
    """Return what a value is iterated over: the items of a list, or a closed range."""
    if value is None:
        raise Unfit("null cannot be iterated over")
    if isinstance(value, Range):
        low, high = value.low, value.high
        if not (value.low_closed and value.high_closed) or not _is_countable(low, high):
            raise Unfit("a range can be iterated over when it is closed and of whole numbers")
        if low > high:
            raise Unfit("a range cannot be iterated over backwards")
        return counted(run, low, high)
    return iter(as_list(value))


def _is_countable(low: Any, high: Any) -> bool:
    return kind(low) == kind(high) and kind(low) in ("number", "date")


def counted(run: Evaluator, low: Any, high: Any) -> Iterator[Any]:
    """Return the whole numbers or the days from one to another, backwards too."""
    if not _is_countable(low, high):
        raise Unfit(f"it is not possible to count from a {kind(low)} to a {kind(high)}")
    if isinstance(low, Date):
        return (Date.of_ordinal(day) for day in _steps(run, low.ordinal, high.ordinal))
    if low != low.to_integral_value() or high != high.to_integral_value():
        raise Unfit("counting needs whole numbers")
    if max(abs(low), abs(high)) > 10**15:
        raise Unfit("counting needs smaller numbers")
    return (number(one) for one in _steps(run, int(low), int(high)))


def _steps(run: Evaluator, low: int, high: int) -> range:
    run.budget.items(abs(high - low) + 1)
    return range(low, high + 1) if low <= high else range(low, high - 1, -1)
