"""Taking: a task under the lock of its instance, and whether a person can act on it now.

The row of the instance is locked before the task is read, so of two people who act on one task at
once exactly one does and the other is told. `version` is the task's: whoever shows a page sends
back the version it showed, and a task that moved on meanwhile is left alone.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from engine.errors import Conflict, NotFound
from engine.models import OPEN_STATES, Instance, Task, User
from engine.people.identity import Actor
from engine.process import assignment, locking
from engine.process.locking import InstanceNotFound


class TaskKey(NamedTuple):
    """The key of a task: its instance and its number there."""

    instance_id: UUID
    number: int


class TaskNotFound(NotFound):
    """Look at the list of tasks: the address may be mistyped."""

    code = "task-not-found"
    message = "There is no task {number} of instance {instance}."


class TaskAlreadyCompleted(Conflict):
    """Load the case again: somebody was faster; nothing of yours was applied."""

    code = "task-already-completed"
    message = "Task {task} is no longer open ({state})."


class TaskAlreadyClaimed(Conflict):
    """Ask the holder to release it, or have a supervisor delegate it."""

    code = "task-already-claimed"
    message = "Task {task} is already claimed by {assignee}."


class TaskMovedOn(Conflict):
    """Load the page again and compare: the task changed while it was open on your screen."""

    code = "task-moved-on"
    message = "Task {task} changed meanwhile: you saw version {seen}, it is {version} now."


def locked(session: Session, key: TaskKey) -> tuple[Instance, Task]:
    """Lock the instance, then read the task: a row read before the lock may be stale.

    Raises:
        TaskNotFound: there is none.
    """
    instance = _lock(session, key)
    task = session.get(Task, (key.instance_id, key.number), populate_existing=True)
    if task is None:
        raise TaskNotFound(instance=key.instance_id, number=key.number)
    return instance, task


def locked_open(session: Session, key: TaskKey) -> tuple[Instance, dict[int, Task]]:
    """Lock the instance, then read its open tasks, by token.

    Raises:
        TaskNotFound: there is no such instance.
    """
    return _lock(session, key), locking.open_tasks(session, key.instance_id)


def _lock(session: Session, key: TaskKey) -> Instance:
    try:
        return locking.lock(session, key.instance_id)
    except InstanceNotFound as error:
        raise TaskNotFound(instance=key.instance_id, number=key.number) from error


def require_open(task: Task) -> None:
    """Refuse a task that waits for nobody any more.

    Raises:
        TaskAlreadyCompleted: it is done, or the process took it away.
    """
    if task.state not in OPEN_STATES:
        raise TaskAlreadyCompleted(task=task.name, state=task.state)


def require_free(session: Session, task: Task, by: Actor) -> None:
    """Refuse a task that stands still, or that somebody else holds.

    Raises:
        TaskAlreadyCompleted, TaskAlreadyClaimed: somebody was faster.
        InstanceEnded, InstanceSuspended: nothing can happen in its instance.
    """
    require_open(task)
    locking.require_live(session.get_one(Instance, task.instance_id))
    if task.assignee_id is not None and task.assignee_id != by.user_id:
        holder = session.get(User, task.assignee_id)
        raise TaskAlreadyClaimed(task=task.name, assignee=holder.name if holder else "-")


def completable(
    session: Session, key: TaskKey, tasks: dict[int, Task], by: Actor, version: int | None
) -> Task:
    """Return the task of a locked instance if the actor can complete it now.

    Args:
        key: the task.
        tasks: the open tasks of its instance, read under the lock.
        by: who wants to complete it.
        version: the version of the task that the actor saw.

    Raises:
        TaskNotFound: there is none.
        TaskAlreadyCompleted, TaskAlreadyClaimed, TaskMovedOn: somebody was faster.
        TaskNotYours, SamePersonForbidden: not by this person.
    """
    task = next((one for one in tasks.values() if one.number == key.number), None)
    if task is None:
        _, task = locked(session, key)
    require_free(session, task, by)
    if version is not None and version != task.version:
        raise TaskMovedOn(task=task.name, seen=version, version=task.version)
    assignment.require(task, by)
    return task
