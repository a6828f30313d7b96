"""Jobs: deferred work of an instance, written in the step that asks for it.

A worker takes a job by one conditional update that sets a lease with a token of its own, so it
works alike on every database; what it did counts only while the token holds. Lease time is the
database's, due time is the clock's. A job that keeps failing is dead and leaves an incident.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text, update
from sqlalchemy.orm import Session

from engine import clock
from engine.models import Job

TIMER = "timer"
CONNECTOR = "connector"
MESSAGE = "message"  # thrown by a step, to be sent after it
SIGNAL = "signal"
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)


@dataclass(frozen=True)
class Lease:
    """A job taken: what to do, and the token by which the result counts."""

    instance_id: UUID
    number: int
    token: str
    kind: str
    element: str | None
    waiting: int | None  # the engine's token that waits for it
    payload: dict[str, Any]
    attempts: int


def due(session: Session, limit: int = 50) -> list[tuple[UUID, int]]:
    """Return the keys of jobs that may be taken now, read without locks, in random order."""
    free = or_(Job.leased_until.is_(None), Job.leased_until < database_time(session))
    rows = session.execute(
        select(Job.instance_id, Job.number)
        .where(Job.state == "waiting", Job.due_at <= clock.now(), free)
        .order_by(Job.due_at)
        .limit(limit)
    )
    found = [(instance_id, number) for instance_id, number in rows]
    random.shuffle(found)
    return found


def take(session: Session, instance_id: UUID, number: int) -> Lease | None:
    """Take a job for the length of a lease; None if somebody else has it or it is gone."""
    now = database_time(session)
    token = secrets.token_hex(16)
    taken: Any = session.execute(
        update(Job)
        .where(
            Job.instance_id == instance_id,
            Job.number == number,
            Job.state == "waiting",
            Job.due_at <= clock.now(),
            or_(Job.leased_until.is_(None), Job.leased_until < now),
        )
        .values(lease=token, leased_until=now + LEASE, attempts=Job.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        return None
    row = _row(session, instance_id, number)
    assert row is not None
    return Lease(
        instance_id, number, token, row.kind, row.element, row.token, row.payload, row.attempts
    )


def held(session: Session, lease: Lease) -> Job | None:
    """Return the row of a job while its lease holds, None when the job is another's or gone."""
    row = _row(session, lease.instance_id, lease.number)
    return row if row is not None and row.lease == lease.token else None


def done(session: Session, lease: Lease) -> None:
    """Remove a finished job; the step may have removed it already."""
    row = held(session, lease)
    if row is not None:
        session.delete(row)
        session.flush()


def failed(session: Session, lease: Lease, reason: str, *, final: bool = False) -> bool:
    """Give a job back for later, or declare it dead; return whether it is dead.

    The delay doubles with each attempt and varies, so that jobs that failed together do not
    come back together.
    """
    row = held(session, lease)
    if row is None:
        return False
    dead = final or row.attempts >= MOST_ATTEMPTS
    row.last_error = reason
    row.lease = row.leased_until = None
    if dead:
        row.state = "dead"
    else:
        delay = min(FIRST_DELAY * 2 ** (row.attempts - 1), LONGEST_DELAY)
        row.due_at = clock.now() + delay * random.uniform(0.75, 1.25)
    session.flush()
    return dead


def revive(session: Session, instance_id: UUID, number: int) -> bool:
    """Let a dead job be tried again at once; return whether it is there."""
    row = _row(session, instance_id, number)
    if row is None:
        return False
    row.state, row.attempts, row.due_at = "waiting", 0, clock.now()
    row.lease = row.leased_until = None
    session.flush()
    return True


def database_time(session: Session) -> datetime:
    """Return the time of the database, by which leases are counted on every machine."""
    if session.get_bind().dialect.name == "sqlite":
        found = session.scalar(text("select strftime('%Y-%m-%dT%H:%M:%f', 'now')"))
        return datetime.fromisoformat(str(found)).replace(tzinfo=UTC)
    moment: datetime = session.execute(text("select clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)


def _row(session: Session, instance_id: UUID, number: int) -> Job | None:
    return session.get(Job, (instance_id, number), populate_existing=True)
