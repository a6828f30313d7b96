"""Incidents: something is stuck, and a person must act.

A step that failed was rolled back whole, so its incident is recorded in a transaction of its own.
The case stays where it was: it can be retried after mending, by doing the step again or by
`retry`. What went wrong is told by element and kind of failure, never with a value of the case.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.db import Database, transaction
from engine.errors import Conflict, NotFound
from engine.models import Incident, Instance
from engine.people import permissions
from engine.people.identity import Actor
from engine.process import jobs
from engine.record import history
from engine.record.history import Entry, Value

STEP, JOB = "step", "job"
LONGEST = 2000


class IncidentNotFound(NotFound):
    """Look at the list of incidents: it may belong to another instance."""

    code = "incident-not-found"
    message = "There is no incident {number} of instance {instance}."


class IncidentResolved(Conflict):
    """Nothing is left to do: the step has succeeded meanwhile."""

    code = "incident-resolved"
    message = "Incident {number} is resolved already."


def record(
    database: Database,
    instance_id: UUID,
    element: str | None,
    task_number: int | None,
    message: str,
) -> None:
    """Record that a step failed, after its rollback, in a short transaction of its own.

    The same failure once more renews the open incident; an instance that was rolled back with
    the step, because it had only just begun, leaves none.
    """
    with transaction(database) as session:
        instance = session.get(Instance, instance_id, with_for_update=True)
        if instance is not None:
            add(session, instance, STEP, message, element=element, task_number=task_number)


def add(
    session: Session,
    instance: Instance,
    kind: str,
    message: str,
    *,
    element: str | None = None,
    task_number: int | None = None,
    job_number: int | None = None,
    by: Actor | None = None,
) -> Incident:
    """Add an incident to a locked instance, or renew the open one of the same place."""
    for one in unresolved(session, instance.id):
        place = (one.kind, one.element, one.task_number, one.job_number)
        if place == (kind, element, task_number, job_number):
            one.message = message[:LONGEST]
            session.flush()
            return one
    instance.counter += 1
    incident = Incident(
        instance_id=instance.id,
        number=instance.counter,
        kind=kind,
        element=element,
        job_number=job_number,
        task_number=task_number,
        message=message[:LONGEST],
        created_at=clock.now(),
    )
    session.add(incident)
    if instance.status == "running":
        instance.status = "incident"
    actor = by or Actor.system()
    fields = {"kind": Value(after=kind), "message": Value(after=incident.message)}
    history.append(session, instance, [Entry("incident.opened", actor.key, element, fields=fields)])
    return incident


def unresolved(session: Session, instance_id: UUID) -> list[Incident]:
    """Return what is stuck in an instance, oldest first."""
    return list(
        session.scalars(
            select(Incident)
            .where(Incident.instance_id == instance_id, Incident.resolved_at.is_(None))
            .order_by(Incident.number)
        )
    )


def resolve(
    session: Session,
    instance: Instance,
    *,
    by: Actor,
    task_number: int | None = None,
    job_number: int | None = None,
    everything: bool = False,
) -> None:
    """Resolve what a step that has now succeeded had left open; the caller holds the lock.

    Args:
        task_number: the task that was completed.
        job_number: the job that was done.
        everything: the instance has ended, nothing in it can be stuck any more.
    """
    left = 0
    entries: list[Entry] = []
    for one in unresolved(session, instance.id):
        same_task = one.kind == STEP and one.task_number == task_number
        same_job = one.kind == JOB and one.job_number == job_number
        if everything or same_task or same_job:
            one.resolved_at, one.resolved_by = clock.now(), by.key
            entries.append(Entry("incident.resolved", by.key, one.element))
        else:
            left += 1
    if not left and instance.status == "incident":
        instance.status = "running"
    history.append(session, instance, entries)


def retry(session: Session, instance_id: UUID, number: int, *, by: Actor) -> None:
    """Try again what is stuck, after its cause is mended.

    A job is done again by the worker and its incident stays open until that succeeds. A failed
    step of a person is resolved as seen: its task is open, and they do it again.

    Raises:
        MissingPermission: `by` may not act on incidents.
        IncidentNotFound, IncidentResolved: there is nothing to try.
    """
    permissions.require(by, "incident:write")
    instance = session.get(Instance, instance_id, with_for_update=True, populate_existing=True)
    incident = session.get(Incident, (instance_id, number))
    if instance is None or incident is None:
        raise IncidentNotFound(number=number, instance=instance_id)
    if incident.resolved_at is not None:
        raise IncidentResolved(number=number)
    history.append(session, instance, [Entry("incident.retried", by.key, incident.element)])
    revived = incident.job_number is not None and jobs.revive(
        session, instance_id, incident.job_number
    )
    if not revived:
        resolve(
            session,
            instance,
            by=by,
            task_number=incident.task_number,
            job_number=incident.job_number or -1,
        )
