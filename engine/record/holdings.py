"""Holdings: what lies beside a chain and must agree with it, though no hash covers its row.

A key that is gone must have been destroyed by an event, or the personal data of a case could be
wiped in silence; a stored file must have the hash with which it was added or issued, or one could
take another's place; what is kept of an application must be what was received or amended; a grade
must be the one that was given; and values of events beyond the last one betray a tail that was cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import Document, Evaluation, Event, EventValue, Instance, PersonKey
from engine.record import canonical, history, keys, personal
from engine.record.verifier import Fault

DESTROYED = "personal.destroyed"
KEPT = ("document.added", "paper.issued")
GIVEN = ("evaluation.given",)
ANSWERED = ("application.recorded", "application.amended")
ANSWERS = ("applicant.", "agent.", "form.")


def check(session: Session, instance_id: UUID) -> Fault | None:
    """Return the first thing beside the chain of a case that does not agree with it."""
    every = (_orphans, _keys, _files, _answers, _grades)
    checks = (one(session, instance_id) for one in every)
    return next(chain.from_iterable(checks), None)


def _orphans(session: Session, instance_id: UUID) -> Iterator[Fault]:
    last = session.scalar(
        select(func.max(EventValue.number)).where(EventValue.instance_id == instance_id)
    )
    count = session.scalar(select(Instance.event_count).where(Instance.id == instance_id)) or 0
    if last is not None and last > count:
        problem = "is gone, though its values are still there"
        yield Fault(str(instance_id), last, problem)


def _keys(session: Session, instance_id: UUID) -> Iterator[Fault]:
    gone = session.scalars(
        select(PersonKey.person).where(
            PersonKey.instance_id == instance_id, PersonKey.wrapped.is_(None)
        )
    ).all()
    if not gone:
        return
    told = {facts.get("person") for _, facts in _facts(session, instance_id, (DESTROYED,))}
    for person in sorted(gone):
        if person not in told and not (person == keys.FILES and told):
            yield Fault(str(instance_id), 0, f"the key of {person} is gone, and no event says so")


def _files(session: Session, instance_id: UUID) -> Iterator[Fault]:
    rows = {
        number: sha256
        for number, sha256 in session.execute(
            select(Document.number, Document.sha256).where(Document.instance_id == instance_id)
        )
    }
    for sequence, facts in _facts(session, instance_id, KEPT):
        if rows.pop(facts.get("number", 0), None) != facts.get("sha256"):
            yield Fault(str(instance_id), sequence, "its file is not the one that is listed now")
    for number in sorted(rows):
        yield Fault(str(instance_id), 0, f"no event says where file {number} comes from")


def _grades(session: Session, instance_id: UUID) -> Iterator[Fault]:
    rows = {
        number: grade
        for number, grade in session.execute(
            select(Evaluation.number, Evaluation.grade).where(
                Evaluation.instance_id == instance_id, Evaluation.grade.is_not(None)
            )
        )
    }
    for sequence, facts in _facts(session, instance_id, GIVEN):
        if rows.pop(facts.get("number", 0), None) != facts.get("grade"):
            yield Fault(str(instance_id), sequence, "its grade is not the one that is listed now")
    for number in sorted(rows):
        yield Fault(str(instance_id), 0, f"no event says who gave evaluation {number}")


def _answers(session: Session, instance_id: UUID) -> Iterator[Fault]:
    """Compare what is kept of the application with what its newest event says of each field."""
    person_keys = keys.existing_keys(session, instance_id)
    told: dict[str, tuple[int, Any]] = {}
    for sequence, row in _values(session, instance_id, ANSWERED):
        if not row.field.startswith(ANSWERS):
            continue
        data = row.value
        if row.person is not None:
            key = person_keys.get(row.person)
            if key is None:
                continue
            place = history.value_place(instance_id, sequence, row.field)
            data = keys.decrypt(key, place, data)
        told[row.field] = (sequence, canonical.decode(data).get("after"))
    kept = {
        name: canonical.encode(value).decode()
        for name, value in personal.values(session, instance_id, whole=False).items()
    }
    for name, (sequence, after) in told.items():
        if kept.get(name) != after:
            yield Fault(str(instance_id), sequence, f"{name} is no longer kept as it says")


def _facts(
    session: Session, instance_id: UUID, types: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield sequence and facts of the events of some types; their values were checked before."""
    found: dict[int, dict[str, Any]] = {}
    for sequence, row in _values(session, instance_id, types):
        if row.person is None:
            after = canonical.decode(row.value).get("after")
            plain = None if after is None else canonical.decode(after)
            found.setdefault(sequence, {})[row.field] = plain
    yield from found.items()


def _values(
    session: Session, instance_id: UUID, types: tuple[str, ...]
) -> Iterator[tuple[int, EventValue]]:
    query = (
        select(Event.sequence, EventValue)
        .join(
            EventValue,
            (EventValue.instance_id == Event.instance_id) & (EventValue.number == Event.sequence),
        )
        .where(Event.instance_id == instance_id, Event.type.in_(types))
        .order_by(Event.sequence)
    )
    for sequence, row in session.execute(query):
        yield sequence, row
