"""Arithmetic: + - * / ** and minus over numbers, texts, dates, times and durations.

A pair of operands for which the standard gives no meaning has no value. Numbers round to 34
digits; too large a result, and a division by zero, have no value either. An instant in a place
moves along the line of instants, so that a day on which the clock changes is not miscounted.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_FLOOR, Decimal
from typing import Any

from engine.bpmn.decisions.feel.temporal import (
    DAY,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
)
from engine.bpmn.decisions.feel.values import NUMBERS, Unfit, kind

_MIDNIGHT_UTC = Time(Decimal(0), 0)
_N, _S, _D, _T, _DT = "number", "string", "date", "time", "date and time"
_DAYS, _MONTHS = "days and time duration", "years and months duration"
Operation = Callable[[Any, Any], Any]


def apply(sign: str, left: Any, right: Any) -> Any:
    """Return the result of an operator.

    Raises:
        Unfit: it has no meaning for these operands, or no value.
    """
    operation = _TABLE.get((sign, kind(left), kind(right)))
    if operation is None:
        raise Unfit(f"{kind(left)} {sign} {kind(right)} has no meaning")
    try:
        return operation(left, right)
    except (ArithmeticError, ValueError, OverflowError) as error:
        raise Unfit(f"{kind(left)} {sign} {kind(right)} has no value here") from error


def negate(value: Any) -> Any:
    """Return a number or a duration with the other sign."""
    if isinstance(value, Decimal):
        return NUMBERS.minus(value)
    if isinstance(value, DaysDuration):
        return DaysDuration(-value.seconds)
    if isinstance(value, MonthsDuration):
        return MonthsDuration(-value.months)
    raise Unfit(f"- {kind(value)} has no meaning")


def _plus_months(when: Any, months: MonthsDuration) -> Any:
    if isinstance(when, Date):
        return when.plus_months(months.months)
    return DateTime(when.date.plus_months(months.months), when.time)


def _plus_days(when: Any, days: DaysDuration) -> Any:
    if isinstance(when, DateTime):
        return when.plus_seconds(days.seconds)
    if isinstance(when, Time):
        seconds = (when.seconds + days.seconds) % DAY
        return Time(seconds + DAY if seconds < 0 else seconds, when.offset, when.zone)
    moved = (days.seconds / DAY).to_integral_value(ROUND_FLOOR)
    return Date.of_ordinal(when.ordinal + int(moved))


def _minus_months(when: Any, months: MonthsDuration) -> Any:
    return _plus_months(when, MonthsDuration(-months.months))


def _minus_days(when: Any, days: DaysDuration) -> Any:
    return _plus_days(when, DaysDuration(-days.seconds))


def _between(left: Any, right: Any) -> DaysDuration:
    """Return the time from one date and time to another; a date is its midnight in UTC."""
    one = DateTime(left, _MIDNIGHT_UTC) if isinstance(left, Date) else left
    other = DateTime(right, _MIDNIGHT_UTC) if isinstance(right, Date) else right
    if one.is_placed != other.is_placed:
        raise ValueError("one has a place and the other has none")
    return DaysDuration(one.instant - other.instant)


def _between_times(left: Time, right: Time) -> DaysDuration:
    if left.is_placed != right.is_placed:
        raise ValueError("one has a place and the other has none")
    return DaysDuration(left.utc - right.utc)


def _months(value: Decimal) -> MonthsDuration:
    return MonthsDuration(int(value.to_integral_value(ROUND_DOWN)))


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if base == 0 and exponent <= 0:
        if exponent == 0:
            return Decimal(1)
        raise ZeroDivisionError
    return NUMBERS.power(base, exponent)


def _turned(operation: Operation) -> Operation:
    return lambda left, right: operation(right, left)


_TABLE: dict[tuple[str, str, str], Operation] = {
    ("+", _N, _N): NUMBERS.add,
    ("-", _N, _N): NUMBERS.subtract,
    ("*", _N, _N): NUMBERS.multiply,
    ("/", _N, _N): NUMBERS.divide,
    ("**", _N, _N): _power,
    ("+", _S, _S): lambda left, right: left + right,
    ("+", _MONTHS, _MONTHS): lambda left, right: MonthsDuration(left.months + right.months),
    ("-", _MONTHS, _MONTHS): lambda left, right: MonthsDuration(left.months - right.months),
    ("+", _DAYS, _DAYS): lambda left, right: DaysDuration(NUMBERS.add(left.seconds, right.seconds)),
    ("-", _DAYS, _DAYS): lambda left, right: DaysDuration(
        NUMBERS.subtract(left.seconds, right.seconds)
    ),
    ("*", _MONTHS, _N): lambda left, right: _months(NUMBERS.multiply(left.months, right)),
    ("*", _N, _MONTHS): lambda left, right: _months(NUMBERS.multiply(right.months, left)),
    ("/", _MONTHS, _N): lambda left, right: _months(NUMBERS.divide(left.months, right)),
    ("/", _MONTHS, _MONTHS): lambda left, right: NUMBERS.divide(left.months, right.months),
    ("*", _DAYS, _N): lambda left, right: DaysDuration(NUMBERS.multiply(left.seconds, right)),
    ("*", _N, _DAYS): lambda left, right: DaysDuration(NUMBERS.multiply(right.seconds, left)),
    ("/", _DAYS, _N): lambda left, right: DaysDuration(NUMBERS.divide(left.seconds, right)),
    ("/", _DAYS, _DAYS): lambda left, right: NUMBERS.divide(left.seconds, right.seconds),
    ("-", _T, _T): _between_times,
}
for _when in (_D, _DT):
    _TABLE["+", _when, _MONTHS] = _plus_months
    _TABLE["+", _MONTHS, _when] = _turned(_plus_months)
    _TABLE["-", _when, _MONTHS] = _minus_months
    for _other in (_D, _DT):
        _TABLE["-", _when, _other] = _between
for _when in (_D, _DT, _T):
    _TABLE["+", _when, _DAYS] = _plus_days
    _TABLE["+", _DAYS, _when] = _turned(_plus_days)
    _TABLE["-", _when, _DAYS] = _minus_days
