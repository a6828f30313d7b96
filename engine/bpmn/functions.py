"""Functions: all that an expression may call, and the guards behind its operators.

Every function is total over JSON values up to fixed sizes: nothing here can grow a value past
`LARGEST` pieces or a number past 10**18, so that a line in a diagram cannot fill the memory.
Messages of errors never repeat a value, because values may be personal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import isfinite
from typing import Any

LARGEST = 10_000
LONGEST = 100_000
BIGGEST = 10**18


def _wrong(reason: str) -> ValueError:
    return ValueError("!" + reason)


def measure(value: Any) -> Any:
    """Return the value if it is small enough to keep; count without recursion."""
    if type(value) is int and not -BIGGEST < value < BIGGEST:
        raise _wrong("a number grew too large")
    if isinstance(value, float) and not isfinite(value):
        raise _wrong("a number that is not finite")
    if isinstance(value, str) and len(value) > LONGEST:
        raise _wrong("a text grew too long")
    if isinstance(value, (list, tuple, dict)):
        count, length, stack = 0, 0, [value]
        while stack:
            item = stack.pop()
            count += 1
            if isinstance(item, dict):
                stack.extend(item.values())
                count += len(item)
            elif isinstance(item, (list, tuple)):
                stack.extend(item)
            elif isinstance(item, str):
                length += len(item)
            if count > LARGEST or len(stack) > LARGEST or length > LONGEST:
                raise _wrong("a collection grew too large")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _numbers(*values: Any) -> None:
    for value in values:
        if not _is_number(value):
            raise _wrong(f"arithmetic with {_kind(value)}")


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return measure(left + right)
    if isinstance(left, list) and isinstance(right, list):
        return measure(left + right)
    _numbers(left, right)
    return measure(left + right)


def _subtract(left: Any, right: Any) -> Any:
    _numbers(left, right)
    return measure(left - right)


def _multiply(left: Any, right: Any) -> Any:
    _numbers(left, right)
    return measure(left * right)


def _modulo(left: Any, right: Any) -> Any:
    _numbers(left, right)
    return left % right


def _divide(left: Any, right: Any, whole: bool) -> Any:
    _numbers(left, right)
    return measure(left // right if whole else left / right)


def _sign(value: Any, minus: bool) -> Any:
    _numbers(value)
    return -value if minus else +value


def _key(value: Any, key: str) -> Any:
    """`a.b`: look up a key of a mapping; None where it or the mapping is absent."""
    if isinstance(value, dict):
        return value.get(key)
    if value is None:
        return None
    raise _wrong(f".{key} of {_kind(value)}")


def _item(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return value.get(key) if isinstance(key, (str, int, float)) else None
    if isinstance(value, (list, tuple, str)) and isinstance(key, int):
        if -len(value) <= key < len(value):
            return value[key]
        raise _wrong("an index outside the list")
    raise _wrong(f"[] of {_kind(value)}")


def _slice(value: Any, lower: Any, upper: Any, step: Any) -> Any:
    if isinstance(value, (list, tuple, str)):
        return value[lower:upper:step]
    raise _wrong(f"[:] of {_kind(value)}")


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": lambda a, b: a == b,
    "NotEq": lambda a, b: a != b,
    "Lt": lambda a, b: a < b,
    "LtE": lambda a, b: a <= b,
    "Gt": lambda a, b: a > b,
    "GtE": lambda a, b: a >= b,
}


def _same(left: Any, right: Any, operator: str) -> Any:
    """Compare where other languages would convert: only values of one kind are compared."""
    equality = operator in ("Eq", "NotEq")
    if equality and (left is None or right is None):
        return (left is right) == (operator == "Eq")
    if _kind(left) != _kind(right):
        raise _wrong(f"a comparison of {_kind(left)} with {_kind(right)}")
    return _COMPARISONS[operator](left, right)


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true/false"
    if _is_number(value):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, (list, tuple)) else "a mapping"


def _integer(value: Any) -> int:
    if isinstance(value, str):
        return int(value[:20])
    _numbers(value)
    result: int = measure(int(value))
    return result


def _real(value: Any) -> float:
    result: float = measure(float(value[:40] if isinstance(value, str) else value))
    return result


def _text(value: Any) -> str:
    if isinstance(value, (str, int, float, bool)):
        return str(value)
    raise _wrong(f"str() of {_kind(value)}")


def _round(value: Any, digits: Any = 0) -> Any:
    _numbers(value, digits)
    places = max(-15, min(15, int(digits)))
    return round(value, places) if places else round(value)


def _sum(values: Any) -> Any:
    _numbers(*values)
    return measure(sum(values))


def _join(values: Any, separator: Any) -> str:
    if not isinstance(separator, str) or not all(isinstance(v, str) for v in values):
        raise _wrong("join() needs texts")
    if sum(map(len, values)) + len(separator) * len(values) > LONGEST:
        raise _wrong("a text grew too long")
    return separator.join(values)


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
    "lower": lambda a: str.lower(a),
    "upper": lambda a: str.upper(a),
    "strip": lambda a: str.strip(a),
    "split": lambda a, b=None: measure(str.split(a, b)),
    "join": _join,
    "startswith": lambda a, b: str.startswith(a, b),
    "endswith": lambda a, b: str.endswith(a, b),
    "contains": lambda a, b: b in a,
    "count": lambda values, value: sum(1 for v in values if v == value),
    "field": lambda values, key: [_key(v, key) for v in values],
    "get": lambda a, key, default=None: a.get(key, default) if isinstance(a, dict) else default,
    "now": lambda: None,
    "today": lambda: None,
    "days_between": _days_between,
}

GUARDS: dict[str, Callable[..., Any]] = {
    "__add": _add,
    "__sub": _subtract,
    "__mul": _multiply,
    "__mod": _modulo,
    "__div": _divide,
    "__sign": _sign,
    "__key": _key,
    "__item": _item,
    "__slice": _slice,
    "__same": _same,
    "__box": measure,
}
