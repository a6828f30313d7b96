"""Shape: from plain data to the frozen dataclasses, guided by their type hints.

Used alike for YAML files and for the JSON that a case keeps of its edition. Unknown keys, missing
keys and values of the wrong kind are all collected with their place in the data; the caller turns
places into lines.
"""

from __future__ import annotations

import types
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

At = tuple[str | int, ...]
T = TypeVar("T")
WORDS: dict[Any, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    date: "a date",
    dict: "a mapping",
}


@dataclass(frozen=True)
class Fault:
    """One thing in the data that does not fit."""

    rule: str
    at: At
    message: str


class _DoesNotFit(Exception):
    """Ends the building of one value; its faults are already collected."""


def build(cls: type[T], data: Any, at: At = ()) -> tuple[T | None, list[Fault]]:
    """Build a dataclass; return it, or None together with all faults found."""
    faults: list[Fault] = []
    try:
        value: T = _dataclass(cls, data, at, faults)
    except _DoesNotFit:
        return None, faults
    return value, faults


def _dataclass(cls: type[Any], data: Any, at: At, faults: list[Fault]) -> Any:
    if not isinstance(data, dict):
        raise _fault(faults, "wrong-type", at, f"must be a mapping, not {_kind(data)}")
    hints, required = _hints(cls)  # type: ignore[arg-type]
    before = len(faults)
    for key in data:
        if key not in hints:
            _fault(faults, "unknown-key", (*at, key), f"the key {key} is not known here")
    for key in required - data.keys():
        _fault(faults, "missing-key", at, f"the key {key} is missing")
    values = {}
    for key, hint in hints.items():
        if key in data:
            try:
                values[key] = _value(hint, data[key], (*at, key), faults)
            except _DoesNotFit:
                continue
    if len(faults) > before:
        raise _DoesNotFit
    return cls(**values)


def _value(hint: Any, data: Any, at: At, faults: list[Fault]) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union(get_args(hint), data, at, faults)
    if origin is tuple:
        return _tuple(get_args(hint)[0], data, at, faults)
    if origin is dict:  # free data: whatever it holds
        hint = dict
    if is_dataclass(hint):
        return _dataclass(hint, data, at, faults)  # type: ignore[arg-type]
    if issubclass(hint, StrEnum):
        return _member(hint, data, at, faults)
    if hint is date and isinstance(data, str):
        return _date(data, at, faults)
    if type(data) is not hint:
        raise _fault(faults, "wrong-type", at, f"must be {WORDS[hint]}, not {_kind(data)}")
    if hint is str and not data.strip():
        raise _fault(faults, "empty-text", at, "is empty: leave the key out instead")
    return data


def _union(hints: tuple[Any, ...], data: Any, at: At, faults: list[Fault]) -> Any:
    choices = [hint for hint in hints if hint is not types.NoneType]
    if data is None:
        raise _fault(faults, "empty-text", at, "is empty: leave the key out instead")
    if len(choices) > 1:
        if type(data) in choices:
            return data
        expected = " or ".join(WORDS[hint] for hint in choices)
        raise _fault(faults, "wrong-type", at, f"must be {expected}, not {_kind(data)}")
    return _value(choices[0], data, at, faults)


def _tuple(hint: Any, data: Any, at: At, faults: list[Fault]) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise _fault(faults, "wrong-type", at, f"must be a list, not {_kind(data)}")
    before = len(faults)
    built = []
    for number, one in enumerate(data):
        try:
            built.append(_value(hint, one, (*at, number), faults))
        except _DoesNotFit:
            continue
    if len(faults) > before:
        raise _DoesNotFit
    return tuple(built)


def _member(hint: type[StrEnum], data: Any, at: At, faults: list[Fault]) -> StrEnum:
    if data not in [one.value for one in hint]:
        known = ", ".join(one.value for one in hint)
        raise _fault(faults, "unknown-value", at, f"must be one of {known}, not {data}")
    return hint(data)


def _date(data: str, at: At, faults: list[Fault]) -> date:
    try:
        found = date.fromisoformat(data)
    except ValueError as error:
        raise _fault(faults, "wrong-type", at, f"is no date: {data}") from error
    if found.isoformat() != data:
        raise _fault(faults, "wrong-type", at, f"is no date of the form YYYY-MM-DD: {data}")
    return found


@lru_cache(maxsize=None)
def _hints(cls: type[Any]) -> tuple[dict[str, Any], frozenset[str]]:
    required = {
        one.name for one in fields(cls) if one.default is MISSING and one.default_factory is MISSING
    }
    return get_type_hints(cls), frozenset(required)


def _fault(faults: list[Fault], rule: str, at: At, message: str) -> _DoesNotFit:
    faults.append(Fault(rule, at, message))
    return _DoesNotFit()


def _kind(data: Any) -> str:
    return {dict: "a mapping", list: "a list", type(None): "nothing"}.get(
        type(data), WORDS.get(type(data), type(data).__name__)
    )
