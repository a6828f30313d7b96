"""Access: who looked at personal data, and who was refused.

Every look is a short transaction of its own, so that it stands even when the request that
caused it is rolled back, and never locks a case. The chain is per writer (one process) and day,
because a single chain would make all readers wait for one another. Call it outside any open
writing transaction: on SQLite there is only one writer at a time.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import clock
from engine.db import Database, transaction
from engine.errors import Invalid, Unavailable
from engine.models import AccessEvent
from engine.record import canonical
from engine.record.verifier import digest

DOMAIN = b"tongban-access-1"
ALGORITHM = "sm3"
ATTEMPTS = 50
REASON_LENGTH = 400


class AccessNotRecorded(Unavailable):
    """Try again; without a record of the look the data is not shown."""

    code = "access-not-recorded"
    message = "The look could not be recorded, so nothing was shown."


class LookReasonTooLong(Invalid):
    """Say it more briefly; nothing was shown."""

    code = "look-reason-too-long"
    message = "The reason has {length} characters; at most {most} are kept."


@dataclass(frozen=True)
class AccessFault:
    """The first wrong look in the chain of a writer and day."""

    writer: str
    day: date
    sequence: int
    problem: str


def record(
    database: Database,
    *,
    actor: str,
    what: str,
    subject: str,
    reason: str | None,
    writer: str | None = None,
) -> AccessEvent:
    """Record a look or a refused attempt, and commit.

    Args:
        database: where; a transaction is opened for this one row.
        actor: the user id of the one who looks.
        what: `personal.revealed`, `case.refused`, …; at most 60 characters.
        subject: what was looked at, such as an instance id and field; never its content.
        reason: why, in the words of the one who looks; at most 400 characters.
        writer: the chain to write to; by default one for this process.

    Raises:
        LookReasonTooLong: the reason does not fit.
        DatabaseBusy, AccessNotRecorded: it could not be written.
    """
    if reason is not None and len(reason) > REASON_LENGTH:
        raise LookReasonTooLong(length=len(reason), most=REASON_LENGTH)
    chain = writer or this_writer()
    for _ in range(ATTEMPTS):
        try:
            with transaction(database) as session:
                row = _next(session, chain, actor, what, subject, reason)
                session.add(row)
                session.flush()
                session.expunge(row)
            return row
        except IntegrityError:
            continue  # another thread of this process took the number; take the next
    raise AccessNotRecorded()


def this_writer() -> str:
    """Return the name of the chain of this process."""
    return f"{socket.gethostname()[:45]}:{os.getpid()}"


def verify(session: Session) -> list[AccessFault]:
    """Return the first wrong look of every broken chain; a cut tail does not show here."""
    faults: list[AccessFault] = []
    chain: tuple[str, date] | None = None
    head, sequence, broken = "", 0, False
    order = (AccessEvent.writer, AccessEvent.day, AccessEvent.sequence)
    for row in session.scalars(
        select(AccessEvent).order_by(*order).execution_options(yield_per=500)
    ):
        if chain != (row.writer, row.day):
            chain, head, sequence, broken = (row.writer, row.day), "", 0, False
        sequence += 1
        problem = _problem(row, sequence, head)
        if problem and not broken:
            faults.append(AccessFault(row.writer, row.day, sequence, problem))
            broken = True
        head = row.hash
    return faults


def _next(
    session: Session, writer: str, actor: str, what: str, subject: str, reason: str | None
) -> AccessEvent:
    at = clock.now()
    day = clock.local_date(at)
    last = session.scalars(
        select(AccessEvent)
        .where(AccessEvent.writer == writer, AccessEvent.day == day)
        .order_by(AccessEvent.sequence.desc())
        .limit(1)
    ).first()
    row = AccessEvent(
        writer=writer,
        day=day,
        sequence=last.sequence + 1 if last else 1,
        at=at,
        actor=actor,
        what=what,
        subject=subject,
        reason=reason,
    )
    row.hash = _hash(row, last.hash if last else "")
    return row


def _hash(row: AccessEvent, previous: str) -> str:
    members = {
        name: getattr(row, name)
        for name in ("writer", "day", "sequence", "at", "actor", "what", "subject", "reason")
    }
    return digest(ALGORITHM, DOMAIN, bytes.fromhex(previous), canonical.encode(members)).hex()


def _problem(row: AccessEvent, sequence: int, head: str) -> str | None:
    if row.sequence != sequence:
        return "missing or out of order"
    if row.hash != _hash(row, head):
        return "it or its predecessor was changed"
    return None
