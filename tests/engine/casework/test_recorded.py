"""What was applied for stands in the record as it was received, and cannot be exchanged unseen."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from engine.casework.demonstration import stories
from engine.db import reading, transaction
from engine.models import CaseData
from engine.record import history, personal
from engine.record.history import UNSET
from engine.record.verify import verify


@pytest.fixture
def received(database, staff):
    return stories.play(database, stories.pharmacy(1), staff, demo=True)


def problem(database, instance_id):
    with reading(database) as session:
        fault = verify(session, instance_id).first_bad
    return fault and fault.problem


def test_an_application_is_recorded_as_it_was_received(database, received):
    with reading(database) as session:
        kept = personal.values(session, received)
        events = history.events(session, received, limit=100, reveal=True)
        masked = history.events(session, received, limit=100)

    (recorded,) = [event for event in events if event.type == "application.recorded"]
    told = {change.field: change.after for change in recorded.changes}
    answers = {name: value for name, value in kept.items() if not name.startswith("document.")}
    assert {name: told[name] for name in answers} == answers
    assert "received" in {value for name, value in told.items() if name.startswith("materials.")}
    assert kept["applicant.name"] not in repr(masked)
    assert kept["agent.id_no"] not in repr(masked)
    assert problem(database, received) is None


def test_after_the_data_is_destroyed_the_record_still_verifies(database, received):
    with transaction(database) as session:
        for person in ("applicant", "agent"):
            personal.destroy(session, received, person, actor="u1", reason="期满")
    with reading(database) as session:
        events = history.events(session, received, limit=100, reveal=True)

    (recorded,) = [event for event in events if event.type == "application.recorded"]
    names = {change.field: change for change in recorded.changes}
    assert names["applicant.name"].state == "destroyed"
    assert names["applicant.name"].after is UNSET
    assert problem(database, received) is None


@pytest.mark.parametrize("field", ["applicant.name", "form.pharmacy_name"])
def test_an_exchanged_answer_is_named(database, received, field):
    with transaction(database) as session:
        session.execute(
            update(CaseData)
            .where(CaseData.instance_id == received, CaseData.field == field)
            .values(value='"另一家"'.encode(), person=None)
        )

    assert problem(database, received) == f"{field} is no longer kept as it says"


def test_an_answer_that_was_taken_away_is_named(database, received):
    with transaction(database) as session:
        session.execute(
            delete(CaseData).where(
                CaseData.instance_id == received, CaseData.field == "agent.id_no"
            )
        )

    assert problem(database, received) == "agent.id_no is no longer kept as it says"


@pytest.mark.parametrize("value", [b"", b"no json", bytes(60)])
@pytest.mark.parametrize("field", ["agent.id_no", "form.pharmacy_name"])
def test_a_damaged_answer_is_named_and_breaks_nothing(database, received, field, value):
    with transaction(database) as session:
        session.execute(
            update(CaseData)
            .where(CaseData.instance_id == received, CaseData.field == field)
            .values(value=value)
        )

    assert problem(database, received) == f"{field} is no longer kept as it says"
