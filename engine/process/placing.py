"""Placing: the rows of tasks that a step opened, completed or took away.

New tasks are numbered, assigned, given a due time and their exclusions, and written in one
statement. A task that is open and no longer waited for was cancelled by the step. Two-person
rules hold in both directions while the two tasks of a pair are open at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine import clock, rows
from engine.bpmn.extensions import Limit
from engine.bpmn.waits import ReadyTask
from engine.models import OPEN_STATES, Task
from engine.process import assignment
from engine.process.wiring import wiring_of

if TYPE_CHECKING:
    from engine.process.execution import Step


def save(step: Step) -> None:
    """Write the tasks of a step that has come to its next wait."""
    ready = {one.id: one for one in step.run.ready_tasks()}
    for token, task in step.tasks.items():
        if token not in ready and task.state in OPEN_STATES:
            task.state, task.version = "cancelled", task.version + 1
    new = [one for token, one in ready.items() if token not in step.tasks]
    if any(one.extensions.not_same_as for one in new):
        step.session.flush()  # whoever completed a task in this very step counts
    changed = [task for task in step.tasks.values() if step.session.is_modified(task)]
    made = [_row(step, one) for one in new]
    written = [_written(step, task) for task in changed] + made
    if written:
        rows.put(step.session, Task, written)
    step.left_open = [task for task in step.tasks.values() if task.state in OPEN_STATES]
    step.left_open += [rows.kept(step.session, Task, row) for row in made]


def _written(step: Step, task: Task) -> dict[str, Any]:
    """Return a changed task as a row, and take it out of the session's pending work."""
    row = {name: getattr(task, name) for name in Task.__table__.columns.keys()}
    rows.settle(step.session, task)
    return row


def exclude_others(step: Step, task: Task) -> None:
    """Keep whoever completed a task from the open ones that need another person."""
    if task.completed_by is None:
        return
    person, own = str(task.completed_by), _rule(step, task.element)
    for other in step.tasks.values():
        if other is task or person in other.excluded:
            continue
        if other.element in own or task.element in _rule(step, other.element):
            other.excluded = [*other.excluded, person]


def _rule(step: Step, element: str) -> tuple[str, ...]:
    for model in step.built.specifications.models.values():
        if element in model.nodes:
            return model.nodes[element].extensions.not_same_as
    return ()


def _row(step: Step, ready: ReadyTask) -> dict[str, Any]:
    instance, more = step.instance, ready.extensions
    instance.counter += 1
    return {
        "instance_id": instance.id,
        "number": instance.counter,
        "token": ready.id,
        "element": ready.element,
        "name": (ready.name or ready.element)[:200],
        "process_key": instance.process_key,
        "case_no": instance.case_no,
        "state": "open",
        "office_id": assignment.office_of(step.session, instance, ready),
        "owner_id": assignment.owner_of(instance, ready),
        "candidates": assignment.candidates_of(ready),
        "created_at": step.at,
        "due_at": due_at(step.session, more.limit, step.at),
        "priority": 50,
        "version": 1,
        "form_key": more.form,
        "excluded": assignment.excluded(step.session, instance, ready),
        "assignee_id": None,
        "completed_at": None,
        "completed_by": None,
    }


def due_at(session: Session, limit: Limit | None, start: datetime) -> datetime | None:
    """Return when a task is due: after some hours, or at the end of the last day that counts."""
    if limit is None:
        return None
    if limit.unit == "hour":
        return start + timedelta(hours=limit.days)
    add_workdays = wiring_of(session).add_workdays
    if limit.unit == "workday" and add_workdays is not None:
        return add_workdays(session, start, limit.days)
    last = clock.local_date(start) + timedelta(days=limit.days)
    return clock.start_of(last + timedelta(days=1)) - timedelta(seconds=1)
