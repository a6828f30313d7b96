"""Functions: all that an expression may call.

Every function is total over JSON values up to the sizes that the guards name: nothing here can
grow a value beyond them. Messages of errors never repeat a value, because values may be personal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from engine.bpmn.guards import LONGEST, key_of, kind, measure, numbers, wrong

_LONGEST_NUMBER = 40


def _integer(value: Any) -> int:
    if not isinstance(value, str):
        numbers(value)
    result: int = measure(int(_plain(value)))
    return result


def _real(value: Any) -> float:
    result: float = measure(float(_plain(value)))
    return result


def _plain(value: Any) -> Any:
    """Refuse a text that Python would read as a number and nobody else: long, or with `_`."""
    if isinstance(value, str) and (len(value) > _LONGEST_NUMBER or "_" in value):
        raise wrong("a text that is no number")
    return value


def _text(value: Any) -> str:
    if isinstance(value, (str, int, float, bool)):
        return str(value)
    raise wrong(f"str() of {kind(value)}")


def _round(value: Any, *digits: Any) -> Any:
    """Round as Python does: to a whole number only where no digits are asked for."""
    numbers(value, *digits)
    if not digits:
        return round(value)
    return round(value, _places(*digits))


def _places(digits: Any) -> int:
    if not isinstance(digits, int):
        raise wrong("round() needs a whole number of digits")
    return max(-15, min(15, digits))


def _sum(values: Any) -> Any:
    numbers(*values)
    return measure(sum(values))


def _join(values: Any, separator: Any) -> str:
    if not isinstance(separator, str) or not all(isinstance(v, str) for v in values):
        raise wrong("join() needs texts")
    if sum(map(len, values)) + len(separator) * len(values) > LONGEST:
        raise wrong("a text grew too long")
    return separator.join(values)


def _field(values: Any, key: Any) -> Any:
    if not isinstance(key, str) or not isinstance(values, (list, tuple)):
        raise wrong("field() needs a list and the name of a field")
    if not all(value is None or isinstance(value, dict) for value in values):
        raise wrong("field() of what is no mapping")
    return measure([key_of(value, key) for value in values])


def _days_between(first: Any, second: Any) -> int:
    return (date.fromisoformat(second[:10]) - date.fromisoformat(first[:10])).days


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": len,
    "min": lambda *a: min(*a),
    "max": lambda *a: max(*a),
    "sum": _sum,
    "abs": lambda a: abs(a),
    "round": _round,
    "int": _integer,
    "float": _real,
    "str": _text,
    "bool": bool,
    "any": lambda a: any(a),
    "all": lambda a: all(a),
    "sorted": lambda a: sorted(a),
    "lower": lambda a: measure(str.lower(a)),
    "upper": lambda a: measure(str.upper(a)),
    "strip": lambda a: str.strip(a),
    "split": lambda a, b=None: measure(str.split(a, b)),
    "join": _join,
    "startswith": lambda a, b: str.startswith(a, b),
    "endswith": lambda a, b: str.endswith(a, b),
    "contains": lambda a, b: b in a,
    "count": lambda values, value: sum(1 for v in values if v == value),
    "field": _field,
    "get": lambda a, key, default=None: a.get(key, default) if isinstance(a, dict) else default,
    "now": lambda: None,
    "today": lambda: None,
    "days_between": _days_between,
}
