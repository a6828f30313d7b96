"""Offices end and are followed by others; work and rights pass on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine import clock
from engine.models import Instance, Office, Task
from engine.people import offices, permissions, succession, users
from engine.people.identity import Actor
from engine.people.offices import OfficeEnded
from engine.people.permissions import MissingPermission, Sight
from engine.people.succession import SuccessorInvalid
from engine.record import history
from engine.record.history import Entry, Value
from tests.engine.people.conftest import (
    CITY,
    JIANGBEI,
    SUCCESSOR_OF_JIANGBEI,
    WANZHOU,
    MakeCase,
    MakePerson,
)

BEFORE = datetime(2025, 11, 5, 1, tzinfo=UTC)
AFTER = datetime(2025, 11, 6, 1, tzinfo=UTC)
TODAY = datetime(2026, 3, 2, 1, tzinfo=UTC)


def note(session: Session, instance: Instance, changes: dict[str, tuple[Any, Any]]) -> None:
    fields = {name: Value(before, after) for name, (before, after) in changes.items()}
    history.append(session, instance, [Entry("office.succeeded", "system", fields=fields)])


@pytest.fixture
def administrator(person: MakePerson) -> Actor:
    return person("root", "administrator", CITY)


def test_loading_the_offices_twice_adds_nothing(session: Session) -> None:
    first, second = offices.sync(session), offices.sync(session)

    assert first > 100
    assert second == 0
    assert offices.get(session, WANZHOU).roles == ["intake"]


def test_an_end_written_by_an_administrator_survives_the_next_load(
    session: Session, administrator: Actor
) -> None:
    with clock.at(TODAY):
        succession.end(
            session,
            WANZHOU,
            on=date(2026, 3, 2),
            successor_id="500102-zwzx",
            by=administrator,
            note=note,
        )
        offices.sync(session)

        office = offices.get(session, WANZHOU)
        assert (office.valid_to, office.successor_id) == (date(2026, 3, 2), "500102-zwzx")
        with pytest.raises(OfficeEnded):
            offices.require_valid(session, WANZHOU)


def test_an_ended_office_is_followed_on_the_day_and_not_before(
    session: Session, known_offices: None
) -> None:
    with clock.at(BEFORE):
        assert offices.successor(session, JIANGBEI) == JIANGBEI
        assert "500105" in offices.district_codes(session, on=clock.today())
    with clock.at(AFTER):
        assert offices.successor(session, JIANGBEI) == SUCCESSOR_OF_JIANGBEI
        assert "500105" not in offices.district_codes(session, on=clock.today())
        assert JIANGBEI in offices.with_predecessors(session, [SUCCESSOR_OF_JIANGBEI])


def test_a_ring_of_successors_ends_in_nobody(session: Session, known_offices: None) -> None:
    first, second = offices.get(session, WANZHOU), offices.get(session, JIANGBEI)
    first.valid_to = second.valid_to = date(2025, 1, 1)
    first.successor_id, second.successor_id = second.id, first.id
    session.flush()

    assert offices.successor(session, WANZHOU) is None


def test_staff_of_an_ended_office_work_at_its_successor(
    session: Session, person: MakePerson
) -> None:
    with clock.at(BEFORE):
        before = person("clerk", office=JIANGBEI)
    assert before.user_id is not None
    with clock.at(AFTER):
        after = users.actor(session, before.user_id)

    assert before.holds("intake", JIANGBEI)
    assert after.roles == {("intake", SUCCESSOR_OF_JIANGBEI)}
    assert after.office_id == SUCCESSOR_OF_JIANGBEI


def test_cases_of_an_ended_office_are_seen_by_its_successor(
    session: Session, person: MakePerson, make_case: MakeCase
) -> None:
    with clock.at(AFTER):
        closed_long_ago = make_case(intake=JIANGBEI)
        clerk = person("clerk", office=SUCCESSOR_OF_JIANGBEI)

        assert permissions.sight(session, clerk, closed_long_ago) is Sight.INTAKE


def test_running_cases_and_open_tasks_pass_to_the_successor_with_an_event(
    session: Session, administrator: Actor, make_case: MakeCase
) -> None:
    case, other = make_case(), make_case(intake="500103-zwzx")
    session.add(_task(case.instance_id, 1, "open"))
    session.add(_task(case.instance_id, 2, "completed"))
    session.flush()

    with clock.at(TODAY):
        moved = succession.end(
            session,
            WANZHOU,
            on=date(2026, 3, 2),
            successor_id="500102-zwzx",
            by=administrator,
            note=note,
        )
        again = succession.pass_on(session, WANZHOU, note=note)

    instance = session.get_one(Instance, case.instance_id)
    assert (moved, again) == (1, 0)
    assert (case.intake_office_id, instance.office_id) == ("500102-zwzx", "500102-zwzx")
    assert instance.variables["intake_office"] == "500102-zwzx"
    assert session.get_one(Task, (case.instance_id, 1)).office_id == "500102-zwzx"
    assert session.get_one(Task, (case.instance_id, 2)).office_id == WANZHOU
    assert other.intake_office_id == "500103-zwzx"
    events = history.events(session, case.instance_id)
    assert [event.type for event in events] == ["office.succeeded"]
    assert {change.field for change in events[0].changes} == {"intake_office", "office", "task 1"}
    assert not history.events(session, other.instance_id)


def test_an_end_in_the_future_passes_nothing_on_before_its_day(
    session: Session, administrator: Actor, make_case: MakeCase
) -> None:
    case = make_case()
    with clock.at(TODAY):
        succession.end(
            session,
            WANZHOU,
            on=date(2026, 4, 1),
            successor_id="500102-zwzx",
            by=administrator,
            note=note,
        )
        assert succession.pending(session) == []
    assert case.intake_office_id == WANZHOU

    with clock.at(TODAY + timedelta(days=30)):
        assert [office.id for office in succession.pending(session)] == [WANZHOU]
        assert succession.pass_on(session, WANZHOU, note=note) == 1
        assert succession.pending(session) == []
    assert case.intake_office_id == "500102-zwzx"


@pytest.mark.parametrize("successor", [WANZHOU, "500102-ybj", JIANGBEI, "nowhere"])
def test_only_an_office_that_does_the_same_work_then_may_follow(
    session: Session, administrator: Actor, successor: str
) -> None:
    with clock.at(TODAY), pytest.raises(SuccessorInvalid):
        succession.end(
            session,
            WANZHOU,
            on=date(2026, 3, 2),
            successor_id=successor,
            by=administrator,
            note=note,
        )

    assert session.get_one(Office, WANZHOU).valid_to is None


def test_an_office_is_ended_by_administrators_only(session: Session, person: MakePerson) -> None:
    with pytest.raises(MissingPermission):
        succession.end(
            session,
            WANZHOU,
            on=date(2026, 3, 2),
            successor_id="500102-zwzx",
            by=person("clerk"),
            note=note,
        )


def _task(instance_id: Any, number: int, state: str) -> Task:
    return Task(
        instance_id=instance_id,
        number=number,
        token=number,
        element="Activity_ReceiveApplication",
        name="登记收件",
        process_key="intake",
        state=state,
        office_id=WANZHOU,
        created_at=clock.now(),
    )
