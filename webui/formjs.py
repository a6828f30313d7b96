"""form-js schemas on the page: conditions and options in the words of our own templates.

The engine checks what is sent (`engine.process.forms`); this module only says when a field is
shown and which choices it has. A condition it cannot read leaves the field visible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_COMPARISON = re.compile(r"""^=\s*(\w+)\s*(!?=)\s*(?:"([^"]*)"|(true|false|-?\d+(?:\.\d+)?))\s*$""")


def show_if(hide: str | None) -> str | None:
    """Turn form-js `conditional.hide` into data-show-if: hidden if a = "x" is shown if a != x."""
    found = _COMPARISON.match(hide or "")
    if not found:
        return None
    name, sign, text, literal = found.groups()
    value = text if text is not None else literal
    if value == "false":  # an unticked box sends nothing
        value, sign = "true", "!=" if sign == "=" else "="
    return f"{name}{'!=' if sign == '=' else '='}{value}"


def options(component: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the choices of a select, radio or checklist as (value, label)."""
    return [
        (str(one["value"]), str(one.get("label", one["value"])))
        for one in component.get("values", ())
    ]
