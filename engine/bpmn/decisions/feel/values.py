"""Values: what a FEEL expression can be, as Python objects that are never changed.

    number   Decimal (34 digits)        string  str           boolean  bool         null  None
    list     list                       context dict          range    Range
    function Function                   date, time, date and time, durations: see `temporal`

`kind` names them as the standard does. Two values of different kinds are not comparable.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import (
    ROUND_HALF_EVEN,
    Clamped,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any

from engine.bpmn.decisions.feel.temporal import (
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
)

# IEEE 754 decimal128, which DMN 1.5 names as the numbers of FEEL.
NUMBERS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[Overflow, InvalidOperation, DivisionByZero],
)
NUMBERS.traps[Clamped] = False


class Unfit(Exception):
    """An operation has no value here; the result is null, and the reason is noted."""


@dataclass(frozen=True)
class Range:
    """An interval; an end that is None is open to infinity."""

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True


class Function:
    """Something that can be invoked: its parameters by name, and how many are needed."""

    name = "function"
    parameters: tuple[str, ...] = ()


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (Decimal, "number"),
    (str, "string"),
    (list, "list"),
    (dict, "context"),
    (Date, "date"),
    (Time, "time"),
    (DateTime, "date and time"),
    (DaysDuration, "days and time duration"),
    (MonthsDuration, "years and months duration"),
    (Range, "range"),
    (Function, "function"),
)
_BY_CLASS = dict(_KINDS)


def kind(value: Any) -> str:
    """Return the name of a value's kind; `null` for None."""
    if value is None:
        return "null"
    found = _BY_CLASS.get(type(value))
    if found is not None:
        return found
    return next((name for cls, name in _KINDS if isinstance(value, cls)), "unknown")


def number(value: int | str | Decimal) -> Decimal:
    """Return a number of 34 digits."""
    return NUMBERS.create_decimal(value)


def as_list(value: Any) -> list[Any]:
    """Return a value as a list: itself, empty for null, else a list of one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
