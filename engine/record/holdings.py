"""Holdings: what lies beside a chain and must agree with it, though no hash covers its row.

A key that is gone must have been destroyed by an event, or the personal data of a case could be
wiped in silence; a stored file must have the hash with which it was added or issued, or one could
take another's place; and values of events beyond the last one betray a tail that was cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import Document, Event, EventValue, Instance, PersonKey
from engine.record import canonical, keys
from engine.record.verifier import Fault

DESTROYED = "personal.destroyed"
KEPT = ("document.added", "paper.issued")


def check(session: Session, instance: Instance) -> Fault | None:
    """Return the first thing beside the chain of a case that does not agree with it."""
    checks = (one(session, instance) for one in (_orphans, _keys, _files))
    return next(chain.from_iterable(checks), None)


def _orphans(session: Session, instance: Instance) -> Iterator[Fault]:
    last = session.scalar(
        select(func.max(EventValue.number)).where(EventValue.instance_id == instance.id)
    )
    if last is not None and last > instance.event_count:
        problem = "is gone, though its values are still there"
        yield Fault(str(instance.id), last, problem)


def _keys(session: Session, instance: Instance) -> Iterator[Fault]:
    gone = session.scalars(
        select(PersonKey.person).where(
            PersonKey.instance_id == instance.id, PersonKey.wrapped.is_(None)
        )
    ).all()
    if not gone:
        return
    told = {facts.get("person") for _, facts in _facts(session, instance, (DESTROYED,))}
    for person in sorted(gone):
        if person not in told and not (person == keys.FILES and told):
            yield Fault(str(instance.id), 0, f"the key of {person} is gone, and no event says so")


def _files(session: Session, instance: Instance) -> Iterator[Fault]:
    rows = {
        number: sha256
        for number, sha256 in session.execute(
            select(Document.number, Document.sha256).where(Document.instance_id == instance.id)
        )
    }
    for sequence, facts in _facts(session, instance, KEPT):
        if rows.pop(facts.get("number", 0), None) != facts.get("sha256"):
            yield Fault(str(instance.id), sequence, "its file is not the one that is listed now")
    for number in sorted(rows):
        yield Fault(str(instance.id), 0, f"no event says where file {number} comes from")


def _facts(
    session: Session, instance: Instance, types: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield sequence and facts of the events of some types; their values were checked before."""
    query = (
        select(Event.sequence, EventValue.field, EventValue.value)
        .join(
            EventValue,
            (EventValue.instance_id == Event.instance_id) & (EventValue.number == Event.sequence),
        )
        .where(
            Event.instance_id == instance.id,
            Event.type.in_(types),
            EventValue.person.is_(None),
        )
        .order_by(Event.sequence)
    )
    found: dict[int, dict[str, Any]] = {}
    for sequence, field, value in session.execute(query):
        after = canonical.decode(value).get("after")
        found.setdefault(sequence, {})[field] = None if after is None else canonical.decode(after)
    yield from found.items()
