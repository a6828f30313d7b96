"""Succession: an office ends and another takes its work over, as when districts merge.

Running cases and open tasks pass to the successor, each instance with an event; what was closed
before keeps the old name and is found through it. Writing the event is left to the caller,
because the record stands above this package. A day in the future is written down at once and
takes effect when the day has come: `pass_on` may be called any number of times.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Invalid
from engine.models import OPEN_STATES, Case, Instance, Office, Task
from engine.people import offices, permissions
from engine.people.identity import Actor
from engine.people.offices import OfficeEnded

ENDED_INSTANCES = ("completed", "cancelled")
OFFICE_VARIABLES = ("intake_office", "handling_office", "consulted_office", "lead_office")
CASE_OFFICES = ("intake_office_id", "handling_office_id", "computed_office_id")

# Writes `office.succeeded` to the history of an instance: what changed, before and after.
Note = Callable[[Session, Instance, dict[str, tuple[Any, Any]]], None]


class SuccessorInvalid(Invalid):
    """Choose an office that exists on that day and does the same work."""

    code = "successor-invalid"
    message = "{successor} cannot follow {office}."


def end(
    session: Session, office_id: str, *, on: date, successor_id: str, by: Actor, note: Note
) -> int:
    """End an office and, when the day has come, pass its work on; return how many instances.

    Args:
        on: the first day on which it is gone.
        successor_id: the office that follows it.
        by: an administrator.
        note: writes the event of each instance.

    Raises:
        MissingPermission: `by` may not change offices.
        OfficeNotFound, OfficeEnded: the office is none, or has ended already.
        SuccessorInvalid: the other one does not exist then, does other work, or leads back.
    """
    permissions.require(by, "office:write")
    office = offices.get(session, office_id)
    if office.valid_to is not None:
        raise OfficeEnded(office=office.name)
    following = session.get(Office, successor_id)
    if following is None or not _may_follow(session, office, following, on):
        raise SuccessorInvalid(
            successor=following.name if following else successor_id, office=office.name
        )
    office.valid_to, office.successor_id = on, successor_id
    session.flush()
    return pass_on(session, office_id, note=note)


def _may_follow(session: Session, office: Office, following: Office, on: date) -> bool:
    return (
        following.id != office.id
        and offices.is_valid(following, on)
        and set(office.roles) <= set(following.roles)
        and (office.valid_from is None or office.valid_from < on)
        and offices.successor(session, following.id, on=on) == following.id
    )


def pending(session: Session, *, on: date | None = None) -> list[Office]:
    """Return the ended offices that still have running cases or open tasks."""
    day = on or clock.today()
    ended = session.scalars(
        select(Office).where(
            Office.valid_to.is_not(None), Office.valid_to <= day, Office.successor_id.is_not(None)
        )
    )
    return [office for office in ended if _touched(session, office.id)]


def pass_on(session: Session, office_id: str, *, note: Note, on: date | None = None) -> int:
    """Pass running cases and open tasks of an ended office on; return how many instances.

    Does nothing before the office has ended and nothing the second time.

    Args:
        note: writes the event of each instance.
        on: the day (default: today).
    """
    following = offices.successor(session, office_id, on=on)
    if following is None or following == office_id:
        return 0
    ids = _touched(session, office_id)
    for instance_id in ids:
        instance = session.get_one(Instance, instance_id, with_for_update=True)
        changes = _move(session, instance, office_id, following)
        note(session, instance, changes)
    session.flush()
    return len(ids)


def running(session: Session, office_id: str) -> int:
    """Return how many running instances name an office."""
    return len(_touched(session, office_id))


def _touched(session: Session, office_id: str) -> list[Any]:
    """The running instances that name an office, in a fixed order so that no two lock crosswise."""
    running = Instance.status.not_in(ENDED_INSTANCES)
    places = (
        select(Case.instance_id)
        .join(Instance, Instance.id == Case.instance_id)
        .where(
            running,
            Case.closed_at.is_(None),  # a closed case that waits for its evaluation has its names
            or_(*(getattr(Case, name) == office_id for name in CASE_OFFICES)),
        ),
        select(Task.instance_id).where(Task.state.in_(OPEN_STATES), Task.office_id == office_id),
        select(Instance.id).where(running, Instance.office_id == office_id),
    )
    return sorted({found for query in places for found in session.scalars(query)})


def _move(session: Session, instance: Instance, old: str, new: str) -> dict[str, tuple[Any, Any]]:
    changes: dict[str, tuple[Any, Any]] = {}
    case = session.get(Case, instance.id)
    if case is not None and case.closed_at is None:
        for name in CASE_OFFICES:
            if getattr(case, name) == old:
                setattr(case, name, new)
                changes[name.removesuffix("_id")] = (old, new)
    if instance.office_id == old:
        instance.office_id = new
        changes["office"] = (old, new)
    moved = {name: new for name in OFFICE_VARIABLES if instance.variables.get(name) == old}
    if moved:
        instance.variables = {**instance.variables, **moved}
    tasks = session.scalars(
        select(Task).where(
            Task.instance_id == instance.id, Task.state.in_(OPEN_STATES), Task.office_id == old
        )
    )
    for task in tasks:
        task.office_id = new
        changes[f"task {task.number}"] = (old, new)
    return changes
