"""Drafts: what somebody typed into a task and did not send yet, encrypted, gone on completion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Invalid
from engine.models import Draft, Task
from engine.people.identity import Actor
from engine.record import keys

MOST_BYTES = 200_000


class DraftTooLarge(Invalid):
    """Send the form: a draft holds what fits on a page."""

    code = "draft-too-large"
    message = "A draft has at most {most} bytes."


def save(session: Session, task: Task, *, by: Actor, content: Mapping[str, Any]) -> datetime:
    """Keep a draft of the actor, replacing the last one; return the instant.

    Raises:
        DraftTooLarge: more than a page holds.
    """
    data = orjson.dumps(content)
    if len(data) > MOST_BYTES:
        raise DraftTooLarge(most=MOST_BYTES)
    now = clock.now()
    row = session.get(Draft, (task.instance_id, task.number, by.user_id))
    sealed = keys.seal(session, _place(task, by), data)
    if row is None:
        session.add(
            Draft(
                instance_id=task.instance_id,
                number=task.number,
                user_id=by.user_id,
                content=sealed,
                saved_at=now,
            )
        )
    else:
        row.content, row.saved_at = sealed, now
    session.flush()
    return now


def kept(session: Session, task: Task, *, by: Actor) -> dict[str, Any] | None:
    """Return the actor's draft, None when there is none."""
    row = session.get(Draft, (task.instance_id, task.number, by.user_id))
    if row is None:
        return None
    found: dict[str, Any] = orjson.loads(keys.unseal(session, _place(task, by), row.content))
    return found


def discard(session: Session, task: Task) -> None:
    """Remove everybody's drafts of a task; most have none, and then nothing is asked."""
    if not task.has_draft:
        return
    session.execute(
        delete(Draft).where(Draft.instance_id == task.instance_id, Draft.number == task.number)
    )


def _place(task: Task, by: Actor) -> str:
    return f"draft/{task.instance_id}/{task.number}/{by.user_id}"
