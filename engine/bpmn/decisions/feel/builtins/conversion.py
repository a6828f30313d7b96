"""Functions that turn one kind of value into another: number, string, date, time, duration.

A text that is not exactly what is asked for has no value; nothing is guessed. `written` is the one
place where a value becomes a text, and pays for every part of it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from engine.bpmn.decisions.feel import temporal_text
from engine.bpmn.decisions.feel.builtins.signature import (
    Builtin,
    Signature,
    num,
    text,
    truth,
    unwrapped,
    whole,
)
from engine.bpmn.decisions.feel.comparing import same
from engine.bpmn.decisions.feel.limits import Budget, LimitExceeded
from engine.bpmn.decisions.feel.temporal import (
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    months_between,
)
from engine.bpmn.decisions.feel.values import Function, Range, Unfit, kind
from engine.bpmn.decisions.feel.values import number as new_number

if TYPE_CHECKING:
    from engine.bpmn.decisions.feel.evaluator import Evaluator

_NUMBER = re.compile(r"-?(?:\d{1,400}(?:\.\d{1,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,4})?", re.ASCII)
_TEMPORAL = (Date, Time, DateTime, DaysDuration, MonthsDuration)
_WRITTEN_DEPTH = 60
Read = TypeVar("Read")


def _date(run: Evaluator, from_: Any) -> Date:
    value = unwrapped(from_)
    if isinstance(value, DateTime):
        return value.date
    if isinstance(value, Date):
        return value
    return _read(temporal_text.date(text(value)), "date")


def _date_of(run: Evaluator, year: Any, month: Any, day: Any) -> Date:
    return Date(whole(year), whole(month), whole(day))


def _time(run: Evaluator, from_: Any) -> Time:
    value = unwrapped(from_)
    if isinstance(value, DateTime):
        return value.time
    if isinstance(value, Date):
        return Time(Decimal(0), 0)
    if isinstance(value, Time):
        return value
    return _read(temporal_text.time(text(value)), "time")


def _time_of(run: Evaluator, hour: Any, minute: Any, second: Any, offset: Any) -> Time:
    hours, minutes, seconds = whole(hour), whole(minute), num(second)
    if not (0 <= hours <= 23 and 0 <= minutes <= 59 and 0 <= seconds < 60):
        raise Unfit("there is no such time")
    place = None
    if offset is not None:
        if not isinstance(offset, DaysDuration) or abs(offset.seconds) > 18 * 3600:
            raise Unfit("an offset is a duration of at most 18 hours")
        place = int(offset.seconds)
    return Time(hours * 3600 + minutes * 60 + seconds, place)


def _date_time(run: Evaluator, from_: Any) -> DateTime:
    value = unwrapped(from_)
    if isinstance(value, DateTime):
        return value
    if isinstance(value, Date):
        return DateTime(value, Time(Decimal(0), 0))
    return _read(temporal_text.date_time(text(value)), "date and time")


def _date_time_of(run: Evaluator, date: Any, time: Any) -> DateTime:
    day, clock = unwrapped(date), unwrapped(time)
    if isinstance(day, DateTime):
        day = day.date
    if not isinstance(day, Date) or not isinstance(clock, Time):
        raise Unfit("a date and a time are needed")
    return DateTime(day, clock)


def _duration(run: Evaluator, from_: Any) -> Any:
    value = unwrapped(from_)
    if isinstance(value, DaysDuration | MonthsDuration):
        return value
    return _read(temporal_text.duration(text(value)), "duration")


def _months(run: Evaluator, from_: Any, to: Any) -> MonthsDuration:
    start, end = (
        value.date if isinstance(value, DateTime) else value
        for value in (unwrapped(from_), unwrapped(to))
    )
    if not isinstance(start, Date) or not isinstance(end, Date):
        raise Unfit("two dates are needed")
    return MonthsDuration(months_between(start, end))


def _read(value: Read | None, what: str) -> Read:
    if value is None:
        raise Unfit(f"the text is no {what}")
    return value


def _number(run: Evaluator, from_: Any, grouping: Any = None, decimal: Any = None) -> Decimal:
    value = unwrapped(from_)
    if isinstance(value, Decimal):
        return value
    source = text(value)
    group = None if grouping is None else text(grouping)
    point = None if decimal is None else text(decimal)
    if group not in (None, " ", ",", ".") or point not in (None, ".", ",") or group == point:
        if group is not None or point is not None:
            raise Unfit("the separators are not among those allowed")
    source = source.replace(group, "") if group else source
    source = source.replace(point, ".") if point else source
    if not _NUMBER.fullmatch(source):
        raise Unfit("the text is no number")
    return new_number(source)


def _string(run: Evaluator, from_: Any) -> str:
    if from_ is None:
        raise Unfit("null has no text")
    return written(from_, run.budget)


def written(value: Any, budget: Budget, depth: int = 0) -> str:
    """Return a value as a text; inside lists and contexts strings are quoted."""
    budget.spend()
    if depth > _WRITTEN_DEPTH:
        raise LimitExceeded("it is nested too deep", "嵌套过深")
    if isinstance(value, str):
        budget.spend(len(value) // 64)
        return value if depth == 0 else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, _TEMPORAL):
        return temporal_text.write(value)
    if isinstance(value, list):
        return budget.text(f"[{', '.join(written(one, budget, depth + 1) for one in value)}]")
    if isinstance(value, dict):
        parts = (f"{key}: {written(one, budget, depth + 1)}" for key, one in value.items())
        return budget.text("{" + ", ".join(parts) + "}")
    if isinstance(value, Range):
        return _written_range(value, budget, depth)
    if isinstance(value, Function):
        return f"function {value.name}"
    raise Unfit(f"a {kind(value)} has no text")


def _written_range(value: Range, budget: Budget, depth: int) -> str:
    low = "" if value.low is None else written(value.low, budget, depth + 1)
    high = "" if value.high is None else written(value.high, budget, depth + 1)
    if value.low is None:
        return f"({'<=' if value.high_closed else '<'} {high})"
    if value.high is None:
        return f"({'>=' if value.low_closed else '>'} {low})"
    return f"{'[' if value.low_closed else '('}{low}..{high}{']' if value.high_closed else ')'}"


def plain(value: Decimal) -> str:
    """Return a number without exponent and without zeros at its end."""
    made = format(value, "f")
    if "." in made:
        made = made.rstrip("0").rstrip(".")
    return "0" if made in ("-0", "") else made


def _not(run: Evaluator, negand: Any) -> bool:
    return not truth(negand)


def _is(run: Evaluator, value1: Any, value2: Any) -> bool:
    """Whether two values are the same in every respect, the place of a time included."""
    return same(value1, value2, run.budget, strictly=True)


FUNCTIONS = (
    Builtin(
        "date", Signature(_date, ("from",), 1), Signature(_date_of, ("year", "month", "day"), 3)
    ),
    Builtin(
        "time",
        Signature(_time, ("from",), 1),
        Signature(_time_of, ("hour", "minute", "second", "offset"), 3),
    ),
    Builtin(
        "date and time",
        Signature(_date_time, ("from",), 1),
        Signature(_date_time_of, ("date", "time"), 2),
    ),
    Builtin("duration", Signature(_duration, ("from",), 1)),
    Builtin("years and months duration", Signature(_months, ("from", "to"), 2)),
    Builtin(
        "number",
        Signature(_number, ("from", "grouping separator", "decimal separator"), 1),
    ),
    Builtin("string", Signature(_string, ("from",), 1)),
    Builtin("not", Signature(_not, ("negand",), 1)),
    Builtin("is", Signature(_is, ("value1", "value2"), 0)),
)
