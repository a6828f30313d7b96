"""Taxation through the real engine: refunds, assessed taxes, and corrections of a declaration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from engine.casework import taxation
from engine.casework.demonstration import applicants, stories
from engine.casework.demonstration.stories import Doing, Story
from engine.db import Database, transaction
from engine.people.identity import Actor
from engine.process import locking
from engine.process.operations import OperationCall
from tests.engine.casework.acting import case_of, do, events_of, papers_of

NOW = datetime(2026, 11, 10, 2, tzinfo=UTC)
YEAR = {"registered_district": "500103", "period_from": "2025-01-01", "period_to": "2025-12-31"}
SETTLEMENT = YEAR | {
    "declared_base": "1000000.00",
    "recorded_base": "1000000.00",
    "has_related_parties": "no",
    "tax_computed": "250000.00",
    "has_relief": "no",
    "prepaid_tax": "260000.00",
    "tax_payable": "0",
    "tax_refundable": "10000.00",
}
HOME = {
    "source_district": "500103",
    "contract_on": "2026-10-08",
    "transfer_kind": "second-hand",
    "taxable_area": "90",
    "registration": "yes",
    "declared_price": "600000.00",
    "reference_price": "900000.00",
    "relief_claimed": "yes",
    "relief_item": "only-home",
    "tax_payable": "6000.00",
}
CORRECTION = YEAR | {
    "tax_kind": "vat",
    "original_due_on": "2026-01-20",
    "period_state": "open",
    "original_tax": "100.00",
    "corrected_tax": "150.00",
    "correction_direction": "more",
    "tax_payable": "50.00",
    "relief_claimed": "no",
}
ACCEPTED = Doing(stories.LI, stories.EXAMINE, stories.ACCEPT)
ROUTED = Doing(stories.SUN, stories.RECEIVE_CASE, stories.TAKE)
SUPERVISOR = "yuzhong-tax.he"


def play(
    database: Database, staff: dict[str, Actor], no: int, form: dict[str, Any], *doings: Doing
) -> UUID:
    who = applicants.body(500 + no, "虚构商贸有限公司")
    story = Story(no, stories.LI, who, form, {}, (ACCEPTED, *doings), delivery="on-the-spot")
    return stories.play(database, story, staff, demo=True)


def approve(refund: str) -> Doing:
    note = {"refund": refund, "refund_note": "全年预缴多于应纳。"}
    return Doing(SUPERVISOR, "Activity_ApproveRefund", note)


def test_a_refund_is_approved_by_one_and_recorded_by_another_after_the_receipt(database, staff):
    instance_id = play(database, staff, 48, SETTLEMENT, ROUTED, approve("approve"))
    assert papers_of(database, instance_id)[-1] == "declaration-receipt"

    voucher = {"refund_voucher": "TK-0001", "refunded_on": "2026-06-10"}
    do(database, instance_id, staff[stories.SUN], "Activity_RecordRefund", voucher)

    assert "refund-notice" in papers_of(database, instance_id)
    assert events_of(database, instance_id, "refund.opened")[0]["amount"][1] == 1000000
    assert case_of(database, instance_id).outcome == "granted"


@pytest.mark.parametrize("decision", ["offset", "refuse"])
def test_what_is_not_given_back_is_told_without_a_voucher(database, staff, decision):
    instance_id = play(database, staff, 48, SETTLEMENT, ROUTED, approve(decision))

    assert "refund-notice" in papers_of(database, instance_id)
    assert case_of(database, instance_id).closed_at is not None


def test_a_low_price_and_a_relief_without_ground_change_the_tax(database, staff):
    instance_id = play(
        database,
        staff,
        63,
        HOME,
        ROUTED,
        Doing(
            stories.SUN,
            "Activity_DetermineBase",
            {
                "base_finding": "determined",
                "determined_price": 900000,
                "determined_tax": 9000.1,
                "base_reason": "低于同小区成交价格。",
            },
        ),
        Doing(
            stories.SUN,
            "Activity_CheckRelief",
            {"relief_finding": "denied", "relief_tax": 27000, "relief_reason": "家庭另有住房。"},
        ),
        stories.PAID,
    )

    taxes = [event["tax"][1] for event in events_of(database, instance_id, "tax.assessed")]
    assert taxes == [900010, 2700000]
    passed_on = {
        "register_handover": "window",
        "register_receiver": "不动产登记窗口",
        "register_passed_on": "2026-11-10",
    }
    do(database, instance_id, staff[stories.LI], "Activity_PassToRegister", passed_on)
    assert "result" in papers_of(database, instance_id)
    assert case_of(database, instance_id).outcome == "granted"


def test_what_was_declared_too_low_is_paid_later(database, staff):
    instance_id = play(database, staff, 80, CORRECTION, stories.PAID)

    assert case_of(database, instance_id).outcome == "granted"


def test_a_period_under_audit_is_refused_in_writing(database, staff):
    barred = {"correction_finding": "barred", "decision_reason": "该所属期已由稽查局立案。"}
    instance_id = play(
        database,
        staff,
        80,
        CORRECTION | {"period_state": "audited"},
        ROUTED,
        Doing(stories.SUN, "Activity_JudgeCorrection", barred),
    )

    case = case_of(database, instance_id)
    assert (case.outcome, case.outcome_reason) == ("refused", "该所属期已由稽查局立案。")
    assert "decision-refused" in papers_of(database, instance_id)
    assert "declaration-receipt" not in papers_of(database, instance_id)


@pytest.mark.parametrize(
    ("yuan", "fen"), [(0, 0), (27000, 2700000), (0.1, 10), ("9000.07", 900007)]
)
def test_yuan_become_whole_fen(yuan, fen):
    assert taxation.fen(yuan) == fen


def test_an_assessment_made_once_more_begins_at_the_declaration_again(database, staff):
    instance_id = play(database, staff, 63, HOME, ROUTED)
    known: dict[str, Any] = {
        "tax_payable": 600000,
        "result_statement": "契税申报",
        "base_finding": "determined",
        "determined_tax": 9000,
        "base_reason": "低于同小区成交价格。",
        "relief_finding": "denied",
        "relief_tax": 27000,
        "relief_reason": "家庭另有住房。",
    }
    with transaction(database) as session:
        instance = locking.lock(session, instance_id)
        for _ in range(2):
            call = OperationCall(session, instance, "Activity_A", known, staff[stories.SUN], NOW)
            known |= taxation.assess(call)

    first, base, relief = known["result_statement"].splitlines()
    assert first == "契税申报" and known["tax_payable"] == 2700000
    assert "由6,000.00元改为9,000.00元" in base and "由9,000.00元改为27,000.00元" in relief
