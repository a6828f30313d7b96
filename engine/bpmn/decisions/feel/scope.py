"""Scope: the values that names have at one place, each layer seeing the one around it.

A `Closure` is a function of a model, which keeps the scope it was written in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.decisions.feel.types import ANY, Type
from engine.bpmn.decisions.feel.values import Function

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Scope:
    """One layer of names."""

    values: Mapping[str, Any]
    around: Scope | None = None

    def find(self, name: str) -> tuple[bool, Any]:
        """Return whether a name is known, and its value."""
        layer: Scope | None = self
        while layer is not None:
            value = layer.values.get(name, _MISSING)
            if value is not _MISSING:
                return True, value
            layer = layer.around
        return False, None


@dataclass(frozen=True, eq=False)
class Closure(Function):
    """A function of a model: a body, and the scope it was written in.

    `call` gets the fitted arguments by name and returns the result.
    """

    call: Callable[[Mapping[str, Any]], Any]
    parameters: tuple[str, ...] = ()
    types: Sequence[Type] = field(default=())
    name: str = "function"
    result: Type = ANY
