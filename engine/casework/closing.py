"""Closing: what casework does when the engine has moved a case.

The general engine knows no cases; it tells these two hooks about every step and every end. Tasks
get the date by which the case is due, so that lists sort by what matters; a case whose process
ended without closing it is closed here, because a case must never hang without a process.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar import workdays
from engine.casework import cases, deadlines, evaluations
from engine.models import OPEN_STATES, Case, Deadline, Instance, Task
from engine.people.identity import Actor

CLOCKS = (
    "statutory",
    "promised",
    "lower-review",
    "notice",
    "correction",
    "hearing",
    "rectify",
    "tolerance",
    "commitment",
)


def on_step(session: Session, instance: Instance, by: Actor) -> None:
    """Give the open tasks of a case the end of its first running limit as their due time."""
    case = session.get(Case, instance.id)
    if case is None:
        return
    evaluations.require_given(session, case, instance.variables.get("evaluation"))
    session.execute(
        update(Task)
        .where(Task.instance_id == instance.id, Task.state.in_(OPEN_STATES))
        .values(due_at=_due_at(session, instance))
    )


def on_finished(session: Session, instance: Instance, by: Actor) -> None:
    """Close the case of an ended instance if its process has not done so."""
    case = session.get(Case, instance.id)
    if case is None:
        return
    evaluations.require_given(session, case, instance.variables.get("evaluation"))
    evaluations.end(session, case)
    running = select(Deadline.kind).where(
        Deadline.instance_id == instance.id, Deadline.met_on.is_(None)
    )
    for kind in session.scalars(running).all():  # nobody is left who could meet it
        deadlines.meet(session, case, kind, by=by)
    if case.closed_at is not None:
        return
    case.closed_at = clock.now()
    case.stage = "closed"
    case.outcome = "terminated" if instance.status == "cancelled" else instance.status
    cases.note(session, case, "case.closed", by=by, outcome=case.outcome)


def _due_at(session: Session, instance: Instance) -> datetime | None:
    due_on = session.scalar(
        select(Deadline.due_on)
        .where(
            Deadline.instance_id == instance.id,
            Deadline.kind.in_(CLOCKS),
            Deadline.met_on.is_(None),
            Deadline.due_on.is_not(None),
        )
        .order_by(Deadline.due_on)
        .limit(1)
    )
    return end_of(due_on) if due_on else None


def add_workdays(session: Session, instant: datetime, days: int) -> datetime:
    """Return the end of the last of so many working days after the day of an instant.

    Raises:
        CalendarEnds: the published calendar does not reach so far.
    """
    return end_of(workdays.add_workdays(session, clock.local_date(instant), days))


def end_of(day: date) -> datetime:
    """Return the last second of a day in Shanghai."""
    return clock.start_of(day + timedelta(days=1)) - timedelta(seconds=1)
