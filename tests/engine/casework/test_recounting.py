"""Limits beyond the published calendar: they run, and get their end when the year is imported."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

import pytest

from engine import clock
from engine.calendar import holidays
from engine.calendar.holidays import Exceptional
from engine.calendar.workdays import CalendarEnds
from engine.casework import deadlines, recounting, reference
from engine.db import Database, reading, transaction
from engine.models import Case
from engine.people.identity import Actor
from engine.record import history
from tests.engine.casework import test_deadlines

NEW_YEAR = Exceptional(date(2027, 1, 1), False, "元旦")
BY = Actor.system()


@contextmanager
def on(day: str) -> Iterator[None]:
    with clock.at(clock.start_of(date.fromisoformat(day)) + timedelta(hours=10)):
        yield


@pytest.fixture
def accepted(database: Database) -> UUID:
    """A case accepted in December, whose limits reach into a year that is not published."""
    with on("2026-12-21"), transaction(database) as session:
        holidays.load_folder(session, reference.HOLIDAYS)
        case = test_deadlines.prepared(session)
        deadlines.start(session, case, "statutory", 20)
        deadlines.start(session, case, "promised", 10)
        deadlines.start(session, case, "delivery", 3)
        return case.instance_id


def publish(database: Database, *days: Exceptional) -> None:
    with transaction(database) as session:
        holidays.load(session, 2027, days, "test")


def ends(database: Database, instance_id: UUID) -> dict[str, date | None]:
    with reading(database) as session:
        case = session.get_one(Case, instance_id)
        return {
            kind: row.due_on
            for kind in ("statutory", "promised", "delivery")
            if (row := deadlines.find(session, case, kind)) is not None
        }


def recounts(database: Database, instance_id: UUID) -> list[dict[str, tuple[object, object]]]:
    with reading(database) as session:
        return [
            {change.field: (change.before, change.after) for change in event.changes}
            for event in history.events(session, instance_id)
            if event.type == "clock.recounted"
        ]


def test_a_limit_beyond_the_calendar_runs_and_gets_its_end_with_the_year(
    database: Database, accepted: UUID
) -> None:
    known = date(2026, 12, 24)
    assert ends(database, accepted) == {"statutory": None, "promised": None, "delivery": known}
    with reading(database) as session:
        assert recounting.awaiting_calendar(session) == 1
    assert recounting.recount(database, by=BY) == 0  # nothing is guessed

    publish(database, NEW_YEAR)

    assert recounting.recount(database, by=BY) == 1
    assert ends(database, accepted) == {
        "statutory": date(2027, 1, 19),
        "promised": date(2027, 1, 5),
        "delivery": known,
    }
    assert recounts(database, accepted) == [
        {"promised_due_on": (None, "2027-01-05"), "statutory_due_on": (None, "2027-01-19")}
    ]
    with reading(database) as session:
        assert recounting.awaiting_calendar(session) == 0


def test_a_corrected_year_moves_the_ends_that_lie_in_it(database: Database, accepted: UUID) -> None:
    publish(database, NEW_YEAR)
    recounting.recount(database, by=BY)

    publish(database, NEW_YEAR, Exceptional(date(2027, 1, 4), False, "调休"))

    assert recounting.recount(database, by=BY) == 0
    assert recounting.recount(database, since=date(2027, 1, 1), by=BY) == 1
    assert ends(database, accepted)["promised"] == date(2027, 1, 6)
    assert recounts(database, accepted)[-1]["promised_due_on"] == ("2027-01-05", "2027-01-06")


def test_a_recount_that_runs_twice_at_once_tells_each_end_once(
    database: Database, accepted: UUID
) -> None:
    publish(database, NEW_YEAR)
    gate, found = threading.Barrier(2), []

    def run() -> None:
        gate.wait()
        found.append(recounting.recount(database, by=BY))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(found) == [0, 1]
    assert len(recounts(database, accepted)) == 1


def test_a_limit_that_was_met_or_needs_its_day_at_once_does_not_wait(
    database: Database, accepted: UUID
) -> None:
    with on("2026-12-22"), transaction(database) as session:
        case = session.get_one(Case, accepted)
        deadlines.meet(session, case, "promised")
        deadlines.meet(session, case, "statutory")
        with pytest.raises(CalendarEnds):
            deadlines.start(session, case, "correction", 15)

    publish(database, NEW_YEAR)

    assert recounting.recount(database, by=BY) == 0
