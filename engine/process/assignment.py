"""Assignment: whose a task is, and who may take it.

A task belongs to the office that its diagram names by role (intake, handling …), else to the
office that started the instance, else to the person who did. Candidates narrow it to some roles
of that office. Two-person rules (`notSameAs`) are enforced here, when a task is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn.waits import ReadyTask
from engine.errors import Forbidden
from engine.models import Instance, Office, Task
from engine.people import offices
from engine.people.identity import Actor

WORKING_ROLES = ("intake", "handling", "supervisor")


class TaskNotYours(Forbidden):
    """Ask a colleague of the office that has the task, or have it delegated."""

    code = "task-not-yours"
    message = "Task {task} belongs to others (permission {permission})."


class SamePersonForbidden(Forbidden):
    """Leave this step to a colleague: the rule asks for two persons."""

    code = "same-person-forbidden"
    message = "Task {task} needs another person than the one who did the step before."


def office_of(session: Session, instance: Instance, ready: ReadyTask) -> str | None:
    """Return the office a new task belongs to, an ended one replaced by its successor."""
    role = ready.extensions.office
    named = ready.source.get(f"{role}_office") if role else None
    if isinstance(named, str) and session.get(Office, named) is not None:
        return offices.successor(session, named, on=clock.today()) or named
    return instance.office_id


def excluded(session: Session, instance: Instance, ready: ReadyTask) -> list[str]:
    """Return the ids of those who did the steps that this one must not share a person with."""
    elements = ready.extensions.not_same_as
    if not elements:
        return []
    query = select(Task.completed_by).where(
        Task.instance_id == instance.id,
        Task.element.in_(elements),
        Task.state == "completed",
        Task.completed_by.is_not(None),
    )
    return sorted({str(user_id) for user_id in session.scalars(query)})


def owner_of(instance: Instance, office_id: str | None) -> UUID | None:
    """Return the person a task without an office belongs to: who started the instance."""
    if office_id is not None:
        return None
    try:
        return UUID(instance.started_by)
    except ValueError:
        return None


def is_entitled(task: Task, by: Actor, roles: Sequence[str] = WORKING_ROLES) -> bool:
    """Tell whether the actor works at the task's office in a fitting role."""
    if by.is_system:
        return True
    if task.office_id is None:
        return task.owner_id is not None and task.owner_id == by.user_id
    wanted = task.candidates or roles
    return any(by.holds(role, task.office_id) for role in wanted)


def require(task: Task, by: Actor) -> None:
    """Refuse who may not take the task.

    Raises:
        TaskNotYours: it belongs to another office or role.
        SamePersonForbidden: the actor did a step that needs another person.
    """
    if not is_entitled(task, by):
        raise TaskNotYours(task=task.name, permission="task:write")
    if by.user_id is not None and str(by.user_id) in task.excluded:
        raise SamePersonForbidden(task=task.name, permission="task:write")
