"""Tasks: what waits for a person, and the verbs of a clerk: claim, release, delegate, complete.

Every verb locks the instance before it reads the task (`taking`), asks whether this person may
(`assignment`), and leaves an event in the history. Completing alone moves the process: what was
sent is checked against the form, and the instance runs on to its next wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.errors import Conflict
from engine.models import Instance, Task
from engine.people import users
from engine.people.identity import Actor
from engine.process import assignment, bundles, drafts, execution, forms, placing, taking, variables
from engine.process.execution import Step
from engine.process.forms import Form
from engine.process.taking import TaskKey, TaskNotFound
from engine.record import history, personal
from engine.record.history import Entry, Value

__all__ = [  # the key is what callers name a task by
    "Completed", "TaskKey", "TaskNotClaimed",
    "claim", "complete", "delegate", "draft", "form", "get", "release", "require_completable",
    "save_draft",
]  # fmt: skip


class TaskNotClaimed(Conflict):
    """Claim the task first; only its holder can release it."""

    code = "task-not-claimed"
    message = "Task {task} is not claimed by you."


@dataclass(frozen=True)
class Completed:
    """A completed task and its instance, run on to its next wait by a step."""

    task: Task
    instance: Instance
    step: Step


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
    instance, task = taking.locked(session, key)
    taking.require_free(session, task, by)
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
    instance, task = taking.locked(session, key)
    taking.require_open(task)
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
    instance, task = taking.locked(session, key)
    taking.require_open(task)
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
    _, tasks = taking.locked_open(session, key)
    return taking.completable(session, key, tasks, by, version)


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
    instance, tasks = taking.locked_open(session, key)
    task = taking.completable(session, key, tasks, by, version)
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


def save_draft(
    session: Session, key: TaskKey, *, by: Actor, content: Mapping[str, Any]
) -> datetime:
    """Keep what somebody typed and did not send yet; return when."""
    task = get(session, key, by=by)
    taking.require_open(task)
    return drafts.save(session, task, by=by, content=content)


def draft(session: Session, key: TaskKey, *, by: Actor) -> dict[str, Any] | None:
    """Return what the actor typed into a task and did not send."""
    return drafts.kept(session, get(session, key, by=by), by=by)


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
