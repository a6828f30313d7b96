"""Corrections: what is left behind when nobody answers, and what an answer may change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalogue import loader
from engine import clock
from engine.bpmn import parser
from engine.casework import amendments, cases, intake
from engine.casework.demonstration import stories
from engine.casework.demonstration.stories import Doing
from engine.db import reading, transaction
from engine.models import Instance
from engine.process import worker
from tests.engine.casework.acting import case_of, do, events_of
from tests.processes.diagrams import FOLDER

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
CORRECT = {
    "review": "correct",
    "review_opinion": "应急预案不完整。",
    "correction_note": "补充应急预案。",
}


DIFFERENT = stories.tax(
    3,
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
)


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
        DIFFERENT,
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


def amend(database, instance_id, who, typed):
    with transaction(database) as session:
        key = stories.waiting(session, instance_id, amendments.SUBMIT)
        return amendments.submit(session, key, typed, by=who)


def test_a_corrected_declaration_goes_on_with_its_new_figures(database, staff):
    instance_id = stories.play(database, DIFFERENT, staff, demo=True)

    typed = {"declared_sales": "120000.00", "tax_payable": "15700"}
    amend(database, instance_id, staff[stories.LI], typed)

    with reading(database) as session:
        case = cases.get(session, instance_id)
        variables = session.get_one(Instance, instance_id).variables
        assert amendments.present(session, case)["declared_sales"] == "120000.00"
        assert variables["tax_payable"] == 1_570_000
        stories.waiting(session, instance_id, "Activity_VerifyDeclaration")
    assert events_of(database, instance_id, "application.amended") == [
        {
            "form.declared_sales": (9_000_000, 12_000_000),
            "form.tax_payable": (1_560_000, 1_570_000),
        }
    ]


def test_a_correction_without_other_answers_changes_none(database, staff):
    instance_id = stories.play(database, DIFFERENT, staff, demo=True)

    amend(database, instance_id, staff[stories.LI], {"declared_sales": "90000"})

    assert events_of(database, instance_id, "application.amended") == []


def test_an_answer_that_another_hides_is_given_up(database, staff):
    instance_id = stories.play(database, DIFFERENT, staff, demo=True)

    amend(database, instance_id, staff[stories.LI], {"is_zero_declaration": "yes"})

    with reading(database) as session:
        case = cases.get(session, instance_id)
        assert "output_tax" not in amendments.present(session, case)
        assert session.get_one(Instance, instance_id).variables["tax_payable"] == 0


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"declared_sales": "-1"}, {"form.declared_sales": "too-small"}),
        ({"registered_district": "500102"}, {"form.registered_district": "unknown-field"}),
        ({"no_such": "1"}, {"form.no_such": "unknown-field"}),
    ],
)
def test_what_may_not_be_corrected_leaves_the_case_untouched(database, staff, typed, wrong):
    instance_id = stories.play(database, DIFFERENT, staff, demo=True)

    with pytest.raises(intake.ApplicationInvalid) as refused:
        amend(database, instance_id, staff[stories.LI], typed)

    assert {name: code for name, (code, _facts) in refused.value.errors.items()} == wrong
    with reading(database) as session:
        stories.waiting(session, instance_id, amendments.SUBMIT)


def test_a_process_that_names_no_answers_lets_none_be_changed(database, staff):
    story = stories.pharmacy(4, Doing(stories.LI, stories.EXAMINE, stories.CORRECT))
    instance_id = stories.play(database, story, staff, demo=True)

    with reading(database) as session:
        assert amendments.fields(session, cases.get(session, instance_id)) == ()


def test_what_a_process_lets_be_corrected_some_matter_of_it_asks():
    known = loader.load().matters.values()
    for model in parser.parse(
        {str(path): path.read_bytes() for path in FOLDER.glob("*/*.bpmn")}
    ).processes.values():
        named = dict(model.extensions.properties).get(amendments.PROPERTY, "").split()
        asked = {
            one.key for matter in known if matter.category == model.id for one in matter.fields
        }
        assert set(named) <= asked | {amendments.ALL}, model.id
