"""Worklist: the tasks that an actor may see, page by page, first due first.

A page ends with a cursor that names its last task, so that tasks which come or go meanwhile move
no other from one page to the next.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engine.errors import Invalid
from engine.models import OPEN_STATES, Task
from engine.people.identity import Actor
from engine.process.assignment import WORKING_ROLES

LAST_NUMBER = 2**31 - 1  # that a database can be asked for


class CursorInvalid(Invalid):
    """Use the cursor of the previous page as it was given."""

    code = "cursor-invalid"
    message = "This is no cursor of ours."


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    items: list[Task]
    next_cursor: str | None


def page(
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
    query = select(Task).where(Task.state == state if state else Task.state.in_(OPEN_STATES))
    if not by.holds("auditor"):
        mine = by.offices_with(*WORKING_ROLES)
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


def _cursor(task: Task) -> str:
    due = task.due_at.isoformat() if task.due_at else None
    text = orjson.dumps([due, str(task.instance_id), task.number])
    return base64.urlsafe_b64encode(text).decode()


def _after(cursor: str) -> Any:
    try:
        due, instance_id, number = orjson.loads(base64.urlsafe_b64decode(cursor))
        instance, due_at = UUID(instance_id), datetime.fromisoformat(due) if due else None
        if not isinstance(number, int) or not 0 <= number <= LAST_NUMBER:
            raise ValueError("no task has this number")
        if due_at is not None and due_at.tzinfo is None:
            raise ValueError("an instant has an offset")
    except (ValueError, TypeError, AttributeError) as error:
        raise CursorInvalid() from error
    beyond = or_(
        Task.instance_id > instance, and_(Task.instance_id == instance, Task.number > number)
    )
    if due_at is None:
        return and_(Task.due_at.is_(None), beyond)
    return or_(Task.due_at.is_(None), Task.due_at > due_at, and_(Task.due_at == due_at, beyond))
