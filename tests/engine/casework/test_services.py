"""Reports, registrations, certificates, enquiries and clearance, played through the real engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from catalogue import loader
from catalogue.matter import FieldType, FormField, Matter
from engine import clock
from engine.casework.demonstration import applicants, stories
from engine.casework.demonstration.stories import Doing, Story
from engine.db import Database, reading
from engine.errors import EngineError
from engine.models import Instance
from engine.people.identity import Actor
from engine.process import worker
from engine.record import history, personal
from tests.engine.casework.acting import case_of, do, events_of, papers_of

CATALOGUE = loader.load()
CATEGORIES = ("info-report", "registration", "certificate", "query-consult", "deregistration")
MATTERS = [one for one in CATALOGUE.matters.values() if one.category in CATEGORIES and one.is_open]
MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
ANSWERS = {FieldType.DATE: "2026-10-30", FieldType.DISTRICT: "500103", FieldType.MONEY: "100.00"}
PATTERNS = {
    "[0-9]{8,30}": "600000000001",
    "[0-9A-HJ-NPQRTUWXY]{18}": "91500101MA00000009",
    "[0-9A-Z]{15,20}": "91500101MA00000009",
    "[0-9+ -]{7,20}": "00000000000",
}
LI, SUN, HEAD = stories.LI, stories.SUN, "yuzhong-tax.he"
ACCEPTED = Doing(LI, stories.EXAMINE, stories.ACCEPT)
ROUTED = Doing(SUN, stories.RECEIVE_CASE, stories.TAKE)
SIGNED = Doing(HEAD, stories.SIGN_DECISION, stories.SIGN)
REPORTED = Doing(
    LI, "Activity_CheckReport", {"report_finding": "consistent", "timeliness": "on-time"}
)
AT_ONCE = {
    "info-report": [ACCEPTED, REPORTED],
    "registration": [
        ACCEPTED,
        Doing(LI, "Activity_VerifyRegistration", {"verification": "passed"}),
    ],
    "certificate": [
        ACCEPTED,
        Doing(
            LI,
            "Activity_LookUpRecord",
            {"record": "found", "result_number": "0001", "result_statement": "已入库100.00元"},
        ),
    ],
    "query-consult": [
        Doing(
            LI,
            "Activity_AnswerAtWindow",
            {"answer": "answered", "result_statement": "依照有关规定办理。"},
        )
    ],
    "deregistration": [ACCEPTED, Doing(LI, "Activity_ScanUnsettled", {"scan": "clear"})],
}


def play(database: Database, staff: dict[str, Actor], no: int, *doings: Doing, **form: Any) -> UUID:
    matter = CATALOGUE.by_no(no)
    person = matter.applicant_kinds == {"person"}
    who = applicants.person(no) if person else applicants.body(600 + no, "虚构商贸有限公司")
    answers = filled(matter, form)
    story = Story(no, LI, who, answers, {}, doings, delivery="on-the-spot")
    return stories.play(database, story, staff, demo=True)


def filled(matter: Matter, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer to every question of a matter; `given` goes before."""
    answers: dict[str, Any] = {}
    for one in matter.fields:
        if one.is_asked(answers):
            answers[one.key] = given.get(one.key, _answer(one))
    return answers


def _answer(one: FormField) -> Any:
    if one.type in ANSWERS:
        return ANSWERS[one.type]
    if one.type is FieldType.NUMBER:
        return str(max(one.min or 0, min(2025, one.max or 2025)))
    if one.options:
        return [one.options[0].value] if one.type is FieldType.CHECKBOX else one.options[0].value
    return PATTERNS.get(one.pattern or "", "虚构")


@pytest.mark.parametrize("matter", MATTERS, ids=lambda one: f"{one.no:03d}")
def test_every_matter_is_done_in_one_sitting(database, staff, matter):
    instance_id = play(database, staff, matter.no, *AT_ONCE[matter.category])

    case = case_of(database, instance_id)
    assert (case.outcome, case.stage) == ("granted", "closed")
    accepted = [] if matter.category == "query-consult" else ["acceptance-notice"]
    assert papers_of(database, instance_id) == [
        "receipt",
        *accepted,
        "result",
        "delivery-receipt",
    ]


def test_a_late_report_is_taken_and_its_receipt_says_so(database, staff):
    late = Doing(LI, "Activity_CheckReport", {"report_finding": "consistent", "timeliness": "late"})
    with clock.at(MONDAY):
        instance_id = play(database, staff, 22, ACCEPTED, late, happened_on="2026-09-01")

    assert case_of(database, instance_id).outcome == "granted"
    (event,) = events_of(database, instance_id, "duty.late")
    assert event["due_on"][1] == "2026-09-16"
    with reading(database) as session:
        kept = session.get_one(Instance, instance_id).variables
    assert "责令限期改正" in kept["result_statement"] and kept["is_late"] is True


def test_a_report_is_corrected_answers_and_all(database, staff):
    differs = {"report_finding": "different", "correction_note": "账户性质填写有误。"}
    instance_id = play(database, staff, 22, ACCEPTED, Doing(LI, "Activity_CheckReport", differs))

    do(database, instance_id, staff[LI], "Activity_SubmitCorrection")
    do(database, instance_id, staff[LI], "Activity_CheckReport", dict(REPORTED.values))

    assert case_of(database, instance_id).outcome == "granted"
    assert papers_of(database, instance_id).count("correction-notice") == 1


