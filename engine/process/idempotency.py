"""Idempotency: a repeated request gets the answer it got before, and does nothing twice.

The record is written in the step's own transaction, under the token and route, and kept for 24
hours. Of two requests with one key at once the second waits for the first: asking for the answer
takes the key, so only one of them can go on without an answer.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine import clock, rows
from engine.errors import Invalid
from engine.models import IdempotencyRecord

LASTS = timedelta(hours=24)
TAKEN = 0  # the status of a request that has no answer yet; never seen by another transaction


class IdempotencyKeyReused(Invalid):
    """Make a new key for each request; this one belongs to another body."""

    code = "idempotency-key-reused"
    message = "The Idempotency-Key was used with another body."


def replay(session: Session, scope: str, key: str, body_hash: str) -> IdempotencyRecord | None:
    """Return the answer to an earlier request with this key; None takes the key for this one.

    Raises:
        IdempotencyKeyReused: the earlier request had another body.
    """
    now = clock.now()
    row = {"scope": scope, "key": key, "body_hash": body_hash, "created_at": now}
    if rows.insert_new(session, IdempotencyRecord, [row | {"status": TAKEN, "body": b""}]):
        return None
    found = session.get_one(
        IdempotencyRecord, (scope, key), populate_existing=True, with_for_update=True
    )
    if found.created_at < now - LASTS:  # nobody has swept it yet
        found.body_hash, found.created_at, found.status = body_hash, now, TAKEN
        session.flush()
        return None
    if found.body_hash != body_hash:
        raise IdempotencyKeyReused()
    return found


def remember(
    session: Session, scope: str, key: str, body_hash: str, status: int, body: bytes
) -> None:
    """Keep the answer to a request whose key `replay` has taken, in the same transaction."""
    values = {"body_hash": body_hash, "status": status, "body": body}
    rows.replace(session, IdempotencyRecord, {"scope": scope, "key": key}, values)


def forget(session: Session) -> int:
    """Remove records older than 24 hours; return how many."""
    late = delete(IdempotencyRecord).where(IdempotencyRecord.created_at < clock.now() - LASTS)
    return int(getattr(session.execute(late), "rowcount", 0))
