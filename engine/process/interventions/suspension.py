"""Suspension: an instance that stands still until somebody resumes it.

Nobody can complete its tasks, its jobs are held, messages are kept. Timers that fall due meanwhile
fire when it is resumed. Deadlines of a case go on: a technical stop is no reason of the law.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.errors import Conflict
from engine.models import Instance, Job
from engine.people.identity import Actor
from engine.process import incidents, locking
from engine.process.interventions import grounds
from engine.process.locking import SUSPENDED, InstanceEnded
from engine.record import history
from engine.record.history import Entry, Value


class NotSuspended(Conflict):
    """There is nothing to resume: the instance goes on already."""

    code = "instance-not-suspended"
    message = "Instance {instance} is not suspended."


def suspend(session: Session, instance_id: UUID, *, by: Actor, reason: str) -> Instance:
    """Let an instance stand still; one that does already stays as it is.

    Raises:
        MissingPermission, InterventionReasonMissing: not by this person, or not without a reason.
        InstanceNotFound, InstanceEnded: there is nothing to suspend.
    """
    told = grounds.require(by, reason)
    instance = locking.lock(session, instance_id)
    if instance.status == SUSPENDED:
        return instance
    if instance.status not in locking.LIVE:
        raise InstanceEnded(instance=instance_id, status=instance.status)
    instance.status = SUSPENDED
    _shift(session, instance, "waiting", "held")
    return _note(session, instance, "instance.suspended", by, told)


def resume(session: Session, instance_id: UUID, *, by: Actor, reason: str) -> Instance:
    """Let a suspended instance go on; what fell due meanwhile is done by the next worker.

    Raises:
        MissingPermission, InterventionReasonMissing: not by this person, or not without a reason.
        InstanceNotFound: there is none.
        NotSuspended: it is not suspended.
    """
    told = grounds.require(by, reason)
    instance = locking.lock(session, instance_id)
    if instance.status != SUSPENDED:
        raise NotSuspended(instance=instance_id)
    instance.status = "incident" if incidents.open_of(session, instance_id) else "running"
    _shift(session, instance, "held", "waiting")
    return _note(session, instance, "instance.resumed", by, told)


def _shift(session: Session, instance: Instance, state: str, to: str) -> None:
    session.execute(
        update(Job)
        .where(Job.instance_id == instance.id, Job.state == state)
        .values(state=to, lease=None, leased_until=None)
    )


def _note(session: Session, instance: Instance, type_: str, by: Actor, reason: str) -> Instance:
    history.append(
        session, instance, [Entry(type_, by.key, fields={"reason": Value(after=reason)})]
    )
    session.flush()
    return instance
