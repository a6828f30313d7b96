"""Incidents: something is stuck, and a person must know.

A step that fails is rolled back whole; the incident is written afterwards, in a transaction of its
own, and closed when the same task or job succeeds. It names element and cause, no data.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.db import Database, transaction
from engine.errors import NotFound
from engine.models import Incident, Instance, Job
from engine.people import permissions
from engine.people.identity import Actor
from engine.record import history
from engine.record.history import Entry, Value

LONGEST = 1000


class IncidentNotFound(NotFound):
    """Load the list again: it may have been resolved meanwhile."""

    code = "incident-not-found"
    message = "There is no open incident {number} of instance {instance}."


def record(
    database: Database,
    instance_id: UUID,
    *,
    message: str,
    element: str | None = None,
    task_number: int | None = None,
) -> None:
    """Write an incident in a transaction of its own; an instance that is gone has none."""
    with transaction(database) as session:
        instance = session.get(Instance, instance_id, with_for_update=True)
        if instance is not None:
            add(session, instance, message=message, element=element, task=task_number)


def add(
    session: Session,
    instance: Instance,
    *,
    message: str,
    element: str | None = None,
    task: int | None = None,
    job: int | None = None,
) -> Incident:
    """Write an incident of a locked instance, or renew the open one of the same place."""
    for one in open_of(session, instance.id):
        if (one.element, one.task_number, one.job_number) == (element, task, job):
            one.message = message[:LONGEST]
            session.flush()
            return one
    instance.counter += 1
    made = Incident(
        instance_id=instance.id,
        number=instance.counter,
        kind="step" if job is None else "job",
        element=element,
        job_number=job,
        task_number=task,
        message=message[:LONGEST],
        created_at=clock.now(),
    )
    session.add(made)
    if instance.status == "running":
        instance.status = "incident"
    fields = {"message": Value(after=made.message), "kind": Value(after=made.kind)}
    entry = Entry("incident.created", Actor.system().key, element=element, fields=fields)
    history.append(session, instance, [entry])
    session.flush()
    return made


def open_of(session: Session, instance_id: UUID) -> list[Incident]:
    """Return the open incidents of an instance, oldest first."""
    query = select(Incident).where(
        Incident.instance_id == instance_id, Incident.resolved_at.is_(None)
    )
    return list(session.scalars(query.order_by(Incident.number)))


def list_open(session: Session, limit: int = 200) -> list[Incident]:
    """Return open incidents of all instances, oldest first."""
    query = select(Incident).where(Incident.resolved_at.is_(None))
    return list(session.scalars(query.order_by(Incident.created_at).limit(limit)))


def count_open(session: Session) -> int:
    """Return how many incidents wait for a person."""
    query = select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None))
    return session.scalar(query) or 0


def resolve(
    session: Session,
    instance: Instance,
    *,
    by: Actor,
    task_number: int | None = None,
    job_number: int | None = None,
    everything: bool = False,
) -> None:
    """Close what a step of the locked instance has mended by succeeding.

    Args:
        task_number: the task that was completed.
        job_number: the job that was done.
        everything: the instance has ended, nothing in it can be stuck any more.
    """
    entries = []
    for one in open_of(session, instance.id):
        same_task = one.job_number is None and one.task_number == task_number
        same_job = one.job_number is not None and one.job_number == job_number
        if everything or same_task or same_job:
            one.resolved_at, one.resolved_by = clock.now(), by.key
            entries.append(Entry("incident.resolved", by.key, element=one.element))
    history.append(session, instance, entries)
    _settle_status(session, instance)


def retry(session: Session, instance_id: UUID, number: int, *, by: Actor) -> None:
    """Let a dead job run again, or mark a failed step as seen: its task is still open.

    Raises:
        MissingPermission: `by` may not act on incidents.
        IncidentNotFound: it is resolved, or never was.
    """
    permissions.require(by, "incident:write")
    instance = session.get(Instance, instance_id, with_for_update=True, populate_existing=True)
    incident = session.get(Incident, (instance_id, number))
    if instance is None or incident is None or incident.resolved_at is not None:
        raise IncidentNotFound(instance=instance_id, number=number)
    if incident.job_number is not None:
        job = session.get(Job, (instance_id, incident.job_number))
        if job is not None:
            job.state = "held" if instance.status == "suspended" else "waiting"
            job.attempts, job.due_at = 0, clock.now()
            job.lease = job.leased_until = None
    incident.resolved_at, incident.resolved_by = clock.now(), by.key
    entry = Entry("incident.retried", by.key, element=incident.element)
    history.append(session, instance, [entry])
    _settle_status(session, instance)


def _settle_status(session: Session, instance: Instance) -> None:
    """An instance without open incidents runs again, unless it has ended."""
    session.flush()
    if instance.status == "incident" and not open_of(session, instance.id):
        instance.status = "running"
