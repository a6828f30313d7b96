"""Extensions: once, within the law, by another person than the reviewer, and without a stop."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from catalogue import loader
from engine import clock
from engine.casework import deadlines, extensions
from engine.casework.demonstration import stories
from engine.casework.demonstration.stories import Doing
from engine.db import Database, reading
from engine.models import Deadline
from engine.people.identity import Actor
from engine.process import assignment
from tests.engine.casework.acting import case_of, do, events_of, papers_of

MONDAY = datetime(2026, 9, 14, 2, tzinfo=UTC)
REASON = "案情复杂，需要补充核查。"
APPROVE = {"extension": "approve"}
LICENCE = (
    Doing(stories.ZHAO, stories.EXAMINE_LICENCE, stories.ACCEPT),
    Doing(stories.FENG, stories.RECEIVE_CASE, stories.TAKE),
)


def asking(days: int = 10) -> dict[str, Any]:
    special = {"special_kind": "extension", "special_reason": REASON, "special_days": days}
    return {"review": "special", "review_opinion": "尚需核查。", **special}


def limits(database: Database, case: UUID) -> dict[str, Deadline]:
    with reading(database) as session:
        found = case_of(database, case)
        kinds = ("statutory", "promised", "lower-review")
        rows = {kind: deadlines.find(session, found, kind) for kind in kinds}
        session.expunge_all()
        return {kind: row for kind, row in rows.items() if row is not None}


@pytest.fixture
def reviewed(database: Database, staff: dict[str, Actor]) -> UUID:
    """A licence that waits for its review, accepted on a Monday."""
    with clock.at(MONDAY):
        return stories.play(database, stories.article(1, *LICENCE), staff, demo=True)


def test_the_head_extends_both_limits_and_no_clock_stops(
    database: Database, reviewed: UUID, staff: dict[str, Actor]
) -> None:
    before = limits(database, reviewed)["statutory"].due_on
    with clock.at(MONDAY + timedelta(days=7)):
        do(database, reviewed, staff[stories.FENG], stories.REVIEW, asking())
        do(database, reviewed, staff[stories.CHU], "Activity_ApproveExtension", APPROVE)

    rows = limits(database, reviewed)
    assert {row.days for row in rows.values()} == {30}
    assert {row.extended_days for row in rows.values()} == {10}
    assert before == date(2026, 10, 16) and rows["statutory"].due_on == date(2026, 10, 30)
    assert events_of(database, reviewed, "clock.stopped") == []
    assert papers_of(database, reviewed)[-1] == "extension-notice"
    with reading(database) as session:
        stories.waiting(session, reviewed, stories.REVIEW)
    (told,) = [
        one
        for one in events_of(database, reviewed, "clock.extended")
        if one["kind"][1] == "statutory"
    ]
    assert (told["reason"][1], told["days"]) == (REASON, (20, 30))


def test_whoever_reviewed_cannot_approve(database: Database, staff: dict[str, Actor]) -> None:
    with clock.at(MONDAY):
        doings = (LICENCE[0], Doing(stories.CHU, stories.RECEIVE_CASE, stories.TAKE))
        case = stories.play(database, stories.article(2, *doings), staff, demo=True)
        do(database, case, staff[stories.CHU], stories.REVIEW, asking())

        with pytest.raises(assignment.SamePersonForbidden):
            do(database, case, staff[stories.CHU], "Activity_ApproveExtension", APPROVE)
        with pytest.raises(assignment.TaskNotYours):
            do(database, case, staff[stories.FENG], "Activity_ApproveExtension", APPROVE)


def test_what_is_not_approved_changes_no_limit(
    database: Database, reviewed: UUID, staff: dict[str, Actor]
) -> None:
    refuse = {"extension": "reject", "extension_note": "可以按期办结。"}
    with clock.at(MONDAY):
        do(database, reviewed, staff[stories.FENG], stories.REVIEW, asking())
        do(database, reviewed, staff[stories.CHU], "Activity_ApproveExtension", refuse)

    assert {row.days for row in limits(database, reviewed).values()} == {20}
    assert "extension-notice" not in papers_of(database, reviewed)


def test_a_limit_is_extended_once(
    database: Database, reviewed: UUID, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY):
        do(database, reviewed, staff[stories.FENG], stories.REVIEW, asking(3))
        do(database, reviewed, staff[stories.CHU], "Activity_ApproveExtension", APPROVE)

        with pytest.raises(deadlines.AlreadyExtended):
            do(database, reviewed, staff[stories.FENG], stories.REVIEW, asking(3))

    assert {row.days for row in limits(database, reviewed).values()} == {23}


@pytest.mark.parametrize("days", [11, 365])
def test_the_law_gives_ten_days_at_most(
    database: Database, reviewed: UUID, staff: dict[str, Actor], days: int
) -> None:
    with clock.at(MONDAY), pytest.raises(extensions.ExtensionTooLong):
        do(database, reviewed, staff[stories.FENG], stories.REVIEW, asking(days))


def test_a_limit_that_has_passed_is_not_extended(
    database: Database, reviewed: UUID, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY + timedelta(days=33)), pytest.raises(extensions.ExtensionTooLate):
        do(database, reviewed, staff[stories.FENG], stories.REVIEW, asking())
    with clock.at(MONDAY + timedelta(days=32)):  # the last day
        do(database, reviewed, staff[stories.FENG], stories.REVIEW, asking())
    with clock.at(MONDAY + timedelta(days=33)), pytest.raises(extensions.ExtensionTooLate):
        do(database, reviewed, staff[stories.CHU], "Activity_ApproveExtension", APPROVE)


def test_what_is_no_licence_is_not_extended(database: Database, staff: dict[str, Actor]) -> None:
    doings = (
        Doing(stories.LI, stories.EXAMINE, stories.ACCEPT),
        Doing(stories.ZHOU, stories.RECEIVE_CASE, stories.TAKE),
    )
    with clock.at(MONDAY):
        case = stories.play(database, stories.pharmacy(1, *doings), staff, demo=True)
        with pytest.raises(extensions.ExtensionNotAllowed):
            do(database, case, staff[stories.ZHOU], stories.REVIEW, asking(1))


def test_only_licences_have_an_extension_by_law() -> None:
    for matter in loader.load().matters.values():
        given = matter.limits.extension
        if matter.extension is not None and given is None:
            assert matter.is_licence and matter.limits.statutory is not None
            days = (matter.limits.statutory.days, matter.extension.days)
            assert days in ((20, 10), (45, 15))
        if given is not None:
            assert given.basis and given.confidence
