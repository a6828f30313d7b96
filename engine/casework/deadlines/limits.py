"""Limits: begin one, extend it once, mark it as met.

The stored end of a limit takes all ended stops into account; while a stop goes on, it still
names the day before that stop, and `views` tells where it would fall. An end beyond the published
calendar is not known; `casework.recounting` finds it when the year is imported. The caller holds the lock
of the case.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from engine import clock
from engine.casework.deadlines import counting
from engine.casework.deadlines.noting import note
from engine.errors import Conflict, Invalid, NotFound
from engine.models import Case, Deadline
from engine.people.identity import Actor
from engine.record.history import Value


class DeadlineAlreadyRuns(Conflict):
    """Leave it running: sending a case to another office does not restart its clock."""

    code = "deadline-already-runs"
    message = "The {kind} limit of this case has already begun."


class DeadlineInvalid(Invalid):
    """Give a known kind and unit and a number of days that is not negative."""

    code = "deadline-invalid"
    message = "This is no limit that a case can have: {problem}."


class NoSuchDeadline(NotFound):
    """Look at the limits of the case; this one never began."""

    code = "no-such-deadline"
    message = "The case has no {kind} limit."


class AlreadyExtended(Conflict):
    """A limit is extended once only; decide within it or record why it was missed."""

    code = "already-extended"
    message = "The {kind} limit of this case was already extended."


class DeadlineOver(Conflict):
    """The limit was met; nothing of it can be changed any more."""

    code = "deadline-over"
    message = "The {kind} limit of this case has already been met."


def start(
    session: Session,
    case: Case,
    kind: str,
    days: int,
    unit: str = "workday",
    started_on: date | None = None,
    *,
    by: Actor | None = None,
) -> Deadline:
    """Begin a limit; the day after `started_on` is its first day.

    行政许可法 art. 42, 44: 20 working days to decide, 10 to deliver; other matters follow the
    limits of the catalogue.

    Args:
        session: an open transaction.
        case: the case.
        kind: one of KINDS; the statutory limit before the promised one, which never ends after
            it. Limits that can be stopped never begin twice; the others may begin again after
            they were met.
        days: how many; with 0 the limit is the day itself (即办件).
        unit: `workday` or `day`.
        started_on: the day of the event, today by default.
        by: who caused it, the system by default.

    Raises:
        DeadlineInvalid: kind, unit or days.
        DeadlineAlreadyRuns: it has begun before.
        CalendarEnds: its end lies beyond the published calendar and has to be known at once.
    """
    _require_limit(kind, days, unit)
    row = find(session, case, kind)
    if row is None:
        row = Deadline(instance_id=case.instance_id, kind=kind)
    elif kind in counting.STOPPABLE or row.met_on is None:
        raise DeadlineAlreadyRuns(kind=kind)
    row.days, row.unit, row.started_on = days, unit, started_on or clock.today()
    row.extended_days, row.met_on = 0, None
    row.due_on = _due_on(session, case, row)
    session.add(row)
    names = ("kind", "days", "unit", "started_on", "due_on")
    facts = {name: getattr(row, name) for name in names}
    note(session, case, "clock.started", by or Actor.system(), facts)
    return row


def extend(session: Session, case: Case, kind: str, days: int, reason: str, by: Actor) -> Deadline:
    """Give a limit more days, once.

    行政许可法 art. 42: up to 10 working days more, approved by the head of the organ, the
    reason told to the applicant. The most that a matter allows is the caller's to check.

    Raises:
        DeadlineInvalid: fewer than one day, or no reason.
        NoSuchDeadline, DeadlineOver, AlreadyExtended: it cannot be extended (any more).
    """
    if days < 1 or not reason.strip():
        raise DeadlineInvalid(problem="an extension has a reason and at least one day")
    row = find(session, case, kind)
    if row is None:
        raise NoSuchDeadline(kind=kind)
    if row.met_on is not None:
        raise DeadlineOver(kind=kind)
    if row.extended_days:
        raise AlreadyExtended(kind=kind)
    before = row.due_on
    row.extended_days = days
    row.days += days
    row.due_on = _due_on(session, case, row)
    fields = {
        "kind": kind,
        "days": Value(before=row.days - days, after=row.days),
        "due_on": Value(before=before, after=row.due_on),
        "reason": reason.strip(),
    }
    note(session, case, "clock.extended", by, fields)
    return row


def meet(
    session: Session,
    case: Case,
    kind: str,
    *,
    by: Actor | None = None,
    on: date | None = None,
) -> Deadline | None:
    """Mark a limit as met today (or on a day); None when the case has no such limit."""
    row = find(session, case, kind)
    if row is None or row.met_on is not None:
        return row
    row.met_on = on or clock.today()
    facts = {"kind": kind, "met_on": row.met_on}
    note(session, case, "clock.met", by or Actor.system(), facts)
    return row


def find(session: Session, case: Case, kind: str) -> Deadline | None:
    """Return a limit of a case, None when it has not begun."""
    return session.get(Deadline, (case.instance_id, kind))


def _due_on(session: Session, case: Case, row: Deadline) -> date | None:
    stops = counting.stops_of(session, case)
    if row.kind in counting.DATED:
        return counting.due_on(session, row, counting.spans(row, stops))
    return counting.end_on(session, row, stops)


def _require_limit(kind: str, days: int, unit: str) -> None:
    if kind not in counting.KINDS:
        raise DeadlineInvalid(problem=f"unknown kind {kind}")
    if unit not in counting.UNITS:
        raise DeadlineInvalid(problem=f"unknown unit {unit}")
    if days < 0:
        raise DeadlineInvalid(problem="fewer than no days")
