"""Regions: the values of one kind, cut at some constants so that each piece behaves alike.

Between two constants every value passes the same comparisons, so one value stands for the piece.
Pieces without any value are left out: nothing lies between two days that follow one another, and
no text between `a` and the text that comes right after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_FLOOR, Decimal
from functools import cmp_to_key
from typing import Any

from engine.bpmn.decisions.feel.comparing import order
from engine.bpmn.decisions.feel.temporal import (
    DAY,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
)
from engine.bpmn.decisions.feel.values import NUMBERS

Between = Callable[[Any, Any], Any]  # a value between two ends, None for an end that is not


class NotOrdered(Exception):
    """The constants have no common order."""


def representatives(kind: str, constants: Sequence[Any], *, ordered: bool) -> list[Any]:
    """Return one value for each piece.

    Args:
        kind: the kind of all constants.
        constants: where to cut.
        ordered: whether more is asked than equality.

    Raises:
        NotOrdered: the constants cannot be brought into an order, or the kind has none.
    """
    if kind == "boolean":
        return [True, False]
    if kind not in _BETWEEN or any(_is_placed(one) for one in constants):
        raise NotOrdered
    cuts = _sorted(constants)
    if kind == "string" and not ordered:
        return [*cuts, _other(cuts)]
    between = _BETWEEN[kind]
    if not cuts:
        return [_ANY[kind]]
    found = []
    for low, high in zip([None, *cuts], [*cuts, None], strict=True):
        if low is not None:
            found.append(low)
        value = _checked(between, low, high)
        if value is not None:
            found.append(value)
    return found


def _is_placed(value: Any) -> bool:
    return isinstance(value, Time | DateTime) and value.is_placed


def _sorted(constants: Sequence[Any]) -> list[Any]:
    def compare(left: Any, right: Any) -> int:
        sign = order(left, right)
        if sign is None:
            raise NotOrdered
        return sign

    found: list[Any] = []
    for one in sorted(constants, key=cmp_to_key(compare)):
        if not found or order(found[-1], one) != 0:
            found.append(one)
    return found


def _checked(between: Between, low: Any, high: Any) -> Any:
    """Return a value strictly between two ends; None if there is none."""
    try:
        value = between(low, high)
    except (ValueError, ArithmeticError):
        return None
    if value is None or (low is not None and order(low, value) != -1):
        return None
    return None if high is not None and order(value, high) != -1 else value


def _other(cuts: Sequence[str]) -> str:
    value = "other"
    while value in cuts:
        value += "-"
    return value


def _number(low: Decimal | None, high: Decimal | None) -> Decimal:
    if low is None:
        floor = (high or Decimal(0)).to_integral_value(ROUND_FLOOR, NUMBERS)
        return floor if high is not None and floor < high else NUMBERS.subtract(floor, Decimal(1))
    if high is None:
        return NUMBERS.add(low.to_integral_value(ROUND_FLOOR, NUMBERS), Decimal(1))
    whole = NUMBERS.add(low, Decimal(1)).to_integral_value(context=NUMBERS)
    for value in (whole, NUMBERS.subtract(whole, Decimal(1))):
        if low < value < high:
            return value
    return NUMBERS.divide(NUMBERS.add(low, high), Decimal(2))


def _string(low: str | None, high: str | None) -> str | None:
    if low is None:
        return ""
    for tail in ("a", "0", " ", "\x01", "\x00"):
        if high is None or low + tail < high:
            return low + tail
    return None


def _date(low: Date | None, high: Date | None) -> Date:
    if low is not None:
        return Date.of_ordinal(low.ordinal + 1)
    assert high is not None
    return Date.of_ordinal(high.ordinal - 1)


def _time(low: Time | None, high: Time | None) -> Time | None:
    first = Decimal(-1) if low is None else low.seconds
    last = Decimal(DAY) if high is None else high.seconds
    if low is None and last <= 0:
        return None
    if low is None:
        return Time(Decimal(0))
    return Time(_number(first, last))


def _date_time(low: DateTime | None, high: DateTime | None) -> DateTime:
    value = _number(
        None if low is None else low.local_seconds, None if high is None else high.local_seconds
    )
    return DateTime.of_local(value, None, None)


def _days(low: DaysDuration | None, high: DaysDuration | None) -> DaysDuration:
    return DaysDuration(
        _number(None if low is None else low.seconds, None if high is None else high.seconds)
    )


def _months(low: MonthsDuration | None, high: MonthsDuration | None) -> MonthsDuration:
    if low is not None:
        return MonthsDuration(low.months + 1)
    assert high is not None
    return MonthsDuration(high.months - 1)


_BETWEEN: dict[str, Between] = {
    "number": _number,
    "string": _string,
    "date": _date,
    "time": _time,
    "date and time": _date_time,
    "days and time duration": _days,
    "years and months duration": _months,
}
_ANY: dict[str, Any] = {
    "number": Decimal(0),
    "string": "other",
    "date": Date(2026, 1, 1),
    "time": Time(Decimal(0)),
    "date and time": DateTime(Date(2026, 1, 1), Time(Decimal(0))),
    "days and time duration": DaysDuration(Decimal(0)),
    "years and months duration": MonthsDuration(0),
}
