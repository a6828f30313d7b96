"""Worklist: the tasks that an actor may see, page by page, first due first.

A page ends with a cursor that names its last task, so that tasks which come or go meanwhile move
no other from one page to the next.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, false, or_, select, tuple_, union_all
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
    asked = [Task.state == state if state else Task.state.in_(OPEN_STATES)]
    for column, wanted in (
        (Task.office_id, office),
        (Task.assignee_id, assignee),
        (Task.process_key, process_key),
        (Task.instance_id, instance),
    ):
        if wanted is not None:
            asked.append(column == wanted)
    if cursor is not None:
        asked.append(_after(cursor))
    if by.holds("auditor"):
        query = select(Task).where(*asked)
    else:
        query = select(Task).where(_key().in_(_seen_by(by, asked, limit + 1)))
    rows = list(session.scalars(query.order_by(*_ORDER).limit(limit + 1)))
    following = _cursor(rows[limit - 1]) if len(rows) > limit else None
    return Page(rows[:limit], following)


def _key() -> Any:
    return tuple_(Task.instance_id, Task.number)


def _seen_by(by: Actor, asked: Sequence[Any], most: int) -> Any:
    """Return the keys of the first tasks an actor may see, in each of the ways of seeing one.

    Each way is a question of its own, which an index answers in the order of the list; joined by
    `or` they would be answered by looking at every open task of the city.
    """
    ways = [Task.office_id == one for one in sorted(by.offices_with(*WORKING_ROLES))]
    if by.user_id is not None:
        ways += [Task.owner_id == by.user_id, Task.assignee_id == by.user_id]
    parts = [
        select(Task.instance_id, Task.number)
        .where(*asked, way)
        .order_by(*_ORDER)
        .limit(most)
        .subquery()
        for way in ways or [false()]
    ]
    return union_all(*(select(part.c.instance_id, part.c.number) for part in parts))


_ORDER = (Task.due_at.asc().nulls_last(), Task.instance_id, Task.number)


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
