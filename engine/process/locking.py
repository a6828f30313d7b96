"""Locking: the row of one instance, locked, and what is read under its lock.

Whoever changes an instance takes its row first, in a statement of its own, and reads everything
else after it, so that nothing stale is seen. Here stands also which statuses are alive: what
happens then is for `execution`.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, undefer

from engine.errors import Conflict, NotFound
from engine.models import OPEN_STATES, Instance, Scope, Task

LIVE = ("running", "incident")
SUSPENDED = "suspended"


class InstanceNotFound(NotFound):
    """Search for the case: the id may belong to another installation."""

    code = "instance-not-found"
    message = "There is no instance {instance}."


class InstanceEnded(Conflict):
    """The instance is finished; start a new one."""

    code = "instance-ended"
    message = "Instance {instance} has ended ({status})."


class InstanceSuspended(Conflict):
    """Have an operator resume the instance; nothing of it is lost meanwhile."""

    code = "instance-suspended"
    message = "Instance {instance} is suspended."


# Made once: building a statement costs as much as asking it.
_LOCKED = (
    select(Instance)
    .where(Instance.id == bindparam("id"))
    .with_for_update()
    .options(undefer(Instance.state))
    .execution_options(populate_existing=True, autoflush=False)
)
_OPEN_TASKS = (
    select(Task)
    .where(Task.instance_id == bindparam("id"), or_(*(Task.state == one for one in OPEN_STATES)))
    .order_by(Task.number)
    .options(undefer(Task.has_draft))
    .execution_options(populate_existing=True, autoflush=False)
)


def lock(session: Session, instance_id: UUID) -> Instance:
    """Return an instance, locked until the end of the transaction; read everything else after it.

    Raises:
        InstanceNotFound: there is none.
    """
    session.flush()  # what is pending must not be lost by reading afresh
    found = session.scalars(_LOCKED, {"id": instance_id}).one_or_none()
    if found is None:
        raise InstanceNotFound(instance=instance_id)
    return found


def require_live(instance: Instance) -> None:
    """Refuse an instance in which nothing can happen.

    Raises:
        InstanceEnded, InstanceSuspended: for good, or for now.
    """
    if instance.status == SUSPENDED:
        raise InstanceSuspended(instance=instance.id)
    if instance.status not in LIVE:
        raise InstanceEnded(instance=instance.id, status=instance.status)


def state_of(session: Session, instance: Instance) -> dict[int, bytes]:
    """Return the live state of a locked instance by scope number; most have one scope only."""
    blobs = {} if instance.state is None else {0: bytes(instance.state)}
    if instance.scopes:
        found = session.execute(
            select(Scope.number, Scope.state).where(Scope.instance_id == instance.id)
        )
        blobs |= {number: bytes(state) for number, state in found}
    return blobs


def open_tasks(session: Session, instance_id: UUID) -> dict[int, Task]:
    """Return the open tasks of a locked instance by token, read afresh."""
    return {task.token: task for task in session.scalars(_OPEN_TASKS, {"id": instance_id})}
