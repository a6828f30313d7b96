"""Corrections: what is left behind when nobody answers, and what an answer may change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import clock
from engine.casework.demonstration import stories
from engine.casework.demonstration.stories import Doing
from engine.process import worker
from tests.engine.casework.acting import case_of, do

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
CORRECT = {
    "review": "correct",
    "review_opinion": "应急预案不完整。",
    "correction_note": "补充应急预案。",
}


def test_a_correction_that_lapsed_leaves_no_reason_when_the_case_is_granted(database, staff):
    story = stories.article(
        1,
        Doing(stories.ZHAO, stories.EXAMINE_LICENCE, stories.ACCEPT),
        Doing(stories.FENG, stories.RECEIVE_CASE, stories.TAKE),
        Doing(stories.FENG, stories.REVIEW, CORRECT),
    )
    with clock.at(MONDAY):
        instance_id = stories.play(database, story, staff, demo=True)
    with clock.at(MONDAY + timedelta(days=20)):
        worker.run_once(database)
        assert case_of(database, instance_id).outcome_reason is None

        do(database, instance_id, staff[stories.FENG], stories.REVIEW, stories.APPROVE)
        do(database, instance_id, staff[stories.CHU], stories.SIGN_DECISION, stories.SIGN)

    case = case_of(database, instance_id)
    assert (case.outcome, case.outcome_reason) == ("granted", None)


@pytest.mark.parametrize(
    "story",
    [
        stories.pharmacy(1, Doing(stories.LI, stories.EXAMINE, stories.CORRECT)),
        stories.tax(
            2,
            Doing(stories.SUN, stories.RECEIVE_CASE, stories.TAKE),
            Doing(
                stories.SUN,
                "Activity_VerifyDeclaration",
                {
                    "verification": "correct",
                    "verification_note": "漏报销售额。",
                    "correction_note": "请更正申报销售额。",
                },
            ),
            declared_sales="90000.00",
        ),
    ],
    ids=["before acceptance", "a declaration"],
)
def test_a_case_that_ends_by_a_lapsed_correction_says_so(database, staff, story):
    with clock.at(MONDAY):
        instance_id = stories.play(database, story, staff, demo=True)

    with clock.at(MONDAY + timedelta(days=20)):
        worker.run_once(database)

    case = case_of(database, instance_id)
    assert (case.outcome, case.outcome_reason) == ("lapsed", "补正通知期限届满未补正")
