"""Recounting: the ends of limits that only a newly imported year of the calendar tells.

A limit that reaches beyond the published calendar runs without a known end. When its year is
imported, or corrected, the end is counted and told in the history of the case. Each case is a
transaction of its own under its lock, so a recount may stop half-way, come twice or run twice at
once: what is right already is left as it is.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.casework import closing
from engine.casework.deadlines import counting
from engine.casework.deadlines.noting import note
from engine.db import Database, reading, transaction
from engine.models import Case, Deadline
from engine.people.identity import Actor
from engine.process import locking
from engine.record.history import Value

BATCH = 200


def recount(database: Database, *, since: date | None = None, by: Actor | None = None) -> int:
    """Count anew the running limits whose end was not known.

    Args:
        database: the database.
        since: also those that end on this day or later, after a known year was replaced.
        by: who imported the year, the system by default.

    Returns: how many cases have got another end.
    """
    count, after = 0, UUID(int=0)
    while True:
        with reading(database) as session:
            batch = _waiting(session, after, since)
        for instance_id in batch:
            with transaction(database) as session:
                count += _recounted(session, instance_id, by or Actor.system())
        if len(batch) < BATCH:
            return count
        after = batch[-1]


def awaiting_calendar(session: Session) -> int:
    """Return how many cases have a running limit whose end is not known; at most BATCH."""
    return len(_waiting(session, UUID(int=0), None))


def _waiting(session: Session, after: UUID, since: date | None) -> list[UUID]:
    unknown = Deadline.due_on.is_(None)
    query = (
        select(Deadline.instance_id)
        .where(
            Deadline.met_on.is_(None),
            unknown if since is None else or_(unknown, Deadline.due_on >= since),
            Deadline.kind.not_in(counting.DATED),
            Deadline.instance_id > after,
        )
        .distinct()
        .order_by(Deadline.instance_id)
        .limit(BATCH)
    )
    return list(session.scalars(query))


def _recounted(session: Session, instance_id: UUID, by: Actor) -> bool:
    instance = locking.lock(session, instance_id)
    case = session.get_one(Case, instance_id)
    stops, fields = counting.stops_of(session, case), {}
    for row in counting.deadlines_of(session, case):
        if row.met_on is None and row.kind not in counting.DATED:
            before, row.due_on = row.due_on, counting.end_on(session, row, stops)
            if row.due_on != before:
                fields[f"{row.kind}_due_on"] = Value(before=before, after=row.due_on)
    if fields:
        note(session, case, "clock.recounted", by, fields)
        closing.on_step(session, instance, by)  # the tasks bear the end that counts first
    return bool(fields)