def test_a_general_taxpayer_who_chose_small_scale_is_decided_on_by_the_tax_office(database, staff):
    instance_id = play(
        database,
        staff,
        25,
        *AT_ONCE["registration"],
        ROUTED,
        Doing(SUN, stories.REVIEW, {"review": "reject", "review_opinion": "两项互斥。"}),
        SIGNED,
        small_scale_statement="yes",
    )

    case = case_of(database, instance_id)
    assert (case.outcome, case.outcome_reason) == ("refused", "两项互斥。")
    assert "result" not in papers_of(database, instance_id)


def test_somebody_referred_is_registered_after_a_signature(database, staff):
    refer = {"verification": "refer", "verification_note": "关联非正常户。"}
    instance_id = play(
        database,
        staff,
        20,
        ACCEPTED,
        Doing(LI, "Activity_VerifyRegistration", refer),
        ROUTED,
        Doing(SUN, stories.REVIEW, {"review": "approve", "review_opinion": "已解除。"}),
        SIGNED,
    )

    assert case_of(database, instance_id).outcome == "granted"
    assert "result" in papers_of(database, instance_id)


def test_nothing_on_record_ends_in_a_notice(database, staff):
    nothing = {"record": "none", "result_statement": "2025年没有入库税款。"}
    instance_id = play(database, staff, 82, ACCEPTED, Doing(LI, "Activity_LookUpRecord", nothing))

    assert case_of(database, instance_id).outcome == "granted"
    assert "no-record-notice" in papers_of(database, instance_id)


def test_an_agent_without_an_authorisation_is_not_accepted(database, staff):
    matter = CATALOGUE.by_no(83)
    lacking = {one.key: "received" for one in matter.materials} | {"authorisation": "missing"}
    answers = filled(matter, {"applied_by": "agent"})
    story = Story(83, LI, applicants.person(83), answers, lacking, (ACCEPTED,))

    with pytest.raises(EngineError) as refused:
        stories.play(database, story, staff, demo=True)

    assert "授权委托书" in refused.value.params["materials"]


def test_what_is_certified_reaches_no_variable_and_no_event(database, staff):
    instance_id = play(database, staff, 83, *AT_ONCE["certificate"])

    with reading(database) as session:
        events = str(history.events(session, instance_id, limit=500))
        variables = str(session.get_one(Instance, instance_id).variables)
        kept = personal.values(session, instance_id)
    assert kept["result_statement"] == "已入库100.00元"
    assert "已入库" not in events + variables


def test_an_enquiry_that_the_window_cannot_answer_is_answered_by_the_office(database, staff):
    on = {"answer": "refer", "answer_note": "涉及跨年度调整。"}
    instance_id = play(
        database,
        staff,
        108,
        Doing(LI, "Activity_AnswerAtWindow", on),
        ROUTED,
        Doing(SUN, "Activity_AnswerEnquiry", {"result_statement": "依照企业所得税法第五十条。"}),
    )

    assert case_of(database, instance_id).outcome == "granted"
    assert "acceptance-notice" not in papers_of(database, instance_id)


OPEN = Doing(
    LI, "Activity_ScanUnsettled", {"scan": "committable", "unsettled_items": "九月增值税未申报。"}
)
SIGNS = Doing(
    LI, "Activity_SignCommitment", {"commitment_choice": "signed", "make_good_by": "2026-11-20"}
)


def test_a_commitment_is_cleared_at_once_and_followed(database, staff):
    with clock.at(MONDAY):
        instance_id = play(database, staff, 106, ACCEPTED, OPEN, SIGNS)
        assert case_of(database, instance_id).outcome == "granted"
        made = {"make_good": "done", "make_good_note": "已补申报。"}
        do(database, instance_id, staff[SUN], "Activity_ConfirmMadeGood", made)
    with clock.at(MONDAY + timedelta(days=60)):  # nobody evaluates, and the case is archived
        worker.run_once(database)
        worker.run_once(database)

    assert events_of(database, instance_id, "clearance.kept")
    with reading(database) as session:
        assert session.get_one(Instance, instance_id).status == "completed"


def test_a_promised_day_that_passes_breaks_the_commitment(database, staff):
    with clock.at(MONDAY):
        instance_id = play(database, staff, 106, ACCEPTED, OPEN, SIGNS)
    with clock.at(MONDAY + timedelta(days=18)):
        worker.run_once(database)
        assert not events_of(database, instance_id, "clearance.broken")
    with clock.at(MONDAY + timedelta(days=19)):
        worker.run_once(database)

    assert events_of(database, instance_id, "clearance.broken")
    assert case_of(database, instance_id).outcome == "granted"


@pytest.mark.parametrize(
    ("no", "doings", "form"),
    [
        (106, [OPEN, Doing(LI, "Activity_SignCommitment", {"commitment_choice": "declined"})], {}),
        (106, [OPEN], {"qualification": "none"}),
        (107, [OPEN], {}),
    ],
)
def test_without_a_commitment_the_open_matters_are_told(database, staff, no, doings, form):
    instance_id = play(database, staff, no, ACCEPTED, *doings, **form)

    case = case_of(database, instance_id)
    assert (case.outcome, case.outcome_reason) == ("refused", "九月增值税未申报。")
    assert papers_of(database, instance_id)[-2:] == ["unsettled-notice", "delivery-receipt"]
