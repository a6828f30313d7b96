"""The clocks of the law in real cases, rule by rule, each recounted from the events at the end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine import clock
from engine.casework import deadlines, evaluations
from engine.casework.demonstration import stories
from engine.casework.demonstration.stories import Doing, Story
from engine.db import Database, reading, transaction
from engine.models import Deadline
from engine.people.identity import Actor
from engine.process import worker
from engine.record import history
from tests.engine.casework.acting import case_of, do, papers_of
from tests.engine.casework.clocks import counter

MONDAY = datetime(2026, 9, 14, 2, tzinfo=UTC)  # 10:00 in Shanghai; the 20th is a made-up Sunday
CORRECT = {"examination": "correct", "correction_items": [], "correction_note": "缺少签章"}
TO_REVIEW = (
    Doing(stories.ZHAO, stories.EXAMINE_LICENCE, stories.ACCEPT),
    Doing(stories.FENG, stories.RECEIVE_CASE, stories.TAKE),
)


def limit(database: Database, case: UUID, kind: str) -> Deadline:
    with reading(database) as session:
        found = session.get(Deadline, (case, kind))
        assert found is not None
        session.expunge(found)
        return found


def require_recounted(database: Database, case: UUID) -> None:
    """Every limit of the case ends where its events and the calendar files say."""
    with reading(database) as session:
        again = counter.recount(history.events(session, case, limit=500))
        rows = session.scalars(select(Deadline).where(Deadline.instance_id == case)).all()
        assert {row.kind for row in rows} == set(again.limits)
        for row in rows:
            assert (row.due_on, row.met_on) == (again.end(row.kind), again.limits[row.kind].met_on)


def at(day: str, hour: int = 10, minute: int = 0, second: int = 0) -> Any:
    """Work at a moment of a Shanghai day."""
    parts = timedelta(hours=hour, minutes=minute, seconds=second)
    return clock.at(clock.start_of(date.fromisoformat(day)) + parts)


def test_twenty_days_count_made_up_days_and_leave_out_holidays(
    database: Database, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY):
        case = stories.play(database, stories.article(1, *TO_REVIEW), staff, demo=True)

    # 15-18, 20-24, 28-30 September, 8-10, 12-16 October: 20 days, two of them at a weekend.
    assert limit(database, case, "statutory").due_on == date(2026, 10, 16)
    require_recounted(database, case)


@pytest.mark.parametrize(
    ("hour", "minute", "started"), [(23, 59, date(2026, 9, 14)), (24, 1, date(2026, 9, 15))]
)
def test_a_day_begins_at_midnight_in_shanghai(
    database: Database, staff: dict[str, Actor], hour: int, minute: int, started: date
) -> None:
    with at("2026-09-14", hour, minute):  # 15:59 and 16:01 UTC
        case = stories.play(database, stories.article(1, TO_REVIEW[0]), staff, demo=True)

    assert limit(database, case, "statutory").started_on == started


def test_deemed_acceptance_comes_with_the_end_of_the_fifth_working_day(
    database: Database, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY):
        case = stories.play(database, stories.article(1), staff, demo=True)
    # 15, 16, 17, 18 and the made-up Sunday 20 September
    with at("2026-09-20", 23, 59, 59):
        worker.run_once(database)
    assert case_of(database, case).accepted_at is None
    with at("2026-09-21", 0):
        worker.run_once(database)

    found = case_of(database, case)
    assert (found.accepted_by, found.accepted_at) == ("law", found.received_at)
    assert limit(database, case, "statutory").started_on == date(2026, 9, 14)
    require_recounted(database, case)


def test_after_a_correction_the_office_has_five_days_for_what_came(
    database: Database, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY):
        told = Doing(stories.ZHAO, stories.EXAMINE_LICENCE, CORRECT)
        case = stories.play(database, stories.article(1, told), staff, demo=True)
    with at("2026-09-24"):
        do(database, case, staff[stories.ZHAO], "Activity_SubmitCorrection")
        worker.run_once(database)

    assert case_of(database, case).accepted_at is None
    notice = limit(database, case, "notice")
    assert (notice.started_on, notice.due_on) == (date(2026, 9, 24), date(2026, 10, 9))
    with at("2026-10-10", 0):
        worker.run_once(database)
    found = case_of(database, case)
    assert found.accepted_by == "law" and clock.local_date(found.accepted_at) == date(2026, 9, 24)
    assert limit(database, case, "statutory").started_on == date(2026, 9, 24)
    require_recounted(database, case)


def test_no_clock_of_a_decision_counts_a_day_of_correction_or_of_experts(
    database: Database, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY):
        case = stories.play(database, stories.article(1, *TO_REVIEW, risk="B"), staff, demo=True)
    with at("2026-09-16"):
        correct = {"review": "correct", "review_opinion": "缺一份材料", "correction_note": "补签章"}
        do(database, case, staff[stories.FENG], stories.REVIEW, correct)
    with at("2026-09-22"):
        do(database, case, staff[stories.ZHAO], "Activity_SubmitCorrection")
        do(database, case, staff[stories.FENG], stories.REVIEW, stories.APPROVE)
    with at("2026-10-12"):
        result = {"special_result": "风险可控"}
        do(database, case, staff[stories.FENG], "Activity_RecordSpecialResult", result)

    # Two days in September, then 18 more after the experts: 13-16, 19-23, 26-30 October, 2-5 November.
    assert limit(database, case, "statutory").due_on == date(2026, 11, 5)
    assert "special-procedure-notice" in papers_of(database, case)  # the time needed, in writing
    require_recounted(database, case)


def test_a_licence_is_delivered_within_ten_working_days_and_that_clock_never_stops(
    database: Database, staff: dict[str, Actor]
) -> None:
    signed = (
        *TO_REVIEW,
        Doing(stories.FENG, stories.REVIEW, stories.APPROVE),
        Doing(stories.CHU, stories.SIGN_DECISION, stories.SIGN),
    )
    with clock.at(MONDAY):
        case = stories.play(
            database, stories.article(1, *signed, delivery="window"), staff, demo=True
        )

    found = limit(database, case, "delivery")
    assert (found.days, found.unit, found.started_on) == (10, "workday", date(2026, 9, 14))
    assert found.due_on == date(2026, 9, 28)
    with reading(database) as session:
        assert deadlines.is_stopped(session, case_of(database, case)) is False
    assert limit(database, case, "statutory").met_on == date(2026, 9, 14)
    with at("2026-09-16"):
        do(database, case, staff[stories.ZHAO], "Activity_HandOver")
    assert limit(database, case, "delivery").met_on == date(2026, 9, 16)
    require_recounted(database, case)


def test_what_is_no_licence_has_no_limit_of_notice_or_delivery(
    database: Database, staff: dict[str, Actor]
) -> None:
    doings = (
        Doing(stories.LI, stories.EXAMINE, stories.ACCEPT),
        Doing(stories.ZHOU, stories.RECEIVE_CASE, stories.TAKE),
        Doing(stories.ZHOU, stories.REVIEW, stories.APPROVE),
        Doing(stories.ZHENG, stories.SIGN_DECISION, stories.SIGN),
    )
    with clock.at(MONDAY):
        case = stories.play(database, stories.pharmacy(1, *doings), staff, demo=True)

    with reading(database) as session:
        kinds = set(session.scalars(select(Deadline.kind).where(Deadline.instance_id == case)))
    assert kinds == {"promised"}
    require_recounted(database, case)


def test_a_closed_case_is_late_for_nothing_and_a_poor_evaluation_has_fifteen_days(
    database: Database, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY):
        case = stories.play(database, stories.tax(1, stories.PAID), staff, demo=True)
        with transaction(database) as session:
            evaluations.evaluate(
                session, case, 1, reasons=["slow"], channel="online", by=Actor.system()
            )

    found = limit(database, case, "rectify")
    assert (found.days, found.due_on, found.met_on) == (15, date(2026, 10, 10), None)
    require_recounted(database, case)


def test_sending_a_case_to_another_office_touches_no_clock(
    database: Database, staff: dict[str, Actor]
) -> None:
    accepted = Doing(stories.LI, stories.EXAMINE, stories.ACCEPT)
    with clock.at(MONDAY):
        case = stories.play(database, stories.pharmacy(1, accepted), staff, demo=True)
        before = limit(database, case, "promised").due_on
    with at("2026-09-16"):
        wrong = {"receipt": "wrong-office", "wrong_office_reason": "签约机构在涪陵区"}
        do(database, case, staff[stories.ZHOU], stories.RECEIVE_CASE, wrong)
        other = {"handling_office": "500102-ybj", "reroute_reason": "签约机构在涪陵区"}
        do(database, case, staff[stories.LI], "Activity_RerouteCase", other)

    assert limit(database, case, "promised").due_on == before
    require_recounted(database, case)


def test_an_extension_is_recounted_as_well(database: Database, staff: dict[str, Actor]) -> None:
    asking = {"review": "special", "review_opinion": "尚需核查", "special_kind": "extension"}
    asking |= {"special_reason": "案情复杂", "special_days": 10}  # type: ignore[dict-item]
    with clock.at(MONDAY):
        case = stories.play(database, stories.article(1, *TO_REVIEW), staff, demo=True)
        do(database, case, staff[stories.FENG], stories.REVIEW, asking)
        approve = {"extension": "approve"}
        do(database, case, staff[stories.CHU], "Activity_ApproveExtension", approve)

    assert limit(database, case, "statutory").due_on == date(2026, 10, 30)
    require_recounted(database, case)


def test_every_story_of_the_demonstration_recounts(
    database: Database, staff: dict[str, Actor]
) -> None:
    story: Story
    for story in stories.STORIES:
        with clock.at(MONDAY):
            case = stories.play(database, story, staff, demo=True)
        require_recounted(database, case)
