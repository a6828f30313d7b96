"""The chain of a case: what goes in, what comes out, and that it is proven by the verifier."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.models import Event, EventValue, Instance
from engine.record import history
from engine.record.canonical import NotCanonical
from engine.record.history import UNSET, Entry, Value
from engine.record.verify import verify
from tests.engine.record.cases import fill

NINE = datetime(2026, 1, 5, 1, tzinfo=UTC)


def test_an_event_is_the_canonical_text_that_was_hashed(
    session: Session, instance: Instance
) -> None:
    with clock.at(NINE):
        history.append(session, instance, [Entry("case.opened", "u1", element="Start")])

    row = session.get_one(Event, (instance.id, 1))
    assert row.body == (
        b'{"actor":"u1","algorithm":"sm3","at":"2026-01-05T01:00:00.000000Z","commitments":{},'
        b'"element":"Start","on_behalf_of":null,"sequence":1,"type":"case.opened"}'
    )
    expected = Hash(SM3())
    expected.update(b"tongban-event-1" + instance.id.bytes + row.body)
    assert row.hash == expected.finalize().hex()
    assert (instance.event_count, instance.event_head) == (1, row.hash)


def test_an_event_holds_commitments_and_never_a_value(session: Session, instance: Instance) -> None:
    secret = "50010118950307002X"
    fields = {"id_number": Value(after=secret, personal=True), "fee": Value(before=1, after=2)}

    history.append(session, instance, [Entry("case.changed", "u1", fields=fields)])

    row = session.get_one(Event, (instance.id, 1))
    assert secret.encode() not in row.body
    commitments = json.loads(row.body)["commitments"]
    assert {name: sorted(sides) for name, sides in commitments.items()} == {
        "fee": ["after", "before"],
        "id_number": ["after"],
    }
    values = session.scalars(select(EventValue).where(EventValue.instance_id == instance.id)).all()
    assert {value.field: value.person for value in values} == {
        "fee": None,
        "id_number": "applicant",
    }
    assert all(secret.encode() not in value.value for value in values)


def test_equal_values_have_unequal_commitments(session: Session, instance: Instance) -> None:
    same = {"fee": Value(before=1, after=1)}

    history.append(session, instance, [Entry("a", "u", fields=same), Entry("b", "u", fields=same)])

    bodies = session.scalars(select(Event.body).where(Event.instance_id == instance.id)).all()
    seen = [
        commitment
        for body in bodies
        for commitment in json.loads(body)["commitments"]["fee"].values()
    ]
    assert len(set(seen)) == 4


def test_events_come_in_pages_and_personal_values_masked(
    session: Session, instance: Instance
) -> None:
    fill(session, instance, events=5)

    page = history.events(session, instance.id, cursor=2, limit=2)

    assert [event.sequence for event in page] == [3, 4]
    name, count = page[0].changes
    assert (name.field, name.before, name.after, name.state) == (
        "applicant_name", UNSET, "虚*", "masked",
    )  # fmt: skip
    assert (count.before, count.after, count.state) == (2, 3, "clear")


def test_revealed_events_are_in_clear(session: Session, instance: Instance) -> None:
    fill(session, instance, events=1)

    (event,) = history.events(session, instance.id, reveal=True)

    assert event.changes[0].after == "虚构人0"
    assert event.changes[0].state == "clear"


@pytest.mark.parametrize("algorithm", ["sm3", "sha256"])
def test_a_chain_of_either_algorithm_verifies(
    session: Session, instance: Instance, algorithm: str
) -> None:
    fill(session, instance, events=2)
    history.append(session, instance, [Entry("case.closed", "u1")], algorithm=algorithm)

    report = verify(session, instance.id)

    assert report.ok
    assert (report.events, report.opened, report.sealed) == (3, 4, 0)


def test_a_value_without_canonical_form_leaves_the_chain_alone(
    session: Session, instance: Instance
) -> None:
    with pytest.raises(NotCanonical):
        history.append(
            session, instance, [Entry("a", "u", fields={"x": Value(after=float("nan"))})]
        )

    assert (instance.event_count, instance.event_head) == (0, "")
    assert history.events(session, instance.id) == []


def test_chains_of_equal_events_differ_between_cases(session: Session, another) -> None:
    first, second = another(), another()

    with clock.at(NINE):
        for instance in (first, second):
            history.append(session, instance, [Entry("case.opened", "u1")])

    assert first.event_head != second.event_head
