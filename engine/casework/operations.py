"""Operations: what the service tasks of our diagrams reach, one function per name.

They run inside the step: database only, deterministic, no network, so that a failing one leaves
the case where it was. Each returns the process variables it changes. The order of steps is the
diagram's business and stands nowhere in Python; the table at the end is all that the engine sees.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from engine import clock
from engine.calendar import workdays
from engine.casework import (
    cases,
    corrections,
    deadlines,
    deliveries,
    intake,
    materials,
    matters,
    numbers,
    papers,
    routing,
)
from engine.errors import Invalid
from engine.models import Case, Office
from engine.process.operations import Operation, OperationCall

NOTICE_DAYS = 5  # 行政许可法 art. 32(4): told once, within five working days
LAPSED = "补正通知期限届满未补正"
DELIVERY_DAYS = 10  # 行政许可法 art. 44: handed over within ten working days of the decision


class OfficeMissing(Invalid):
    """Choose the office that the case goes to."""

    code = "office-missing"
    message = "The case has no office to go to."


class MaterialsMissing(Invalid):
    """Mark the materials as received, upload them, or tell the applicant what to correct."""

    code = "materials-missing"
    message = "The case cannot be accepted without {materials}."


def _case(call: OperationCall) -> Case:
    return cases.get(call.session, call.instance.id)


def _note(call: OperationCall, case: Case, type_: str, **facts: Any) -> None:
    cases.note(call.session, case, type_, by=call.by, element=call.element, **facts)


def _paper(call: OperationCall, case: Case, paper: str, **facts: Any) -> None:
    papers.issue(call.session, case, paper, facts=facts, by=call.by, demo=case.demo)


def receive(call: OperationCall) -> dict[str, Any]:
    """Give the case its number and the applicant a receipt 收件凭证."""
    case = _case(call)
    office = call.session.get_one(Office, case.intake_office_id)
    case.case_no = numbers.assign(call.session, call.instance, office.district or "500000")
    case.received_at = clock.now()
    case.stage = "examining"
    _note(
        call,
        case,
        "case.received",
        case_no=case.case_no,
        handling_office=case.handling_office_id,
        computed_office=case.computed_office_id,
        override_reason=case.override_reason,
    )
    _paper(call, case, "receipt")
    return {"handling_office": case.handling_office_id}


def start_notice(call: OperationCall) -> dict[str, Any]:
    """Start the limit for the one-time notice of a licence 一次性告知.

    After five working days without a word the application counts as accepted from the day of
    receipt (行政许可法 art. 32(4)). Only licences come here; other matters have no such rule.
    """
    case = _case(call)
    if not matters.of_case(call.session, case).is_licence:
        raise ValueError("the notice limit is a rule for licences only")
    assert case.received_at is not None
    received_on = clock.local_date(case.received_at)
    deadlines.start(call.session, case, "notice", NOTICE_DAYS, "workday", received_on, by=call.by)
    last_day = workdays.add_workdays(call.session, received_on, NOTICE_DAYS)
    due_at = clock.start_of(last_day + timedelta(days=1))
    return {"notice_due_at": due_at.isoformat()}


def accept(call: OperationCall) -> dict[str, Any]:
    """Accept the case 受理: its limits start and the acceptance notice is issued.

    Raises:
        MaterialsMissing: a required material is not there.
    """
    case = _case(call)
    matter = matters.of_case(call.session, case)
    answers = intake.answers_of(call.session, case)
    missing = set(materials.missing(call.session, case, matter, answers))
    if missing:
        names = [one.name for one in matter.materials if one.key in missing]
        raise MaterialsMissing(materials="、".join(names))
    _start_clocks(call, case, accepted_by="person")
    _paper(call, case, "acceptance-notice")
    return {"intake_result": "accepted"}


def accept_by_law(call: OperationCall) -> dict[str, Any]:
    """Treat a licence application as accepted on the day of receipt, because nobody answered."""
    case = _case(call)
    if not matters.of_case(call.session, case).is_licence:
        raise ValueError("deemed acceptance is a rule for licences only")
    _start_clocks(call, case, accepted_by="law")
    _paper(call, case, "acceptance-notice")
    return {"intake_result": "accepted", "examination": "accept"}


def _start_clocks(call: OperationCall, case: Case, *, accepted_by: str) -> None:
    matter = matters.of_case(call.session, case)
    assert case.received_at is not None
    case.accepted_at = case.received_at if accepted_by == "law" else clock.now()
    case.accepted_by = accepted_by
    case.stage = "accepted"
    _note(call, case, "case.accepted", accepted_by=accepted_by, accepted_at=case.accepted_at)
    deadlines.meet(call.session, case, "notice", by=call.by)
    for kind, limit in (
        ("promised", matter.limits.promised),
        ("statutory", matter.limits.statutory),
    ):
        if limit is None or not limit.days:
            continue
        start = case.received_at if limit.counts_from == "receipt" else case.accepted_at
        deadlines.start(
            call.session,
            case,
            kind,
            limit.days,
            limit.unit,
            clock.local_date(start),
            by=call.by,
        )


def refuse_acceptance(call: OperationCall) -> dict[str, Any]:
    """Refuse to take the application on 不予受理, in writing, with the legal ground."""
    case = _case(call)
    case.outcome_reason = call.variables.get("refusal_reason")
    deadlines.meet(call.session, case, "notice", by=call.by)
    ground = call.variables.get("refusal_ground")
    _note(call, case, "case.acceptance-refused", ground=ground, reason=case.outcome_reason)
    _paper(call, case, "refusal-of-acceptance", ground=ground, reason=case.outcome_reason)
    return {"intake_result": "not-accepted", "outcome": "not-accepted"}


def notify_correction(call: OperationCall) -> dict[str, Any]:
    """Tell the applicant once and in full what is missing 补正告知; the clock stops."""
    case = _case(call)
    items = [str(item) for item in call.variables.get("correction_items") or []]
    correction = corrections.notify(
        call.session, case, items, note=call.variables.get("correction_note"), by=call.by
    )
    deadlines.meet(call.session, case, "notice", by=call.by)
    _paper(
        call,
        case,
        "correction-notice",
        items=corrections.labels(matters.of_case(call.session, case), correction.items),
        note=call.variables.get("correction_note"),
        due_on=correction.due_on,
        occasion=correction.number,
    )
    due_at = clock.start_of(correction.due_on + timedelta(days=1))
    return {"correction": None, "correction_due_at": due_at.isoformat()}


def answer_correction(call: OperationCall) -> dict[str, Any]:
    """Take in what was missing; the clock runs again."""
    corrections.answer(call.session, _case(call), by=call.by)
    return {"correction": "answered", "correction_items": [], "correction_note": None}


def lapse_correction(call: OperationCall) -> dict[str, Any]:
    """Note that the applicant did not answer the correction notice in time."""
    case = _case(call)
    corrections.lapse(call.session, case, by=call.by)
    if case.accepted_at is not None:  # an accepted application is decided on what is there
        return {"correction": "lapsed"}
    return {"correction": "lapsed", "intake_result": "lapsed", "outcome": "lapsed"}


def route(call: OperationCall) -> dict[str, Any]:
    """Hand the case over to the handling office 转办; the clock is not touched."""
    case = _case(call)
    office_id = call.variables.get("handling_office") or case.handling_office_id
    if not office_id:
        raise OfficeMissing()
    before = case.handling_office_id
    matter = matters.of_case(call.session, case)
    office = routing.require_candidate(call.session, matter, office_id, on=clock.today())
    if before != office.id:
        case.override_reason = call.variables.get("reroute_reason") or case.override_reason
    case.handling_office_id = office.id
    case.stage = "handling"
    _note(call, case, "case.routed", handling_office=office.id)
    return {"handling_office": office.id, "receipt": None}


def send_back(call: OperationCall) -> dict[str, Any]:
    """Send a wrongly routed case back to the window; the clock goes on (退回改派)."""
    case = _case(call)
    case.stage = "rerouting"
    reason = call.variables.get("wrong_office_reason")
    _note(call, case, "case.sent-back", office=case.handling_office_id, reason=reason)
    return {}


def ask_consultation(call: OperationCall) -> dict[str, Any]:
    """Ask another office for its opinion 会商."""
    office_id = call.variables.get("consulted_office")
    if not office_id or call.session.get(Office, office_id) is None:
        raise OfficeMissing()
    case = _case(call)
    question = call.variables.get("consultation_question")
    _note(call, case, "consultation.asked", office=office_id, question=question)
    return {"consultation_opinion": None}


def answer_consultation(call: OperationCall) -> dict[str, Any]:
    """Keep the opinion that the consulted office gave."""
    opinion = call.variables.get("consultation_opinion")
    office_id = call.variables.get("consulted_office")
    _note(call, _case(call), "consultation.answered", office=office_id, opinion=opinion)
    return {"review": None}


def stop_clock(call: OperationCall) -> dict[str, Any]:
    """Stop the clock for a special procedure and tell the applicant how long (行政许可法 art. 45)."""
    case = _case(call)
    kind = call.variables.get("special_kind") or "expert-review"
    reason = call.variables.get("special_reason") or "专家风险评估"
    days = int(call.variables.get("special_days") or 10)
    deadlines.stop(call.session, case, kind=kind, reason=reason, by=call.by)
    _paper(call, case, "special-procedure-notice", kind=kind, reason=reason, days=days)
    return {}


def resume_clock(call: OperationCall) -> dict[str, Any]:
    """Let the clock run again after a special procedure."""
    case = _case(call)
    kind = call.variables.get("special_kind") or "expert-review"
    deadlines.resume(call.session, case, kind=kind, by=call.by)
    _note(call, case, "special-procedure.ended", result=call.variables.get("special_result"))
    return {"special_done": True, "review": "approve"}


def compare_declaration(call: OperationCall) -> dict[str, Any]:
    """Compare declared with invoiced sales 一窗式比对, both in 分; a difference is verified."""
    declared = int(call.variables.get("declared_sales") or 0)
    invoiced = int(call.variables.get("invoiced_sales") or 0)
    comparison = "matched" if declared >= invoiced else "different"
    case = _case(call)
    _note(call, case, "declaration.compared", result=comparison)
    return {"comparison": comparison}


def issue_declaration_receipt(call: OperationCall) -> dict[str, Any]:
    """Issue the receipt of a tax declaration 申报回执; a declaration is granted by being filed."""
    case = _case(call)
    _decide(call, case, "granted")
    _paper(
        call,
        case,
        "declaration-receipt",
        tax_payable=int(call.variables.get("tax_payable") or 0),
        payment_voucher=call.variables.get("payment_voucher"),
        paid_on=call.variables.get("paid_on"),
    )
    return {"decision": "granted", "outcome": "granted"}


def grant(call: OperationCall) -> dict[str, Any]:
    """Decide for the applicant and issue the result."""
    case = _case(call)
    _decide(call, case, "granted")
    licence = matters.of_case(call.session, case).is_licence
    paper = "decision-granted" if licence else "change-confirmation"
    _paper(call, case, paper)  # the opinion of the review is the office's own
    return {"decision": "granted", "outcome": "granted"}


def reject(call: OperationCall) -> dict[str, Any]:
    """Decide against the applicant, with reasons and the ways of appeal (行政许可法 art. 38)."""
    case = _case(call)
    reason = call.variables.get("decision_reason") or call.variables.get("review_opinion")
    case.outcome_reason = reason
    _decide(call, case, "refused")
    _paper(call, case, "decision-refused", reason=reason)
    return {"decision": "refused", "outcome": "refused"}


def _decide(call: OperationCall, case: Case, decision: str) -> None:
    case.decided_at = clock.now()
    case.stage = "decided"
    if decision == "granted":  # only an end against the applicant has a reason
        case.outcome_reason = None
    _note(call, case, "case.decided", decision=decision, reason=case.outcome_reason)
    for kind in ("promised", "statutory"):
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
    case = _case(call)
    _note(call, case, f"case.{outcome}", reason=case.outcome_reason)
    if case.case_no is not None:
        _paper(call, case, "closing-notice", outcome=outcome, reason=case.outcome_reason)
    return {"outcome": outcome}


def close(call: OperationCall) -> dict[str, Any]:
    """Close the case 办结; the intake office sees the feedback."""
    case = _case(call)
    outcome = call.parameters.get("outcome") or call.variables.get("outcome")
    case.outcome = str(outcome)
    if case.outcome == "lapsed":
        case.outcome_reason = LAPSED
    case.closed_at = clock.now()
    case.stage = "closed"
    for kind in deadlines.KINDS:  # a closed case is late for nothing any more
        deadlines.meet(call.session, case, kind, by=call.by)
    _note(call, case, "case.closed", outcome=case.outcome, reason=case.outcome_reason)
    return {"outcome": case.outcome}


def _delivery(step: Callable[..., Mapping[str, Any]]) -> Operation:
    def run(call: OperationCall) -> Mapping[str, Any]:
        return step(call.session, _case(call), call.variables, by=call.by)

    run.__doc__ = step.__doc__
    return run


OPERATIONS: Mapping[str, Operation] = {
    "case.receive": receive,
    "case.accept": accept,
    "case.accept_by_law": accept_by_law,
    "case.refuse_acceptance": refuse_acceptance,
    "case.grant": grant,
    "case.reject": reject,
    "case.withdraw": withdraw,
    "case.terminate": terminate,
    "case.close": close,
    "clock.start_notice": start_notice,
    "clock.stop": stop_clock,
    "clock.resume": resume_clock,
    "consultation.ask": ask_consultation,
    "consultation.answer": answer_consultation,
    "correction.notify": notify_correction,
    "correction.answer": answer_correction,
    "correction.lapse": lapse_correction,
    "delivery.start": _delivery(deliveries.start),
    "delivery.sent": _delivery(deliveries.sent),
    "delivery.returned": _delivery(deliveries.returned),
    "delivery.finish": _delivery(deliveries.finish),
    "office.route": route,
    "office.send_back": send_back,
    "tax.compare": compare_declaration,
    "tax.issue_receipt": issue_declaration_receipt,
}
