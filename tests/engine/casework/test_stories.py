"""The main job, end to end in the engine: three matters, from intake to the closing feedback."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.casework import acceptance, cases, deadlines, deliveries, worklists
from engine.casework.demonstration import stories
from engine.casework.demonstration.stories import Doing
from engine.db import reading, transaction
from engine.models import OPEN_STATES, Delivery, Instance, Job, Task
from engine.process import assignment, worker
from engine.record import history
from engine.record.verify import verify
from tests.engine.casework.acting import case_of, do, papers_of

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def test_a_tax_declaration_finishes_in_one_sitting(database, staff):
    instance_id = stories.play(database, stories.tax(1, stories.PAID), staff, demo=True)

    case = case_of(database, instance_id)
    assert (case.outcome, case.stage, case.handling_office_id) == (
        "granted",
        "closed",
        "500103-tax",
    )
    assert papers_of(database, instance_id) == [
        "receipt",
        "acceptance-notice",
        "declaration-receipt",
        "delivery-receipt",
    ]
    assert case.closed_at is not None  # its process goes on for the evaluation
    with reading(database) as session:
        assert session.get_one(Instance, instance_id).status == "running"
        assert verify(session, instance_id).first_bad is None


def test_a_declaration_that_differs_from_its_invoices_is_verified_first(database, staff):
    story = stories.tax(2, declared_sales="90000.00")
    instance_id = stories.play(database, story, staff, demo=True)

    do(database, instance_id, staff[stories.SUN], stories.RECEIVE_CASE, stories.TAKE)
    do(
        database,
        instance_id,
        staff[stories.SUN],
        "Activity_VerifyDeclaration",
        {"verification": "passed", "verification_note": "差异为红字发票，已核实。"},
    )

    with reading(database) as session:
        stories.waiting(session, instance_id, "Activity_ConfirmPayment")


def test_a_change_granted_by_two_persons_goes_out_and_the_window_sees_it(database, staff):
    story = stories.pharmacy(
        1,
        Doing(stories.LI, stories.EXAMINE, stories.ACCEPT),
        Doing(stories.ZHOU, stories.RECEIVE_CASE, stories.TAKE),
        Doing(stories.ZHOU, stories.REVIEW, stories.APPROVE),
        Doing(stories.ZHENG, stories.SIGN_DECISION, stories.SIGN),
        Doing(stories.LI, "Activity_HandOver"),
    )
    instance_id = stories.play(database, story, staff, demo=True)

    assert case_of(database, instance_id).outcome == "granted"
    with reading(database) as session:
        line = worklists.feedback(session, staff[stories.LI])[0]
    assert (line.instance_id, line.feedback_seen) == (instance_id, False)


def test_the_reviewer_cannot_sign_the_decision(database, staff):
    story = stories.pharmacy(
        2,
        Doing(stories.LI, stories.EXAMINE, stories.ACCEPT),
        Doing(stories.ZHENG, stories.RECEIVE_CASE, stories.TAKE),
        Doing(stories.ZHENG, stories.REVIEW, stories.APPROVE),
    )
    instance_id = stories.play(database, story, staff, demo=True)

    with pytest.raises(assignment.SamePersonForbidden):
        do(database, instance_id, staff[stories.ZHENG], stories.SIGN_DECISION, stories.SIGN)


def test_a_refused_application_ends_with_its_reason(database, staff):
    story = stories.pharmacy(3, Doing(stories.LI, stories.EXAMINE, stories.REFUSE))
    instance_id = stories.play(database, story, staff, demo=True)

    case = case_of(database, instance_id)
    assert (case.outcome, case.accepted_at) == ("not-accepted", None)
    assert "refusal-of-acceptance" in papers_of(database, instance_id)


def test_a_correction_is_told_once_and_answered(database, staff):
    story = stories.pharmacy(4, Doing(stories.LI, stories.EXAMINE, stories.CORRECT))
    instance_id = stories.play(database, story, staff, demo=True)

    do(database, instance_id, staff[stories.WANG], "Activity_SubmitCorrection")
    do(database, instance_id, staff[stories.LI], stories.EXAMINE, stories.ACCEPT)

    assert case_of(database, instance_id).stage == "handling"
    assert papers_of(database, instance_id).count("correction-notice") == 1


def test_a_wrongly_routed_case_comes_back_and_keeps_its_clock(database, staff):
    story = stories.pharmacy(5, Doing(stories.LI, stories.EXAMINE, stories.ACCEPT))
    with clock.at(MONDAY):
        instance_id = stories.play(database, story, staff, demo=True)
    with reading(database) as session:
        before = deadlines.find(session, case_of(database, instance_id), "promised").due_on

    with clock.at(MONDAY + timedelta(days=1)):
        do(
            database,
            instance_id,
            staff[stories.ZHOU],
            stories.RECEIVE_CASE,
            {"receipt": "wrong-office", "wrong_office_reason": "药店签约机构在涪陵区。"},
        )
        do(
            database,
            instance_id,
            staff[stories.LI],
            "Activity_RerouteCase",
            {"handling_office": "500102-ybj", "reroute_reason": "签约机构在涪陵区。"},
        )

    assert case_of(database, instance_id).handling_office_id == "500102-ybj"
    with reading(database) as session:
        task = session.get_one(Task, stories.waiting(session, instance_id, stories.RECEIVE_CASE))
        assert task.office_id == "500102-ybj"
        assert deadlines.find(session, case_of(database, instance_id), "promised").due_on == before


def test_a_case_is_not_accepted_while_a_required_material_is_missing(database, staff):
    story = stories.pharmacy(10)
    lacking = {"change-application": "missing"}
    bare = stories.Story(11, story.window, story.applicant, story.form, lacking)
    instance_id = stories.play(database, bare, staff, demo=True)

    with pytest.raises(acceptance.MaterialsMissing) as refused:
        do(database, instance_id, staff[stories.LI], stories.EXAMINE, stories.ACCEPT)

    assert "信息变更申请表" in refused.value.params["materials"]
    assert case_of(database, instance_id).accepted_at is None


@pytest.mark.parametrize(
    ("kind", "outcome"), [("withdraw", "withdrawn"), ("terminate", "terminated")]
)
def test_a_case_can_be_stopped_while_it_is_reviewed(database, staff, kind, outcome):
    story = stories.article(
        1,
        Doing(stories.ZHAO, stories.EXAMINE_LICENCE, stories.ACCEPT),
        Doing(stories.FENG, stories.RECEIVE_CASE, stories.TAKE),
        stop=(kind, "申请人来函说明理由。"),
    )
    instance_id = stories.play(database, story, staff, demo=True)

    assert case_of(database, instance_id).outcome == outcome
    with reading(database) as session:
        open_tasks = select(Task).where(
            Task.instance_id == instance_id, Task.state.in_(OPEN_STATES)
        )
        assert session.scalars(open_tasks).all() == []


def test_a_stop_needs_a_reason(database, staff):
    instance_id = stories.play(database, stories.pharmacy(6), staff, demo=True)

    with pytest.raises(cases.ReasonMissing), transaction(database) as session:
        case = cases.get(session, instance_id)
        cases.stop(session, case, "withdraw", reason=" ", by=staff[stories.LI])


def test_a_licence_nobody_answers_counts_as_accepted_from_its_receipt(database, staff):
    with clock.at(MONDAY):
        instance_id = stories.play(database, stories.article(2), staff, demo=True)

    with clock.at(MONDAY + timedelta(days=6)):
        worker.run_once(database)
    assert case_of(database, instance_id).accepted_at is None
    with clock.at(MONDAY + timedelta(days=8)):
        worker.run_once(database)

    case = case_of(database, instance_id)
    assert (case.accepted_by, case.accepted_at) == ("law", case.received_at)
    with reading(database) as session:
        limit = deadlines.find(session, case, "statutory")
        assert (limit.days, limit.started_on) == (20, clock.local_date(MONDAY))


@pytest.mark.parametrize("story", [stories.tax(7), stories.pharmacy(7)])
def test_deemed_acceptance_never_runs_for_what_is_no_licence(database, staff, story):
    received_only = stories.Story(
        story.matter_no, story.window, story.applicant, story.form, story.materials
    )
    with clock.at(MONDAY):
        instance_id = stories.play(database, received_only, staff, demo=True)

    with reading(database) as session:
        assert session.scalars(select(Job).where(Job.instance_id == instance_id)).all() == []
    with clock.at(MONDAY + timedelta(days=30)):
        worker.run_once(database)
    assert case_of(database, instance_id).accepted_at is None


def test_a_high_risk_stops_the_clock_for_the_experts(database, staff):
    story = stories.article(
        3,
        Doing(stories.ZHAO, stories.EXAMINE_LICENCE, stories.ACCEPT),
        Doing(stories.FENG, stories.RECEIVE_CASE, stories.TAKE),
        Doing(stories.FENG, stories.REVIEW, stories.APPROVE),
        risk="B",
    )
    with clock.at(MONDAY):
        instance_id = stories.play(database, story, staff, demo=True)
        with reading(database) as session:
            assert deadlines.is_stopped(session, case_of(database, instance_id))

    with clock.at(MONDAY + timedelta(days=7)):
        do(
            database,
            instance_id,
            staff[stories.CHEN],
            "Activity_RecordSpecialResult",
            {"special_result": "风险可控。"},
        )
        do(database, instance_id, staff[stories.CHU], stories.SIGN_DECISION, stories.SIGN)

    case = case_of(database, instance_id)
    assert case.outcome == "granted"
    with reading(database) as session:
        view = deadlines.status(session, case, kind="statutory")
        assert view.stopped_days == 5
    assert "special-procedure-notice" in papers_of(database, instance_id)


def test_a_returned_parcel_is_handed_over_at_the_window(database, staff):
    story = stories.pharmacy(
        8,
        Doing(stories.LI, stories.EXAMINE, stories.ACCEPT),
        Doing(stories.ZHOU, stories.RECEIVE_CASE, stories.TAKE),
        Doing(stories.ZHOU, stories.REVIEW, stories.APPROVE),
        Doing(stories.ZHENG, stories.SIGN_DECISION, stories.SIGN),
        Doing(stories.ZHOU, "Activity_SendParcel", {"courier": "EMS", "waybill": "EA000000001CN"}),
        delivery="courier",
    )
    instance_id = stories.play(database, story, staff, demo=True)
    with transaction(database) as session:
        case = cases.get(session, instance_id)
        deliveries.track(session, case, "in-transit", by=staff[stories.ZHOU])

    back = {"tracking": "returned", "tracking_note": "查无此人"}
    do(database, instance_id, staff[stories.ZHOU], "Activity_TrackParcel", back)
    do(
        database,
        instance_id,
        staff[stories.LI],
        "Activity_DecideReturned",
        {"returned_choice": "window"},
    )
    do(database, instance_id, staff[stories.LI], "Activity_HandOver")

    with reading(database) as session:
        query = select(Delivery).where(Delivery.instance_id == instance_id)
        found = [(d.method, d.state) for d in session.scalars(query.order_by(Delivery.number))]
    assert found == [("courier", "returned"), ("window", "delivered")]
    assert case_of(database, instance_id).outcome == "granted"


def test_the_record_names_everybody_and_holds_no_name_of_the_applicant(database, staff):
    instance_id = stories.play(database, stories.tax(9, stories.PAID), staff, demo=True)

    with reading(database) as session:
        events = history.events(session, instance_id, limit=500)
        kept = str(session.get_one(Instance, instance_id).variables)
    types = [event.type for event in events]
    assert types[0] == "instance.started" and types[-1] != types[0]
    assert {"case.received", "case.accepted", "case.decided", "case.closed"} <= set(types)
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert "虚构商贸第9有限公司" not in kept + str(events)
