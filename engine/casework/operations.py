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
from engine.casework import (
    acceptance,
    approvals,
    archiving,
    calls,
    charges,
    clearance,
    commitments,
    corrections,
    deadlines,
    deciding,
    deliveries,
    duties,
    enquiries,
    evaluations,
    extensions,
    hearings,
    matters,
    planning,
    rectifications,
    routing,
    taxation,
    tolerance,
    withholding,
)
from engine.errors import Invalid
from engine.models import Office
from engine.process.operations import Operation, OperationCall


class OfficeMissing(Invalid):
    """Choose the office that the case goes to."""

    code = "office-missing"
    message = "The case has no office to go to."


def notify_correction(call: OperationCall) -> dict[str, Any]:
    """Tell the applicant once and in full what is missing 补正告知; the clock stops."""
    case = calls.case_of(call)
    items = [str(item) for item in call.variables.get("correction_items") or []]
    correction = corrections.notify(
        call.session, case, items, note=call.variables.get("correction_note"), by=call.by
    )
    deadlines.meet(call.session, case, "notice", by=call.by)
    calls.issue(
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
    corrections.answer(call.session, calls.case_of(call), by=call.by)
    return {"correction": "answered", "correction_items": [], "correction_note": None}


def lapse_correction(call: OperationCall) -> dict[str, Any]:
    """Note that the applicant did not answer the correction notice in time."""
    case = calls.case_of(call)
    corrections.lapse(call.session, case, by=call.by)
    if case.accepted_at is not None:  # an accepted application is decided on what is there
        return {"correction": "lapsed"}
    return {"correction": "lapsed", "intake_result": "lapsed", "outcome": "lapsed"}


def route(call: OperationCall) -> dict[str, Any]:
    """Hand the case over to the handling office 转办; the clock is not touched."""
    case = calls.case_of(call)
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
    calls.note(call, case, "case.routed", handling_office=office.id)
    return {"handling_office": office.id, "receipt": None}


def send_back(call: OperationCall) -> dict[str, Any]:
    """Send a wrongly routed case back to the window; the clock goes on (退回改派)."""
    case = calls.case_of(call)
    case.stage = "rerouting"
    reason = call.variables.get("wrong_office_reason")
    calls.note(call, case, "case.sent-back", office=case.handling_office_id, reason=reason)
    return {}


def ask_consultation(call: OperationCall) -> dict[str, Any]:
    """Ask another office for its opinion 会商."""
    office_id = call.variables.get("consulted_office")
    if not office_id or call.session.get(Office, office_id) is None:
        raise OfficeMissing()
    case = calls.case_of(call)
    question = call.variables.get("consultation_question")
    calls.note(call, case, "consultation.asked", office=office_id, question=question)
    return {"consultation_opinion": None}


def answer_consultation(call: OperationCall) -> dict[str, Any]:
    """Keep the opinion that the consulted office gave."""
    opinion = call.variables.get("consultation_opinion")
    office_id = call.variables.get("consulted_office")
    calls.note(
        call, calls.case_of(call), "consultation.answered", office=office_id, opinion=opinion
    )
    return {"review": None}


def stop_clock(call: OperationCall) -> dict[str, Any]:
    """Stop the clock for a special procedure and tell the applicant how long (行政许可法 art. 45)."""
    case = calls.case_of(call)
    kind = call.variables.get("special_kind") or "expert-review"
    reason = call.variables.get("special_reason") or "专家风险评估"
    days = int(call.variables.get("special_days") or 10)
    deadlines.stop(call.session, case, kind=kind, reason=reason, by=call.by)
    if kind == hearings.KIND:
        hearings.begin(call.session, case, by=call.by)
    calls.issue(call, case, "special-procedure-notice", kind=kind, reason=reason, days=days)
    return {}


def resume_clock(call: OperationCall) -> dict[str, Any]:
    """Let the clock run again after a special procedure."""
    case = calls.case_of(call)
    kind = call.variables.get("special_kind") or "expert-review"
    deadlines.resume(call.session, case, kind=kind, by=call.by)
    calls.note(call, case, "special-procedure.ended", result=call.variables.get("special_result"))
    return {"special_done": True, "review": "approve"}


def _delivery(step: Callable[..., Mapping[str, Any]]) -> Operation:
    def run(call: OperationCall) -> Mapping[str, Any]:
        return step(call.session, calls.case_of(call), call.variables, by=call.by)

    run.__doc__ = step.__doc__
    return run


def end_lower_review(call: OperationCall) -> dict[str, Any]:
    """Note that the lower organ has examined and sends everything up (行政许可法 art. 43)."""
    deadlines.meet(call.session, calls.case_of(call), "lower-review", by=call.by)
    return {}


OPERATIONS: Mapping[str, Operation] = {
    "approval.await_acceptance": approvals.await_acceptance,
    "approval.certify": approvals.certify,
    "approval.lapse": approvals.lapse,
    "archive.make": archiving.make,
    "case.receive": acceptance.receive,
    "case.accept": acceptance.accept,
    "case.accept_by_law": acceptance.accept_by_law,
    "case.refuse_acceptance": acceptance.refuse_acceptance,
    "case.grant": deciding.grant,
    "case.reject": deciding.reject,
    "case.withdraw": deciding.withdraw,
    "case.terminate": deciding.terminate,
    "case.close": deciding.close,
    "clock.ask_extension": extensions.ask,
    "clock.end_lower_review": end_lower_review,
    "clock.extend": extensions.extend,
    "clock.resume": resume_clock,
    "clock.start_notice": acceptance.start_notice,
    "clock.stop": stop_clock,
    "commitment.check": commitments.open_check,
    "commitment.keep": commitments.keep,
    "commitment.revoke": commitments.revoke,
    "consultation.ask": ask_consultation,
    "consultation.answer": answer_consultation,
    "correction.notify": notify_correction,
    "correction.answer": answer_correction,
    "correction.lapse": lapse_correction,
    "delivery.start": _delivery(deliveries.start),
    "delivery.sent": _delivery(deliveries.sent),
    "delivery.returned": _delivery(deliveries.returned),
    "delivery.finish": _delivery(deliveries.finish),
    "evaluation.invite": evaluations.invite,
    "evaluation.lapse": evaluations.lapse,
    "evaluation.rectified": rectifications.rectified,
    "evaluation.rectify": rectifications.rectify,
    "hearing.keep": hearings.keep,
    "hearing.tell": hearings.tell,
    "office.route": route,
    "office.send_back": send_back,
    "certificate.no_record": enquiries.no_record,
    "clearance.keep": clearance.keep,
    "clearance.lapse": clearance.lapse,
    "clearance.promise": clearance.promise,
    "clearance.refuse": clearance.refuse,
    "contribution.assess": charges.assess_contribution,
    "duty.check": duties.check,
    "enquiry.take_up": enquiries.take_up,
    "levy.compare": charges.compare_levy,
    "matter.plan": planning.plan,
    "result.issue": deciding.issue_result,
    "refund.open": taxation.open_refund,
    "refund.tell": taxation.tell_refund,
    "tax.assess": taxation.assess,
    "tax.compare": taxation.compare,
    "tax.issue_receipt": deciding.issue_declaration_receipt,
    "withholding.check_list": withholding.check_list,
    "tolerance.check": tolerance.check,
    "tolerance.extend": tolerance.extend,
    "tolerance.lapse": tolerance.lapse,
    "tolerance.refuse": tolerance.refuse,
    "tolerance.take": tolerance.take,
}
