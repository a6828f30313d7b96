"""Form shapes: what the parts of a form file have to be before anybody relies on them.

A form is JSON that somebody uploads. The readers of answers take its numbers, lists and mappings
as such; what is of another kind is told here, when the file comes in, and by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

DEEPEST = 20  # groups in groups
MOST_DECIMALS = 15


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**6


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_flag_or_expression(value: Any) -> bool:
    return isinstance(value, (bool, str))


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict)


def _are_decimals(value: Any) -> bool:
    return _is_count(value) and value <= MOST_DECIMALS


def _are_choices(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict) and isinstance(one.get("value"), (str, int, float)) for one in value
    )


_PARTS: Mapping[str, Callable[[Any], bool]] = {
    "conditional": _is_mapping,
    "validate": _is_mapping,
    "properties": _is_mapping,
    "values": _are_choices,
    "valuesKey": _is_text,
    "decimalDigits": _are_decimals,
    "subtype": _is_text,
    "readonly": _is_flag_or_expression,
    "disabled": _is_flag,
}
# A text among the rules is an expression of the editor's, which is refused under its own name.
_RULES: Mapping[str, Callable[[Any], bool]] = {
    "required": _is_flag,
    "min": _is_number,
    "max": _is_number,
    "minLength": _is_count,
    "maxLength": _is_count,
    "pattern": _is_text,
}


def misshapen(component: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the parts of a component that are of another kind than they must be."""
    for name, fits in _PARTS.items():
        if component.get(name) is not None and not fits(component[name]):
            yield name
    found = component.get("validate")
    rules: Mapping[str, Any] = found if isinstance(found, dict) else {}
    for name, fits in _RULES.items():
        said = rules.get(name)
        if said is not None and not isinstance(said, str) and not fits(said):
            yield name
    conditional = component.get("conditional")
    if isinstance(conditional, dict) and not isinstance(conditional.get("hide", ""), str):
        yield "hide"
