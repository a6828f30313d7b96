"""Guards: what stands behind the operators of an expression.

Every guard is total over JSON values up to fixed sizes: no value grows past `LARGEST` pieces,
`LONGEST` characters, `DEEPEST` levels or a number past 10**18, so that a line in a diagram
cannot fill the memory or make a case that cannot be stored. Messages of errors never repeat a
value, because values may be personal.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

LARGEST = 10_000
LONGEST = 100_000
DEEPEST = 90  # the record takes 100 levels, a few of them around the value
BIGGEST = 10**18


def wrong(reason: str) -> ValueError:
    """Return the error of a value that does not fit; its reason is shown as it is."""
    return ValueError("!" + reason)


def measure(value: Any, times: int = 1) -> Any:
    """Return the value if it is small enough to keep; count without recursion.

    Args:
        value: any JSON value.
        times: how many values of the largest size it may hold together.

    Raises:
        ValueError: it is too large, too long or nested too deeply.
    """
    largest, longest = LARGEST * times, LONGEST * times
    if not isinstance(value, (list, tuple, dict)):
        return _single(value)
    count, length, level = 0, 0, [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for item in level:
            count += 1
            if isinstance(item, dict):
                count += len(item)
                length += sum(len(key) for key in item if isinstance(key, str))
                below.extend(item.values())
            elif isinstance(item, (list, tuple)):
                below.extend(item)
            else:
                length += len(item) if isinstance(item, str) else 0
                _single(item)
            if count > largest or len(below) > largest or length > longest:
                raise wrong("a collection grew too large")
        if not below:
            return value
        level = below
    raise wrong("a collection is nested too deeply")


def _single(value: Any) -> Any:
    if type(value) is int and not -BIGGEST < value < BIGGEST:
        raise wrong("a number grew too large")
    if isinstance(value, float) and not isfinite(value):
        raise wrong("a number that is not finite")
    if isinstance(value, str) and len(value) > LONGEST:
        raise wrong("a text grew too long")
    return value


def kind(value: Any) -> str:
    """Name the kind of a value, for messages."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true/false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, (list, tuple)) else "a mapping"


def numbers(*values: Any) -> None:
    """Refuse arithmetic with anything but numbers of a bounded size."""
    for value in values:
        if not isinstance(value, (int, float)):
            raise wrong(f"arithmetic with {kind(value)}")
        _single(value)


def _add(left: Any, right: Any) -> Any:
    if type(left) is type(right) and isinstance(left, (str, list)):
        if len(left) + len(right) > LONGEST:
            raise wrong("a text or a collection grew too large")
        return measure(left + right)
    numbers(left, right)
    return measure(left + right)


def _subtract(left: Any, right: Any) -> Any:
    numbers(left, right)
    return measure(left - right)


def _multiply(left: Any, right: Any) -> Any:
    numbers(left, right)
    return measure(left * right)


def _modulo(left: Any, right: Any) -> Any:
    numbers(left, right)
    return measure(left % right)


def _divide(left: Any, right: Any, whole: bool) -> Any:
    numbers(left, right)
    return measure(left // right if whole else left / right)


def _sign(value: Any, minus: bool) -> Any:
    numbers(value)
    return -value if minus else +value


def key_of(value: Any, key: str) -> Any:
    """`a.b`: look up a key of a mapping; None where it or the mapping is absent."""
    if isinstance(value, dict):
        return value.get(key)
    if value is None:
        return None
    raise wrong(f".{key} of {kind(value)}")


def _item(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return value.get(key) if isinstance(key, (str, int, float)) else None
    if isinstance(value, (list, tuple, str)) and isinstance(key, int):
        if -len(value) <= key < len(value):
            return value[key]
        raise wrong("an index outside the list")
    raise wrong(f"[] of {kind(value)}")


def _slice(value: Any, lower: Any, upper: Any, step: Any) -> Any:
    if isinstance(value, (list, tuple, str)):
        return value[lower:upper:step]
    raise wrong(f"[:] of {kind(value)}")


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
    if kind(left) != kind(right):
        raise wrong(f"a comparison of {kind(left)} with {kind(right)}")
    if not equality and isinstance(left, (bool, list, tuple, dict)):
        raise wrong(f"{kind(left)} has no order")
    return _COMPARISONS[operator](left, right)


def _truth(value: Any) -> bool:
    """Refuse what other languages convert before they join it with and, or, not."""
    if not isinstance(value, bool):
        raise wrong(f"{kind(value)} where true or false is needed")
    return value


GUARDS: dict[str, Callable[..., Any]] = {
    "__add": _add,
    "__sub": _subtract,
    "__mul": _multiply,
    "__mod": _modulo,
    "__div": _divide,
    "__sign": _sign,
    "__key": key_of,
    "__item": _item,
    "__slice": _slice,
    "__same": _same,
    "__truth": _truth,
    "__box": measure,
}
