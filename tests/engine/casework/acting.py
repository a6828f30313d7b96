"""Acting in a case from a test: complete the task that waits, then look at what is left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.casework.demonstration import stories
from engine.db import Database, reading, transaction
from engine.models import Case, Document
from engine.people.identity import Actor
from engine.process import tasks
from engine.record import history


def do(
    database: Database,
    instance_id: UUID,
    who: Actor,
    element: str,
    values: dict[str, Any] | None = None,
) -> Any:
    with transaction(database) as session:
        key = stories.waiting(session, instance_id, element)
        return tasks.complete(session, key, by=who, variables=values or {})


def case_of(database: Database, instance_id: UUID) -> Case:
    with reading(database) as session:
        case = session.get_one(Case, instance_id)
        session.expunge(case)
        return case


def papers_of(database: Database, instance_id: UUID) -> list[str]:
    with reading(database) as session:
        query = select(Document.paper).where(Document.instance_id == instance_id)
        return list(session.scalars(query.order_by(Document.number)))


def events_of(database: Database, instance_id: UUID, type_: str) -> list[dict[str, Any]]:
    """Return the changes of every event of a type, as {field: (before, after)}."""
    with reading(database) as session:
        found = history.events(session, instance_id, limit=500)
    return [
        {change.field: (change.before, change.after) for change in event.changes}
        for event in found
        if event.type == type_
    ]
