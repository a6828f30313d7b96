"""Tasks: what waits for a person, and the verbs of a clerk: claim, release, delegate, complete.

The instance row is locked before the task is read, so of two people who complete one task at once
exactly one does and the other is told. `version` is the task's: whoever shows a page sends back the
version it showed, and a task that moved on meanwhile is left alone.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engine.errors import Conflict, Invalid, NotFound
from engine.models import Instance, Task, User
from engine.people import users
from engine.people.identity import Actor
from engine.process import (
    assignment,
    bundles,
    drafts,
    execution,
    forms,
    locking,
    placing,
    variables,
)
from engine.process.execution import Step
from engine.process.forms import Form
from engine.record import history, personal
from engine.record.history import Entry, Value

OPEN = ("open", "claimed")


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


class TaskNotClaimed(Conflict):
    """Claim the task first; only its holder can release it."""

    code = "task-not-claimed"
    message = "Task {task} is not claimed by you."


class TaskMovedOn(Conflict):
    """Load the page again and compare: the task changed while it was open on your screen."""

    code = "task-moved-on"
    message = "Task {task} changed meanwhile: you saw version {seen}, it is {version} now."


class CursorInvalid(Invalid):
    """Use the cursor of the previous page as it was given."""

    code = "cursor-invalid"
    message = "This is no cursor of ours."


@dataclass(frozen=True)
class Completed:
    """A completed task and its instance, run on to its next wait by a step."""

    task: Task
    instance: Instance
    step: Step


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    items: list[Task]
    next_cursor: str | None


def get(session: Session, key: TaskKey, *, by: Actor | None = None) -> Task:
    """Return a task.

    Args:
        by: who wants to see it; None asks for no right, for the engine's own use.

    Raises:
        TaskNotFound: there is none.
        TaskNotYours: it belongs to others.
    """
    task = session.get(Task, (key.instance_id, key.number))
    if task is None:
        raise TaskNotFound(instance=key.instance_id, number=key.number)
    if by is not None and not assignment.may_see(task, by):
        raise assignment.TaskNotYours(task=task.name, permission="task:read")
    return task


def form(session: Session, key: TaskKey) -> Form | None:
    """Return the form of a task, None when it has none."""
    task = get(session, key)
    if task.form_key is None:
        return None
    instance = session.get_one(Instance, key.instance_id)
    return bundles.of_instance(session, instance).form(task.element, task.form_key)


def claim(session: Session, key: TaskKey, *, by: Actor) -> Task:
    """Claim a task 签收; claiming one's own again changes nothing.

    Raises:
        TaskAlreadyCompleted, TaskAlreadyClaimed: it cannot be claimed any more.
        TaskNotYours, SamePersonForbidden: not by this person.
    """
    instance, task = _locked(session, key)
    _require_open(session, task, by)
    assignment.require(task, by)
    if task.assignee_id == by.user_id:
        return task
    task.state, task.assignee_id, task.version = "claimed", by.user_id, task.version + 1
    _note(session, instance, task, "task.claimed", by)
    return task


def release(session: Session, key: TaskKey, *, by: Actor) -> Task:
    """Give a claimed task back to its office; administrators may for somebody who has left.

    Raises:
        TaskAlreadyCompleted: it is done.
        TaskNotClaimed: somebody else holds it, or nobody.
    """
    instance, task = _locked(session, key)
    if task.state not in OPEN:
        raise TaskAlreadyCompleted(task=task.name, state=task.state)
    may = by.is_system or by.holds("administrator") or assignment.supervises(task, by)
    if task.assignee_id is None or (task.assignee_id != by.user_id and not may):
        raise TaskNotClaimed(task=task.name)
    task.state, task.assignee_id, task.version = "open", None, task.version + 1
    _note(session, instance, task, "task.released", by)
    return task


def delegate(session: Session, key: TaskKey, *, by: Actor, to: UUID, reason: str) -> Task:
    """Hand a task to a colleague 委派, by its holder or a supervisor of its office.

    Raises:
        TaskAlreadyCompleted: it is done.
        TaskNotClaimed: the actor neither holds the task nor supervises its office.
        TaskNotYours, SamePersonForbidden: the colleague may not take it.
    """
    instance, task = _locked(session, key)
    if task.state not in OPEN:
        raise TaskAlreadyCompleted(task=task.name, state=task.state)
    if not assignment.may_hand_over(task, by):
        raise TaskNotClaimed(task=task.name)
    colleague = users.actor(session, to)
    assignment.require(task, colleague)
    task.state, task.assignee_id, task.version = "claimed", to, task.version + 1
    _note(session, instance, task, "task.delegated", by, to=str(to), reason=reason)
    return task


def require_completable(
    session: Session, key: TaskKey, *, by: Actor, version: int | None = None
) -> Task:
    """Lock the instance and refuse a task that the actor cannot complete now.

    Raises:
        TaskAlreadyCompleted, TaskAlreadyClaimed, TaskMovedOn: somebody was faster.
        TaskNotYours, SamePersonForbidden: not by this person.
    """
    _, tasks = _locked_open(session, key)
    return _completable(session, key, tasks, by, version)


def complete(
    session: Session,
    key: TaskKey,
    *,
    by: Actor,
    variables: Mapping[str, Any],
    version: int | None = None,
    trusted: bool = False,
    facts: Mapping[str, Any] | None = None,
) -> Completed:
    """Complete a task with the values of its form and run the instance to its next wait.

    Args:
        key: the task; an unclaimed one is claimed and completed in one step.
        by: who completes it.
        variables: form fields by key; without a form, any names without a leading underscore.
        version: the version of the task that the actor saw.
        trusted: the values come from our own code, which has checked them against another form.
        facts: what our own code adds to the event of the completion; the process never sees it.

    Raises:
        TaskAlreadyCompleted, TaskAlreadyClaimed, TaskMovedOn: somebody was faster.
        TaskNotYours, SamePersonForbidden: not by this person.
        UnknownField, FormInvalid, VariableInvalid: the values do not fit; nothing was changed.
        StepFailed: an element after the task failed; the caller rolls back.
    """
    instance, tasks = _locked_open(session, key)
    task = _completable(session, key, tasks, by, version)
    step = Step.resume(session, instance, tasks, by)
    step.task_number = task.number
    values, owned = _values(step, task, variables, trusted)
    shared = {name: value for name, value in values.items() if name not in owned}
    fields = execution.changes(step.instance.variables, shared)
    for name, person in owned.items():
        if name in values:
            personal.keep(session, key.instance_id, name, values[name], person=person)
            fields[name] = Value(after=values[name], personal=True, person=person)
    fields |= {name: Value(after=fact) for name, fact in (facts or {}).items()}
    drafts.discard(session, task)
    task.state, task.version = "completed", task.version + 1
    task.assignee_id = task.completed_by = by.user_id
    task.completed_at = step.at
    placing.exclude_others(step, task)
    step.note("task.completed", task.element, fields)
    step.complete(task.token, shared)
    return Completed(task, step.finish(), step)


def worklist(
    session: Session,
    *,
    by: Actor,
    office: str | None = None,
    assignee: UUID | None = None,
    process_key: str | None = None,
    instance: UUID | None = None,
    state: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """Return one page of the tasks that an actor may see, first due first.

    Raises:
        CursorInvalid: the cursor is not one of ours.
    """
    query = select(Task).where(Task.state == state if state else Task.state.in_(OPEN))
    if not by.holds("auditor"):
        mine = by.offices_with(*assignment.WORKING_ROLES)
        query = query.where(
            or_(
                Task.office_id.in_(mine),
                Task.owner_id == by.user_id,
                Task.assignee_id == by.user_id,
            )
        )
    for column, wanted in (
        (Task.office_id, office),
        (Task.assignee_id, assignee),
        (Task.process_key, process_key),
        (Task.instance_id, instance),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if cursor is not None:
        query = query.where(_after(cursor))
    query = query.order_by(Task.due_at.is_(None), Task.due_at, Task.instance_id, Task.number)
    rows = list(session.scalars(query.limit(limit + 1)))
    following = _cursor(rows[limit - 1]) if len(rows) > limit else None
    return Page(rows[:limit], following)


def save_draft(
    session: Session, key: TaskKey, *, by: Actor, content: Mapping[str, Any]
) -> datetime:
    """Keep what somebody typed and did not send yet; return when."""
    task = get(session, key, by=by)
    if task.state not in OPEN:
        raise TaskAlreadyCompleted(task=task.name, state=task.state)
    return drafts.save(session, task, by=by, content=content)


def draft(session: Session, key: TaskKey, *, by: Actor) -> dict[str, Any] | None:
    """Return what the actor typed into a task and did not send."""
    return drafts.kept(session, get(session, key, by=by), by=by)


def _locked(session: Session, key: TaskKey) -> tuple[Instance, Task]:
    """Lock the instance, then read the task: a row read before the lock may be stale."""
    try:
        instance = locking.lock(session, key.instance_id)
    except locking.InstanceNotFound as error:
        raise TaskNotFound(instance=key.instance_id, number=key.number) from error
    task = session.get(Task, (key.instance_id, key.number), populate_existing=True)
    if task is None:
        raise TaskNotFound(instance=key.instance_id, number=key.number)
    return instance, task


def _locked_open(session: Session, key: TaskKey) -> tuple[Instance, dict[int, Task]]:
    """Lock the instance, then read its open tasks, by token."""
    try:
        instance = locking.lock(session, key.instance_id)
    except locking.InstanceNotFound as error:
        raise TaskNotFound(instance=key.instance_id, number=key.number) from error
    return instance, locking.open_tasks(session, key.instance_id)


def _completable(
    session: Session, key: TaskKey, tasks: dict[int, Task], by: Actor, version: int | None
) -> Task:
    """Return the task of a locked instance if the actor can complete it now."""
    task = next((one for one in tasks.values() if one.number == key.number), None)
    if task is None:
        _, task = _locked(session, key)
    _require_open(session, task, by)
    if version is not None and version != task.version:
        raise TaskMovedOn(task=task.name, seen=version, version=task.version)
    assignment.require(task, by)
    return task


def _require_open(session: Session, task: Task, by: Actor) -> None:
    if task.state not in OPEN:
        raise TaskAlreadyCompleted(task=task.name, state=task.state)
    locking.require_live(session.get_one(Instance, task.instance_id))
    if task.assignee_id is not None and task.assignee_id != by.user_id:
        holder = session.get(User, task.assignee_id)
        raise TaskAlreadyClaimed(task=task.name, assignee=holder.name if holder else "-")


def _values(
    step: Step, task: Task, sent: Mapping[str, Any], trusted: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the checked values, and whose data the personal ones among them are."""
    found = next((one for one in step.run.ready_tasks() if one.id == task.token), None)
    owned = dict.fromkeys(found.extensions.personal if found else (), "applicant")
    if trusted:
        return variables.check(sent), owned
    process = found.process if found else None
    known = step.built.form(task.element, task.form_key, process)
    if known is None:
        return variables.check(sent), owned
    values = forms.check(known, sent, found.data if found else {})
    return variables.check(values), known.personal | owned


def _note(
    session: Session, instance: Instance, task: Task, type_: str, by: Actor, **facts: Any
) -> None:
    fields = {name: Value(after=value) for name, value in facts.items()}
    entry = Entry(type_, by.key, task.element, on_behalf_of=by.on_behalf_of, fields=fields)
    history.append(session, instance, [entry])
    session.flush()


def _cursor(task: Task) -> str:
    due = task.due_at.isoformat() if task.due_at else None
    text = orjson.dumps([due, str(task.instance_id), task.number])
    return base64.urlsafe_b64encode(text).decode()


def _after(cursor: str) -> Any:
    try:
        due, instance_id, number = orjson.loads(base64.urlsafe_b64decode(cursor))
        instance, due_at = UUID(instance_id), datetime.fromisoformat(due) if due else None
        number = int(number)
    except (ValueError, TypeError) as error:
        raise CursorInvalid() from error
    beyond = or_(
        Task.instance_id > instance, and_(Task.instance_id == instance, Task.number > number)
    )
    if due_at is None:
        return and_(Task.due_at.is_(None), beyond)
    return or_(Task.due_at.is_(None), Task.due_at > due_at, and_(Task.due_at == due_at, beyond))
