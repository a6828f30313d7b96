"""Idempotency: a repeated request gets the answer it got before, and does nothing twice.

The record is written in the step's own transaction, under the token and route, and kept for 24
hours. Of two requests with one key at once the second waits for the first and then fails on the
key; its caller repeats it and is answered from the record.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid
from engine.models import IdempotencyRecord

LASTS = timedelta(hours=24)


class IdempotencyKeyReused(Invalid):
    """Make a new key for each request; this one belongs to another body."""

    code = "idempotency-key-reused"
    message = "The Idempotency-Key was used with another body."


class RequestUnderWay(Conflict):
    """Send the request again in a moment: the first one is about to be answered."""

    code = "request-under-way"
    message = "A request with this Idempotency-Key is being answered."


def replay(session: Session, scope: str, key: str, body_hash: str) -> IdempotencyRecord | None:
    """Return the answer to an earlier request with this key.

    Raises:
        IdempotencyKeyReused: the earlier request had another body.
    """
    found = session.get(IdempotencyRecord, (scope, key))
    if found is None or found.created_at < clock.now() - LASTS:
        return None
    if found.body_hash != body_hash:
        raise IdempotencyKeyReused()
    return found


def remember(
    session: Session, scope: str, key: str, body_hash: str, status: int, body: bytes
) -> None:
    """Keep the answer to a request, in its own transaction.

    Raises:
        RequestUnderWay: another request with this key got here first.
    """
    old = session.get(IdempotencyRecord, (scope, key))
    if old is not None:
        session.delete(old)
        session.flush()
    session.add(
        IdempotencyRecord(
            scope=scope,
            key=key,
            body_hash=body_hash,
            status=status,
            body=body,
            created_at=clock.now(),
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise RequestUnderWay() from error


def forget(session: Session) -> int:
    """Remove records older than 24 hours; return how many."""
    late = delete(IdempotencyRecord).where(IdempotencyRecord.created_at < clock.now() - LASTS)
    return int(getattr(session.execute(late), "rowcount", 0))
