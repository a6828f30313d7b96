"""Journal: what happened since a run was loaded, in order, by element id.

It is the source of the history rows, of the task table and of `trace`. Entries carry ids and
codes only, never a variable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

EVENTS = (
    "started",
    "entered",
    "taken",
    "completed",
    "cancelled",
    "timer",
    "message",
    "signal",
    "condition",
    "error",
    "escalation",
    "call",
    "ended",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    `type` is the BPMN element name; `scope` the number of the process scope (0: the process
    itself) and `process` its id; `token` the token concerned, where one is.
    """

    event: str
    element: str
    type: str
    name: str
    scope: int
    process: str
    at: datetime
    token: int | None = None
    code: str | None = None
    args: tuple[object, ...] | None = None  # of a call, which `trace` alone records


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message or signal that leaves the instance, for the process engine to send on.

    A signal has already reached the listeners of its own instance; a message has not.
    """

    kind: str  # message | signal
    name: str
    payload: dict[str, object]
    correlation: dict[str, object]
    element: str
