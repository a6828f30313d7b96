"""Instances: starting runs of a process, moving them, ending them, and showing how they stand.

Every move has the same shape: a step is opened on the locked row, something happens in it, and it
is finished at the next wait (`execution`). Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Invalid
from engine.models import OPEN_STATES, Incident, Instance, Job, Subscription, Task, new_id
from engine.people.identity import Actor
from engine.process import bundles, definitions, incidents, locking
from engine.process import variables as values
from engine.process.execution import Step
from engine.process.locking import InstanceNotFound
from engine.process.waits import NOTHING
from engine.process.wiring import wiring_of
from engine.record.history import Value


class CancelReasonMissing(Invalid):
    """Say why: the reason is kept in the record."""

    code = "cancel-reason-missing"
    message = "Cancelling needs a reason."


@dataclass(frozen=True)
class View:
    """An instance with what it waits for."""

    instance: Instance
    tasks: list[Task]
    waiting: list[dict[str, Any]]
    incidents: list[dict[str, Any]]


def start(
    session: Session,
    process_key: str,
    *,
    by: Actor,
    variables: Mapping[str, Any] | None = None,
    version: int | None = None,
    business_key: str | None = None,
    office_id: str | None = None,
    instance_id: UUID | None = None,
    element: str | None = None,
    correlation: Mapping[str, Any] | None = None,
) -> Instance:
    """Start an instance and run it to its first wait.

    Args:
        process_key: the id of the process.
        by: who starts it.
        variables: JSON values by name.
        version: of the definition; the newest by default.
        business_key: the caller's own reference.
        office_id: to which tasks without an office of their own belong.
        instance_id: given by a caller that needs it beforehand.
        element: the start event that has happened; None starts without an event.
        correlation: what the sender of that event gave.

    Raises:
        DefinitionNotFound: no such process or version.
        UnknownField, VariableInvalid: a variable cannot be kept.
        StepFailed: the first step failed.
    """
    given = values.check(variables or {})
    definition = definitions.latest(session, process_key, version)
    bundle = bundles.bind(session, definition)
    instance = Instance(
        id=instance_id or _new_id(session),
        definition_id=definition.id,
        bundle_hash=bundle.hash,
        process_key=process_key,
        version=definition.version,
        business_key=business_key,
        status="running",
        office_id=office_id,
        started_by=by.key,
        started_at=clock.now(),
        variables={},
    )
    session.add(instance)
    session.flush()
    return Step.begin(session, instance, given, by, element, correlation).finish()


def _new_id(session: Session) -> UUID:
    observer = wiring_of(session).observer
    return observer.new_id() if observer else new_id()


def get(session: Session, instance_id: UUID) -> Instance:
    """Return an instance.

    Raises:
        InstanceNotFound: there is none.
    """
    found = session.get(Instance, instance_id)
    if found is None:
        raise InstanceNotFound(instance=instance_id)
    return found


def move(
    session: Session, instance_id: UUID, happen: Callable[[Step], object], *, by: Actor
) -> Instance:
    """Lock an instance, let something happen in it, and run on to the next wait.

    Raises:
        InstanceNotFound, InstanceEnded: nothing can happen any more.
        StepFailed: an element failed; the caller rolls back.
    """
    step = Step.open(session, instance_id, by)
    happen(step)
    return step.finish()


def advance(session: Session, instance_id: UUID, *, by: Actor) -> Instance:
    """Run an instance on, without anything new, after a cause was mended.

    Raises:
        InstanceNotFound, InstanceEnded, StepFailed: as `move`.
    """
    return move(session, instance_id, lambda step: None, by=by)


def cancel(session: Session, instance_id: UUID, *, by: Actor, reason: str) -> Instance:
    """End an instance from outside, for a reason that the record keeps.

    Raises:
        CancelReasonMissing: it is empty.
        InstanceNotFound, InstanceEnded: there is nothing to cancel.
    """
    if not reason.strip():
        raise CancelReasonMissing()
    step = Step.open(session, instance_id, by)
    step.note("instance.cancelled", fields={"reason": Value(after=reason.strip())})
    return step.cancel()


def view(session: Session, instance_id: UUID) -> View:
    """Return an instance with its open tasks, what else it waits for, and its incidents."""
    query = select(Task).where(Task.instance_id == instance_id, Task.state.in_(OPEN_STATES))
    tasks = list(session.scalars(query.order_by(Task.number)))
    return _view(session, get(session, instance_id), tasks)


def after(step: Step) -> View:
    """Return an instance as a finished step has left it, asking only for what the step lacks."""
    return _view(step.session, step.instance, step.left_open, step.after != NOTHING)


def _view(session: Session, instance: Instance, tasks: list[Task], listening: bool = True) -> View:
    waits = [_wait(instance, t.element, "userTask", t.name, t.due_at, t.number) for t in tasks]
    if listening:
        waits += _events(session, instance)
    stuck = instance.status in ("incident", locking.SUSPENDED)  # one that has ended has none open
    found = [_incident(one) for one in incidents.open_of(session, instance.id)] if stuck else []
    return View(instance, tasks, waits, found)


def _events(session: Session, instance: Instance) -> list[dict[str, Any]]:
    jobs = select(Job).where(Job.instance_id == instance.id, Job.kind == "timer")
    waits = [
        _wait(instance, job.element, "timer", job.element, job.due_at, job.number)
        for job in session.scalars(jobs.order_by(Job.number))
    ]
    listens = select(Subscription).where(Subscription.instance_id == instance.id)
    return waits + [
        _wait(instance, one.element, one.kind, one.name, None, one.number)
        for one in session.scalars(listens.order_by(Subscription.number))
    ]


def _wait(
    instance: Instance,
    element: str | None,
    kind: str,
    name: str | None,
    due: datetime | None,
    number: int,
) -> dict[str, Any]:
    return {
        "instance": instance.id,
        "element": element,
        "type": kind,
        "name": name,
        "due": due,
        "number": number,
    }


def _incident(row: Incident) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "element": row.element,
        "message": row.message,
        "created_at": row.created_at,
    }
