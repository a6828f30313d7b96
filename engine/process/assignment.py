"""Assignment: whose a task is, and who may take it.

A task belongs to the office that its diagram names by role (intake, handling …), else to the
office that started the instance and to the person who did. Candidates narrow it to some roles of
that office, or to people by login. Two-person rules (`notSameAs`) are enforced here, when a task
is taken. Only working roles count: an administrator has no right to casework.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.bpmn.errors import StepFailed
from engine.bpmn.waits import ReadyTask
from engine.errors import Forbidden
from engine.models import Instance, Office, Task, User, UserRole
from engine.people import actors, offices, permissions
from engine.people.identity import Actor

WORKING_ROLES = permissions.WORKING_ROLES
PERSON = "user:"  # how a candidate by login is told from a role


class TaskNotYours(Forbidden):
    """Ask a colleague of the office that has the task, or have it delegated."""

    code = "task-not-yours"
    message = "Task {task} belongs to others (permission {permission})."


class SamePersonForbidden(Forbidden):
    """Leave this step to a colleague: the rule asks for two persons."""

    code = "same-person-forbidden"
    message = "Task {task} needs another person than the one who did the step before."


def office_of(session: Session, instance: Instance, ready: ReadyTask) -> str | None:
    """Return the office a new task belongs to, an ended one replaced by its successor.

    Raises:
        StepFailed: the variable of the role names no office.
    """
    role = ready.extensions.office
    named = ready.source.get(f"{role}_office") if role else None
    if not named:
        return instance.office_id
    # Held by a name until the end: a session forgets what nobody holds, and would ask again.
    office = session.get(Office, named) if isinstance(named, str) else None
    if office is None:
        raise StepFailed(ready.element, f"the variable {role}_office names no office")
    return offices.successor(session, office.id) or office.id


def candidates_of(ready: ReadyTask) -> list[str]:
    """Return the roles that the diagram narrows a task to, and logins after `user:`."""
    more = ready.extensions
    people = [*more.users, *([more.assignee] if more.assignee else [])]
    logins = [login for login in people if not login.startswith(("$", "=", "#"))]
    return list(dict.fromkeys([*more.groups, *(PERSON + login for login in logins)]))


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


def owner_of(instance: Instance, ready: ReadyTask) -> UUID | None:
    """Return whose a task is that the diagram gives to no office: who started the instance."""
    if ready.extensions.office:
        return None
    try:
        return UUID(instance.started_by)
    except ValueError:
        return None


def is_entitled(task: Task, by: Actor) -> bool:
    """Tell whether the actor owns the task, is named, or works at its office in a fitting role."""
    if by.is_system or (task.owner_id is not None and task.owner_id == by.user_id):
        return True
    if by.login is not None and PERSON + by.login in task.candidates:
        return True
    if task.office_id is None:
        return False
    wanted = set(WORKING_ROLES) & set(task.candidates) if task.candidates else WORKING_ROLES
    return any(by.holds(role, task.office_id) for role in wanted)


def supervises(task: Task, by: Actor) -> bool:
    """Tell whether the actor is a supervisor of the office that has the task."""
    return task.office_id is not None and by.holds("supervisor", task.office_id)


def may_hand_over(task: Task, by: Actor) -> bool:
    """Tell whether the actor may give the task to a colleague: its holder or a supervisor."""
    holds = task.assignee_id is not None and task.assignee_id == by.user_id
    return holds or supervises(task, by)


def colleagues(session: Session, task: Task) -> list[User]:
    """Return the people who may be given the task, by name: entitled, not excluded, not gone."""
    near = offices.with_predecessors(session, frozenset({task.office_id or ""}))
    logins = [one.removeprefix(PERSON) for one in task.candidates if one.startswith(PERSON)]
    at_office = select(UserRole.user_id).where(UserRole.office_id.in_(near))
    query = select(User).where(
        User.left_at.is_(None), or_(User.id.in_(at_office), User.login.in_(logins))
    )
    return [
        one
        for one in session.scalars(query.order_by(User.name, User.login))
        if str(one.id) not in task.excluded and is_entitled(task, actors.actor(session, one))
    ]


def may_see(task: Task, by: Actor) -> bool:
    """Tell whether the actor may read a task: the office's people, its persons, the auditor."""
    if is_entitled(task, by) or by.holds("auditor"):
        return True
    if by.user_id is not None and by.user_id in (task.assignee_id, task.completed_by):
        return True
    return task.office_id is not None and task.office_id in by.offices_with(*WORKING_ROLES)


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
