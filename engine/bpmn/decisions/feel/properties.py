"""Properties: what stands after a point: entries of contexts, parts of dates and durations.

A value has the parts that its kind has in DMN 1.5, table 65, and no others: nothing of Python can
be reached by a name.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.bpmn.decisions.feel.temporal import (
    DAY,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
)
from engine.bpmn.decisions.feel.values import Range, Unfit, kind, number

Part = Callable[[Any], Any]


def _quotient(value: Decimal, unit: int, modulus: int | None = None) -> Decimal:
    """Return whole units towards zero, as the parts of a duration are told."""
    whole = int(abs(value)) // unit
    whole = whole if modulus is None else whole % modulus
    return number(-whole if value < 0 else whole)


def _offset(value: Time | DateTime) -> DaysDuration | None:
    found = value.offset
    if found is None and isinstance(value, Time) and value.zone is not None:
        return DaysDuration(value.seconds - value.utc)
    return None if found is None else DaysDuration(Decimal(found))


def _seconds(value: DaysDuration) -> Decimal:
    rest = abs(value.seconds) % 60
    return number(-rest if value.seconds < 0 else rest)


_OF_DATE: dict[str, Part] = {
    "year": lambda value: number(value.year),
    "month": lambda value: number(value.month),
    "day": lambda value: number(value.day),
    "weekday": lambda value: number(value.weekday),
}


def _through(name: str, part: Part) -> Part:
    """Apply a part of a date or a time to that of a date and time."""
    return lambda value: part(getattr(value, name))


_OF_TIME: dict[str, Part] = {
    "hour": lambda value: number(value.hour),
    "minute": lambda value: number(value.minute),
    "second": lambda value: number(value.second),
    "time offset": _offset,
    "timezone": lambda value: value.zone,
}
_PARTS: dict[type, dict[str, Part]] = {
    Date: _OF_DATE,
    Time: _OF_TIME,
    DateTime: {
        **{name: _through("date", part) for name, part in _OF_DATE.items()},
        **{name: _through("time", part) for name, part in _OF_TIME.items()},
        "time offset": _offset,
    },
    DaysDuration: {
        "days": lambda value: _quotient(value.seconds, DAY),
        "hours": lambda value: _quotient(value.seconds, 3600, 24),
        "minutes": lambda value: _quotient(value.seconds, 60, 60),
        "seconds": _seconds,
    },
    MonthsDuration: {
        "years": lambda value: _quotient(Decimal(value.months), 12),
        "months": lambda value: _quotient(Decimal(value.months), 1, 12),
    },
    Range: {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low_closed,
        "end included": lambda value: value.high_closed,
    },
}


def of(value: Any, name: str) -> Any:
    """Return a part of one value, which is no list.

    Raises:
        Unfit: it has no part of that name.
    """
    if isinstance(value, dict):
        if name in value:
            return value[name]
        raise Unfit(f"a context has no entry {name}")
    part = _PARTS.get(type(value), {}).get(name)
    if part is None:
        raise Unfit(f"a {kind(value)} has no {name}")
    return part(value)
