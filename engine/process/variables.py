"""Variables: what may enter a process as data, checked before anything is touched.

Names are text without a leading underscore; values are JSON that every database and the record
can keep: no lone surrogates, no NUL, no numbers beyond 64 bits, bounded in size and depth.
What a diagram computes itself is checked again when the step is saved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from engine.errors import Invalid
from engine.record import canonical

LONGEST_NAME = 100
MOST_BYTES = 1_000_000
# The escape of NUL: an even number of backslashes before it, else somebody typed the six signs.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class UnknownField(Invalid):
    """Send only the fields that the form names; without a form, no name that begins with `_`."""

    code = "unknown-field"
    message = "Fields that are not in the form: {fields}."

    def __init__(self, fields: list[str]) -> None:
        self.errors: dict[str, tuple[str, dict[str, Any]]] = {
            name: ("unknown-field", {}) for name in fields
        }
        super().__init__(fields=fields)


class VariableInvalid(Invalid):
    """Send JSON values that a database can keep, under names of at most 100 characters."""

    code = "variable-invalid"
    message = "The field {field} cannot be kept: {problem}."


def check(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that may become process variables.

    Raises:
        UnknownField: a name begins with an underscore.
        VariableInvalid: a name or a value cannot be kept.
    """
    hidden = [str(name)[:LONGEST_NAME] for name in values if str(name).startswith("_")]
    if hidden:
        raise UnknownField(sorted(hidden))
    size = 0
    for name, value in values.items():
        if not name or len(name) > LONGEST_NAME:
            raise VariableInvalid(
                field=name[:LONGEST_NAME], problem="its name is too long or empty"
            )
        size += _size(name, value)
        if size > MOST_BYTES:
            raise VariableInvalid(field=name, problem="there is too much data")
    return dict(values)


def storable(values: Mapping[str, Any]) -> bool:
    """Tell whether PostgreSQL can keep the text in some variables: it knows no NUL."""
    return not _NUL.search(orjson.dumps(values))


def _size(name: str, value: Any) -> int:
    try:
        canonical.encode({name: value})  # refuses depth, lone surrogates, NaN
        data = orjson.dumps({name: value})
    except Invalid as error:
        raise VariableInvalid(field=name, problem=error.params.get("problem", "")) from error
    except TypeError as error:
        raise VariableInvalid(field=name, problem="it is no JSON value of 64 bits") from error
    if _NUL.search(data):
        raise VariableInvalid(field=name, problem="it holds the character NUL")
    return len(data)
