"""Hearings: told in time, held in time, led by another than the reviewer, and no day of it counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from engine import clock
from engine.casework import deadlines, hearings
from engine.casework.demonstration import stories
from engine.casework.demonstration.stories import Doing
from engine.db import Database, reading
from engine.models import Deadline, Task
from engine.people.identity import Actor
from engine.process import assignment
from tests.engine.casework.acting import case_of, do, events_of, papers_of

MONDAY = datetime(2026, 9, 14, 2, tzinfo=UTC)
ASK = {
    "review": "special",
    "review_opinion": "涉及重大公共利益。",
    "special_kind": "hearing",
    "special_reason": "涉及重大公共利益，依法听证。",
    "special_days": 20,
}
LICENCE = (
    Doing(stories.ZHAO, stories.EXAMINE_LICENCE, stories.ACCEPT),
    Doing(stories.FENG, stories.RECEIVE_CASE, stories.TAKE),
    Doing(stories.FENG, stories.REVIEW, ASK),
)


def called(day: str) -> dict[str, Any]:
    return {"hearing_on": day, "hearing_place": "九时，演示会议室"}


def limit(database: Database, case: UUID, kind: str) -> Deadline:
    with reading(database) as session:
        found = deadlines.find(session, case_of(database, case), kind)
        assert found is not None
        session.expunge(found)
        return found


@pytest.fixture
def asked(database: Database, staff: dict[str, Actor]) -> UUID:
    """A licence whose hearing has to be called, asked for on a Monday."""
    with clock.at(MONDAY):
        return stories.play(database, stories.article(1, *LICENCE), staff, demo=True)


def test_a_hearing_is_told_held_and_its_days_are_not_counted(
    database: Database, asked: UUID, staff: dict[str, Actor]
) -> None:
    hearing = limit(database, asked, "hearing")
    assert (hearing.days, hearing.due_on) == (20, date(2026, 10, 16))
    with reading(database) as session:
        key = stories.waiting(session, asked, "Activity_CallHearing")
        task = session.get_one(Task, (key.instance_id, key.number))
        assert task.due_at is not None and clock.local_date(task.due_at) == date(2026, 10, 16)

    with clock.at(MONDAY):
        do(database, asked, staff[stories.CHEN], "Activity_CallHearing", called("2026-09-24"))
    assert papers_of(database, asked)[-1] == "hearing-notice"
    with clock.at(MONDAY + timedelta(days=10)):
        result = {"special_result": "双方意见已记入笔录。"}
        do(database, asked, staff[stories.CHEN], "Activity_HoldHearing", result)

    assert limit(database, asked, "hearing").met_on == date(2026, 9, 24)
    statutory = limit(database, asked, "statutory")
    assert statutory.due_on == date(2026, 10, 29)  # twenty working days after the 24th
    (held,) = events_of(database, asked, "hearing.held")
    assert held["hearing_on"][1] == "2026-09-24"
    with reading(database) as session:
        stories.waiting(session, asked, stories.REVIEW)


@pytest.mark.parametrize("day", ["2026-09-14", "2026-09-22", "2026-09-01"])
def test_fewer_than_seven_working_days_are_too_few(
    database: Database, asked: UUID, staff: dict[str, Actor], day: str
) -> None:
    # 15, 16, 17, 18, the made-up Sunday 20, 21 and 22 lie between; the 23rd is the first
    with clock.at(MONDAY):
        with pytest.raises(hearings.HearingTooSoon) as refused:
            do(database, asked, staff[stories.CHEN], "Activity_CallHearing", called(day))
        assert refused.value.params["earliest"] == "2026-09-23"
        do(database, asked, staff[stories.CHEN], "Activity_CallHearing", called("2026-09-23"))

    assert papers_of(database, asked).count("hearing-notice") == 1


def test_a_hearing_after_its_limit_is_not_told(
    database: Database, asked: UUID, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY):
        with pytest.raises(hearings.HearingTooLate) as refused:
            do(database, asked, staff[stories.CHEN], "Activity_CallHearing", called("2026-10-19"))
        assert refused.value.params["latest"] == "2026-10-16"
        do(database, asked, staff[stories.CHEN], "Activity_CallHearing", called("2026-10-16"))


def test_a_hearing_told_when_its_limit_is_over_is_held_as_soon_as_may_be(
    database: Database, asked: UUID, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY + timedelta(days=60)):  # 13 November, a Friday
        do(database, asked, staff[stories.CHEN], "Activity_CallHearing", called("2026-11-25"))

    assert papers_of(database, asked)[-1] == "hearing-notice"


def test_whoever_reviews_does_not_lead_the_hearing(
    database: Database, asked: UUID, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY):
        with pytest.raises(assignment.SamePersonForbidden):
            do(database, asked, staff[stories.FENG], "Activity_CallHearing", called("2026-09-24"))
        do(database, asked, staff[stories.CHEN], "Activity_CallHearing", called("2026-09-24"))
    with clock.at(MONDAY + timedelta(days=10)), pytest.raises(assignment.SamePersonForbidden):
        result = {"special_result": "双方意见已记入笔录。"}
        do(database, asked, staff[stories.FENG], "Activity_HoldHearing", result)


def test_nothing_is_recorded_before_the_day(
    database: Database, asked: UUID, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY):
        do(database, asked, staff[stories.CHEN], "Activity_CallHearing", called("2026-09-24"))
    with clock.at(MONDAY + timedelta(days=9)), pytest.raises(hearings.HearingNotYet):
        result = {"special_result": "双方意见已记入笔录。"}
        do(database, asked, staff[stories.CHEN], "Activity_HoldHearing", result)

    assert limit(database, asked, "hearing").met_on is None
