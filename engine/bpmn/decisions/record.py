"""Record: what an evaluation leaves behind, for the caller and for the history.

A step for every decision, in the order in which they were evaluated; errors that forbid to use the
value; notes that tell why a part of it is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """One decision that was evaluated."""

    decision: str
    name: str
    inputs: Mapping[str, Any]
    rules: tuple[str, ...]
    output: Any
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """What came out, and how.

    Attributes:
        value: the result; None when there are errors.
        steps: the decisions in the order in which they were evaluated.
        errors: what forbids to use the value, each naming its decision.
    """

    value: Any
    steps: tuple[Step, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Why parts of it are null."""
        return tuple(f"{step.name}: {note}" for step in self.steps for note in step.notes)
