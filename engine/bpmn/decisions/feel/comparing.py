"""Comparing: equality, order, and membership of ranges and lists, in three-valued logic.

Values of different kinds cannot be compared: the answer is None (unknown), as for null. Only
equality with null has an answer. Times and dates with a place compare as instants; one with and
one without a place do not compare.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.bpmn.decisions.feel.limits import Budget
from engine.bpmn.decisions.feel.temporal import (
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
)
from engine.bpmn.decisions.feel.values import Range, kind

_ORDERED = frozenset(
    {
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    }
)


def equal(left: Any, right: Any, budget: Budget) -> bool | None:
    """Return whether two values are equal; None when they are of different kinds."""
    if left is None or right is None:
        return left is right
    if kind(left) != kind(right):
        return None
    return same(left, right, budget)


def same(left: Any, right: Any, budget: Budget, *, strictly: bool = False) -> bool:
    """Return whether two values are equal; values of different kinds are not.

    Args:
        left: a value.
        right: another.
        budget: pays for each part, because a value may hold another many times over.
        strictly: two times are the same only in the same place.
    """
    budget.spend()
    if left is None or right is None or kind(left) != kind(right):
        return left is right
    if isinstance(left, list):
        budget.deeper()
        answer = len(left) == len(right) and all(
            same(one, other, budget, strictly=strictly)
            for one, other in zip(left, right, strict=True)
        )
        budget.depth -= 1
        return answer
    if isinstance(left, dict):
        budget.deeper()
        answer = left.keys() == right.keys() and all(
            same(value, right[key], budget, strictly=strictly) for key, value in left.items()
        )
        budget.depth -= 1
        return answer
    if isinstance(left, Range):
        return (left.low_closed, left.high_closed) == (right.low_closed, right.high_closed) and (
            same(left.low, right.low, budget, strictly=strictly)
            and same(left.high, right.high, budget, strictly=strictly)
        )
    if isinstance(left, Time | DateTime) and not strictly:
        if left.is_placed != right.is_placed:
            return False
        return bool(_key(left) == _key(right))
    return bool(left == right)


def _key(value: Any) -> Any:
    if isinstance(value, Time):
        return value.utc if value.is_placed else value.seconds
    if isinstance(value, DateTime):
        return value.instant if value.is_placed else value.local_seconds
    if isinstance(value, Date | DaysDuration | MonthsDuration | Decimal):
        return value
    return str(value)


def order(left: Any, right: Any) -> int | None:
    """Return -1, 0 or 1; None when the two have no order."""
    if type(left) is type(right) is Decimal:
        return int(left > right) - int(left < right)
    name = kind(left)
    if name != kind(right) or name not in _ORDERED:
        return None
    if isinstance(left, Time | DateTime) and left.is_placed != right.is_placed:
        return None
    one, other = _key(left), _key(right)
    return int(one > other) - int(one < other)


def compare(sign: str, left: Any, right: Any, budget: Budget) -> bool | None:
    """Apply one of `=`, `!=`, `<`, `<=`, `>`, `>=`."""
    budget.spend()
    if sign in ("=", "!="):
        answer = equal(left, right, budget)
        return answer if answer is None or sign == "=" else not answer
    found = order(left, right)
    if found is None:
        return None
    return {"<": found < 0, "<=": found <= 0, ">": found > 0, ">=": found >= 0}[sign]


def inside(value: Any, within: Range) -> bool | None:
    """Return whether a value lies in a range; None when it cannot be compared with its ends."""
    answer = True
    for end, closed, wanted in (
        (within.low, within.low_closed, 1),
        (within.high, within.high_closed, -1),
    ):
        if end is None:
            continue
        found = order(value, end)
        if found is None:
            return None
        answer = answer and (found == wanted or (closed and found == 0))
    return answer


def member(value: Any, of: Any, budget: Budget) -> bool | None:
    """Return whether a value is what a test says: equal to it, in its range, or in its list."""
    if isinstance(of, Range):
        return same(value, of, budget) if isinstance(value, Range) else inside(value, of)
    if isinstance(of, list):
        if same(value, of, budget):
            return True
        budget.items(len(of))
        return any(
            (isinstance(one, Range) and inside(value, one)) or same(value, one, budget)
            for one in of
        )
    return equal(value, of, budget)
