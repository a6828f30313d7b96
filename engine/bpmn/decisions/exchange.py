"""Exchange: plain values of JSON into FEEL and back.

Variables of a process are plain: whole numbers, numbers, texts, booleans, null, lists, mappings.
A text becomes a date, a time or a duration where the decision declares that it wants one. Going
back, temporal values are ISO texts; a number that is whole is an int, any other keeps its digits
as a text would: see `to_plain`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.bpmn.decisions.feel import temporal_text
from engine.bpmn.decisions.feel.builtins.conversion import plain
from engine.bpmn.decisions.feel.limits import LONGEST_LIST, LONGEST_TEXT, Budget, LimitExceeded
from engine.bpmn.decisions.feel.types import Allowed, ContextOf, ListOf, Type
from engine.bpmn.decisions.feel.values import Function, Range, number

_DEEPEST = 40
MOST_PARTS = 50_000
_TEMPORAL = {
    "date": temporal_text.date,
    "time": temporal_text.time,
    "date and time": temporal_text.date_time,
    "days and time duration": temporal_text.duration,
    "years and months duration": temporal_text.duration,
}


def from_plain(value: Any, type_: Type | None = None, depth: int = 0) -> Any:
    """Return a plain value as FEEL.

    Args:
        value: the value.
        type_: what it is declared to be, if that is known.

    Raises:
        LimitExceeded: it is too large or too deep.
    """
    if depth > _DEEPEST:
        raise LimitExceeded("a value is nested too deep", "值嵌套过深")
    if isinstance(type_, Allowed):
        return from_plain(value, type_.base, depth + 1)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        return number(value)
    if isinstance(value, float):
        return number(repr(value))
    if isinstance(value, str):
        return _text(value, type_)
    if isinstance(value, list | tuple):
        if len(value) > LONGEST_LIST:
            raise LimitExceeded("a list is too long", "列表过长")
        item = type_.item if isinstance(type_, ListOf) else type_
        return [from_plain(one, item, depth + 1) for one in value]
    if isinstance(value, Mapping):
        parts = dict(type_.fields) if isinstance(type_, ContextOf) else {}
        return {
            str(key): from_plain(one, parts.get(str(key)), depth + 1) for key, one in value.items()
        }
    return value  # a value of FEEL already


def _text(value: str, type_: Type | None) -> Any:
    if len(value) > LONGEST_TEXT:
        raise LimitExceeded("a text is too long", "文本过长")
    read = _TEMPORAL.get(type_.name) if type_ is not None else None
    made = read(value) if read is not None else None
    return value if made is None else made


def to_plain(value: Any) -> Any:
    """Return a value of FEEL as a plain one.

    Whole numbers become int. Others become float where the float has the same digits, so that
    conditions of the process can compare them; else a text of all digits.

    Raises:
        LimitExceeded: it is too large or too deep.
    """
    return _plain(value, Budget(MOST_PARTS), 0)


def _plain(value: Any, budget: Budget, depth: int) -> Any:
    budget.spend()
    if depth > _DEEPEST:
        raise LimitExceeded("a value is nested too deep", "值嵌套过深")
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, list):
        return [_plain(one, budget, depth + 1) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one, budget, depth + 1) for key, one in value.items()}
    if isinstance(value, Range):
        return {
            "start": _plain(value.low, budget, depth + 1),
            "end": _plain(value.high, budget, depth + 1),
            "start included": value.low_closed,
            "end included": value.high_closed,
        }
    if isinstance(value, Function):
        return f"function {value.name}"
    return temporal_text.write(value)


def _number(value: Decimal) -> Any:
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else plain(value)
