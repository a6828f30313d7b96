"""Record: who did what to the editions of a matter, one chain per matter.

An event is written in the transaction of what it tells, under the lock of the matter's editions.
Its hash covers the one before, so that a changed, missing or moved event is found by `verify`.
Nothing personal of applicants stands here; editors are named as officials answering for a fact.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.models import MatterEdition, MatterEvent
from engine.people.identity import Actor
from engine.record import canonical
from engine.record.verifier import digest

DOMAIN = b"tongban-matter-event-1"
ALGORITHM = "sm3"
MEMBERS = ("matter_no", "sequence", "number", "at", "type", "actor", "actor_name", "facts")


def note(
    session: Session, edition: MatterEdition, type_: str, *, by: Actor, **facts: Any
) -> MatterEvent:
    """Append an event about an edition; the caller holds the lock of its matter."""
    query = (
        select(MatterEvent)
        .where(MatterEvent.matter_no == edition.matter_no)
        .order_by(MatterEvent.sequence.desc())
        .limit(1)
    )
    last = session.scalars(query).first()
    row = MatterEvent(
        matter_no=edition.matter_no,
        sequence=last.sequence + 1 if last else 1,
        number=edition.number,
        at=clock.now(),
        type=type_,
        actor=by.key,
        actor_name=by.name,
        facts={name: value for name, value in facts.items() if value is not None},
    )
    row.hash = _hash(row, last.hash if last else "")
    session.add(row)
    session.flush()
    return row


def events(session: Session, no: int) -> list[MatterEvent]:
    """Return the events of a matter, the newest first."""
    query = select(MatterEvent).where(MatterEvent.matter_no == no)
    return list(session.scalars(query.order_by(MatterEvent.sequence.desc())))


def stamp(session: Session) -> tuple[int, date]:
    """Return what changes whenever an edition does, or the day on which one takes effect."""
    return session.scalar(select(func.count()).select_from(MatterEvent)) or 0, clock.today()


def verify(session: Session) -> list[tuple[int, int]]:
    """Return matter and sequence of the first wrong event of every broken chain."""
    faults: list[tuple[int, int]] = []
    no, sequence, head = 0, 0, ""
    order = (MatterEvent.matter_no, MatterEvent.sequence)
    for row in session.scalars(select(MatterEvent).order_by(*order)):
        if row.matter_no != no:
            no, sequence, head = row.matter_no, 0, ""
        sequence += 1
        wrong = row.sequence != sequence or row.hash != _hash(row, head)
        if wrong and (not faults or faults[-1][0] != no):
            faults.append((no, row.sequence))
        head = row.hash
    return faults


def _hash(row: MatterEvent, previous: str) -> str:
    body = canonical.encode({name: getattr(row, name) for name in MEMBERS})
    return digest(ALGORITHM, DOMAIN, b"\0", previous.encode(), b"\0", body).hex()
