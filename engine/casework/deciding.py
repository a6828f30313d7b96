"""Deciding: operations that decide a case, end it otherwise, and close it.

A decision meets the limits of deciding; that of a licence begins the limit of delivery. Only an end
against the applicant, or without a decision, has a reason.
"""

from __future__ import annotations

from typing import Any

from engine import clock
from engine.casework import calls, cases, deadlines, matters
from engine.models import Case
from engine.process.operations import OperationCall
from engine.record import personal

CONFIRMATION = "变更确认书"
LAPSED = "补正通知期限届满未补正"
TOLERANCE_LAPSED = "容缺材料逾期未补交"
DELIVERY_DAYS = 10  # 行政许可法 art. 44: handed over within ten working days of the decision


def issue_declaration_receipt(call: OperationCall) -> dict[str, Any]:
    """Issue the receipt of a tax declaration 申报回执; a declaration is granted by being filed."""
    case = calls.case_of(call)
    decide(call, case, "granted")
    calls.issue(
        call,
        case,
        "declaration-receipt",
        tax_payable=int(call.variables.get("tax_payable") or 0),
        payment_voucher=call.variables.get("payment_voucher"),
        paid_on=call.variables.get("paid_on"),
    )
    return {"decision": "granted", "outcome": "granted"}


def issue_result(call: OperationCall) -> dict[str, Any]:
    """Issue the result of a matter that is done at once 即办; nobody signs it first.

    The paper bears the name of the result and speaks for the handling office. It prints what the
    case knows: `result_number`, `result_statement` (a variable, or kept apart where the form calls
    it personal), and the payment where there was one.
    """
    case = calls.case_of(call)
    decide(call, case, "granted")
    issue_paper_of_result(call, case)
    return {"decision": "granted", "outcome": "granted"}


def issue_paper_of_result(call: OperationCall, case: Case) -> None:
    """Issue the paper that bears the name of the result, with what the case knows."""
    kept = personal.values(call.session, case.instance_id).get("result_statement")
    known = call.variables
    calls.issue(
        call,
        case,
        "result",
        number=known.get("result_number"),
        statement=known.get("result_statement") or kept,
        amount=int(known.get("tax_payable") or 0) or None,
        payment_voucher=known.get("payment_voucher"),
        paid_on=known.get("paid_on"),
    )


def grant(call: OperationCall) -> dict[str, Any]:
    """Decide for the applicant and issue the result: the paper that the matter promises."""
    case = calls.case_of(call)
    decide(call, case, "granted")
    matter = matters.of_case(call.session, case)
    if matter.is_licence or CONFIRMATION in matter.result.name:
        paper = "decision-granted" if matter.is_licence else "change-confirmation"
        calls.issue(call, case, paper)  # the opinion of the review is the office's own
    else:
        issue_paper_of_result(call, case)
    return {"decision": "granted", "outcome": "granted"}


def reject(call: OperationCall) -> dict[str, Any]:
    """Decide against the applicant, with reasons and the ways of appeal (行政许可法 art. 38)."""
    case = calls.case_of(call)
    reason = call.variables.get("decision_reason") or call.variables.get("review_opinion")
    case.outcome_reason = reason
    decide(call, case, "refused")
    calls.issue(call, case, "decision-refused", reason=reason)
    return {"decision": "refused", "outcome": "refused"}


def decide(call: OperationCall, case: Case, decision: str) -> None:
    """Set down a decision, `granted` or `refused`, and meet the limits of deciding."""
    case.decided_at = clock.now()
    case.stage = "decided"
    if decision == "granted":  # only an end against the applicant has a reason
        case.outcome_reason = None
    calls.note(call, case, "case.decided", decision=decision, reason=case.outcome_reason)
    for kind in deadlines.STOPPABLE:
        deadlines.meet(call.session, case, kind, by=call.by)
    if matters.of_case(call.session, case).is_licence:
        decided_on = clock.local_date(case.decided_at)
        deadlines.start(
            call.session, case, "delivery", DELIVERY_DAYS, "workday", decided_on, by=call.by
        )


def withdraw(call: OperationCall) -> dict[str, Any]:
    """End the case at the applicant's wish 撤回."""
    return _stop(call, "withdrawn")


def terminate(call: OperationCall) -> dict[str, Any]:
    """End the case because the law or the facts leave nothing to decide 终止."""
    return _stop(call, "terminated")


def _stop(call: OperationCall, outcome: str) -> dict[str, Any]:
    case = calls.case_of(call)
    if case.closed_at is not None:  # it goes on for its evaluation only
        raise cases.CaseClosed(case=case.case_no or case.instance_id)
    calls.note(call, case, f"case.{outcome}", reason=case.outcome_reason)
    if case.case_no is not None:
        calls.issue(call, case, "closing-notice", outcome=outcome, reason=case.outcome_reason)
    return {"outcome": outcome}


def close(call: OperationCall) -> dict[str, Any]:
    """Close the case 办结; the intake office sees the feedback."""
    case = calls.case_of(call)
    outcome = call.parameters.get("outcome") or call.variables.get("outcome")
    case.outcome = str(outcome)
    if case.outcome == "lapsed":
        case.outcome_reason = _lapsed(call)
        calls.issue(call, case, "closing-notice", outcome="lapsed", reason=case.outcome_reason)
    case.closed_at = clock.now()
    case.stage = "closed"
    for kind in deadlines.KINDS:  # a closed case is late for nothing any more
        deadlines.meet(call.session, case, kind, by=call.by)
    calls.note(call, case, "case.closed", outcome=case.outcome, reason=case.outcome_reason)
    return {"outcome": case.outcome}


def _lapsed(call: OperationCall) -> str:
    """Return why nothing came of the application: no correction, or a promise not kept."""
    if call.variables.get("tolerance") == "lapsed":
        return str(call.variables.get("tolerance_reason") or TOLERANCE_LAPSED)
    return LAPSED
