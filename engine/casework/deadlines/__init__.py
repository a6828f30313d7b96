"""Deadlines: how long the office may take, and how long it has taken.

A case carries two limits, the promised one and the statutory one (承诺、法定办结时限).
Both count working days from the day after acceptance. A correction notice or a special
procedure stops the clock; the reason is kept, because the auditor asks for it. The limits of
notice, correction and delivery are never stopped.
Reminders are jobs; this package decides when they are due and sends nothing itself.
"""

from engine.casework.deadlines.counting import KINDS, STOPPABLE
from engine.casework.deadlines.limits import (
    AlreadyExtended,
    DeadlineAlreadyRuns,
    DeadlineInvalid,
    DeadlineOver,
    NoSuchDeadline,
    extend,
    find,
    meet,
    start,
)
from engine.casework.deadlines.stops import (
    STOP_KINDS,
    ClockAlreadyStopped,
    ClockNotStopped,
    StopInvalid,
    is_stopped,
    resume,
    stop,
)
from engine.casework.deadlines.views import Cell, DeadlineView, status, statuses

__all__ = [
    "AlreadyExtended", "Cell", "ClockAlreadyStopped", "ClockNotStopped", "DeadlineAlreadyRuns",
    "DeadlineInvalid", "DeadlineOver", "DeadlineView", "KINDS", "NoSuchDeadline",
    "STOPPABLE", "STOP_KINDS", "StopInvalid", "extend", "find", "is_stopped", "meet", "resume", "start", "status",
    "statuses", "stop",
]  # fmt: skip
