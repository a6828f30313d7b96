"""Functions of the calendar: day and week of the year, names of days and months, now and today.

`now` is the instant that the evaluation was given, as the clocks of the business zone show it, so
that a decision replayed later gives the same answer.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine import clock
from engine.bpmn.decisions.feel.builtins.signature import Builtin, Signature, unwrapped
from engine.bpmn.decisions.feel.temporal import Date, DateTime, Time
from engine.bpmn.decisions.feel.values import Unfit, kind, number

if TYPE_CHECKING:
    from engine.bpmn.decisions.feel.evaluator import Evaluator

# The standard names them in English whatever the language of the reader (DMN 1.5, 10.3.4.8).
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _day(value: Any) -> Date:
    value = unwrapped(value)
    if isinstance(value, DateTime):
        return value.date
    if not isinstance(value, Date):
        raise Unfit(f"a date is needed, not a {kind(value)}")
    return value


def _day_of_year(run: Evaluator, date: Any) -> Any:
    day = _day(date)
    return number(day.ordinal - Date(day.year, 1, 1).ordinal + 1)


def _day_of_week(run: Evaluator, date: Any) -> str:
    return DAYS[_day(date).weekday - 1]


def _month_of_year(run: Evaluator, date: Any) -> str:
    return MONTHS[_day(date).month - 1]


def _week_of_year(run: Evaluator, date: Any) -> Any:
    """The week of ISO 8601: the first one holds the first Thursday of the year."""
    day = _day(date)
    thursday = Date.of_ordinal(day.ordinal - day.weekday + 4)
    return number((thursday.ordinal - Date(thursday.year, 1, 1).ordinal) // 7 + 1)


def _now(run: Evaluator) -> DateTime:
    return date_time(run.now.astimezone(clock.BUSINESS_ZONE))


def _today(run: Evaluator) -> Date:
    return _now(run).date


def date_time(at: datetime) -> DateTime:
    """Return an instant of Python as a value."""
    seconds = (
        Decimal(at.hour * 3600 + at.minute * 60 + at.second) + Decimal(at.microsecond) / 1_000_000
    )
    offset = at.utcoffset()
    place = None if offset is None else int(offset.total_seconds())
    return DateTime(Date(at.year, at.month, at.day), Time(seconds, place))


_DATE = ("date",)
FUNCTIONS = (
    Builtin("day of year", Signature(_day_of_year, _DATE, 1)),
    Builtin("day of week", Signature(_day_of_week, _DATE, 1)),
    Builtin("month of year", Signature(_month_of_year, _DATE, 1)),
    Builtin("week of year", Signature(_week_of_year, _DATE, 1)),
    Builtin("now", Signature(_now, (), 0)),
    Builtin("today", Signature(_today, (), 0)),
)
