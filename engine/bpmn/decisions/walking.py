"""Walking: all boxed expressions of a logic, from the outside in.

Checks use it to find the decision tables of a model wherever they stand, inside of contexts and
functions too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from engine.bpmn.decisions.boxes import Box


def boxes(logic: Box | None) -> Iterator[Box]:
    """Yield a boxed expression and all that are in it."""
    todo: list[Any] = [logic]
    while todo:
        one = todo.pop()
        if isinstance(one, tuple):
            todo += one
        elif isinstance(one, Box):
            yield one
            todo += [getattr(one, field.name) for field in dataclasses.fields(one)]
