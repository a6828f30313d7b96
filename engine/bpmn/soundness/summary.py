"""Summary: what those outside need to know of a level that is sound by itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.bpmn.soundness.net import DONE, Key, Outcome, Step


@dataclass(frozen=True)
class Summary:
    """How a level can end, each way with the shortest path, and what it throws before."""

    outcomes: dict[Outcome, tuple[Step, ...]] = field(default_factory=lambda: {DONE: ()})
    covers: frozenset[Key] = frozenset()
    escalations: frozenset[str | None] = frozenset()
    any_error: frozenset[str] | None = None  # tasks may raise any error but these; None: no error
    rests: bool = True  # whether a token ever waits inside; else nothing can come meanwhile
