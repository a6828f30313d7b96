"""Stories: the longest way through each category, as a list of what people and time do.

Every prefix of it is a moment at which a case may be stopped. Steps are tasks completed with
their form, or `stop` for the message that ends a case. Whole ways are scenarios beside the
diagrams.
"""

from __future__ import annotations

from typing import Any

Step = tuple[str, dict[str, Any]]


def receive(delivery: str = "window") -> Step:
    return "Activity_ReceiveApplication", {"delivery_method": delivery}


def examine(decision: str = "accept") -> Step:
    return "Activity_ExamineApplication", {"examination": decision}


def examine_licence(decision: str = "accept") -> Step:
    return "Activity_ExamineLicenceApplication", {"examination": decision}


def review(result: str = "approve") -> Step:
    special = {"special_kind": "expert-review"} if result == "special" else {}
    return "Activity_ReviewApplication", {"review": result, "review_opinion": "理由"} | special


def sign(signature: str = "approve") -> Step:
    return "Activity_SignDecision", {"signature": signature}


def confirm_inspection(result: str) -> Step:
    return "Activity_ConfirmInspection", {"inspection": result}


def first_review(result: str) -> Step:
    return "Activity_ReviewFirst", {"first_review_result": result}


def confirm_acceptance(result: str) -> Step:
    return "Activity_ConfirmAcceptance", {"acceptance": result}


def verify(finding: str) -> Step:
    return "Activity_VerifyDeclaration", {"verification": finding}


def track(end: str) -> Step:
    return "Activity_TrackParcel", {"tracking": end}


def decide_returned(choice: str) -> Step:
    return "Activity_DecideReturned", {"returned_choice": choice}


def verify_registration(finding: str) -> Step:
    return "Activity_VerifyRegistration", {"verification": finding}


def stop(kind: str = "withdraw") -> Step:
    return "stop", {"stop_kind": kind, "stop_reason": "理由"}


CORRECTED: Step = ("Activity_SubmitCorrection", {})
ACCEPT_CASE: Step = ("Activity_ReceiveCase", {"receipt": "accept"})
WRONG_OFFICE: Step = ("Activity_ReceiveCase", {"receipt": "wrong-office"})
REROUTED: Step = ("Activity_RerouteCase", {"handling_office": "another"})
OPINION: Step = ("Activity_GiveOpinion", {"consultation_opinion": "无异议"})
SPECIAL_RESULT: Step = ("Activity_RecordSpecialResult", {"special_result": "风险可控"})
INSPECTED: Step = ("Activity_InspectSite", {"inspection_finding": "conform"})
SITE_ACCEPTED: Step = ("Activity_AcceptSite", {"acceptance_finding": "conform"})
PAID: Step = ("Activity_ConfirmPayment", {"payment_voucher": "0001"})
SENT: Step = ("Activity_SendParcel", {"courier": "邮政", "waybill": "EA000000001CN"})

REPORT_DIFFERS: Step = ("Activity_CheckReport", {"report_finding": "different"})
REPORT_LATE: Step = (
    "Activity_CheckReport",
    {"report_finding": "consistent", "timeliness": "late"},
)
SOMETHING_OPEN: Step = ("Activity_ScanUnsettled", {"scan": "committable"})
COMMITTED: Step = ("Activity_SignCommitment", {"commitment_choice": "signed"})
REFERRED: Step = ("Activity_LookUpRecord", {"record": "refer"})
RECORD_FOUND: Step = ("Activity_VerifyRecord", {"record": "found"})
PASSED_ON: Step = ("Activity_AnswerAtWindow", {"answer": "refer"})
ANSWERED: Step = ("Activity_AnswerEnquiry", {})

TOO_LITTLE: Step = ("Activity_AssessCharge", {"base_finding": "correct"})
DETERMINED: Step = ("Activity_AssessCharge", {"base_finding": "determined"})
WRONG_LIST: Step = ("Activity_CheckListByHand", {"list_finding": "correct"})
RIGHT_LIST: Step = ("Activity_CheckListByHand", {"list_finding": "passed"})
WRONG_REFUND: Step = ("Activity_CheckRefund", {"refund_check": "correct"})
RIGHT_REFUND: Step = ("Activity_CheckRefund", {"refund_check": "passed"})
REFUND_APPROVED: Step = ("Activity_ApproveRefund", {"refund": "approve"})

LOW = {"committed": False, "assessment_needed": False, "inspection_needed": False}
HIGH = {"committed": False, "assessment_needed": True, "inspection_needed": False}
MAJOR = {"committed": False, "immediate": False, "inspection_needed": True}
MAJOR |= {"designation_sought": False}
TWO_LEVELS = {"first_review": True, "first_review_office": "lower", "acceptance_needed": True}
DIFFERENT = {"declared_sales": 90, "invoiced_sales": 100, "tax_payable": 13}

LICENCE = [receive(), examine_licence(), ACCEPT_CASE]

# Until where each category may be stopped: every prefix of these is a moment in a case's life.
LONGEST: dict[str, list[Step]] = {
    "licence-simple": [receive("courier"), examine_licence("correct"), CORRECTED, *LICENCE[1:]]
    + [review("consult"), OPINION, review("special"), SPECIAL_RESULT, review("correct"), CORRECTED]
    + [review(), SPECIAL_RESULT, sign(), SENT, track("returned"), decide_returned("window")],
    "licence-reviewed": [receive("courier"), examine_licence(), ACCEPT_CASE, INSPECTED]
    + [confirm_inspection("passed"), first_review("correct"), CORRECTED, first_review("forward")]
    + [ACCEPT_CASE, review(), SPECIAL_RESULT, sign(), SENT, track("delivered"), SITE_ACCEPTED]
    + [confirm_acceptance("failed"), SITE_ACCEPTED, confirm_acceptance("passed"), SENT],
    "medical-institution": [receive("courier"), examine(), WRONG_OFFICE, REROUTED, ACCEPT_CASE]
    + [review(), INSPECTED, confirm_inspection("passed"), sign(), SENT],
    "certificate": [receive(), examine(), REFERRED, ACCEPT_CASE, RECORD_FOUND],
    "deregistration": [receive("courier"), examine(), SOMETHING_OPEN, COMMITTED, SENT],
    "info-report": [receive("courier"), examine(), REPORT_DIFFERS, CORRECTED, REPORT_LATE, SENT],
    "query-consult": [receive("courier"), PASSED_ON, ACCEPT_CASE, ANSWERED, SENT],
    "registration": [receive(), examine(), verify_registration("correct"), CORRECTED]
    + [verify_registration("refer"), ACCEPT_CASE, review("correct"), CORRECTED, review(), sign()],
    "iit-self": [receive("courier"), examine(), ACCEPT_CASE, WRONG_REFUND, CORRECTED]
    + [RIGHT_REFUND, REFUND_APPROVED, ("Activity_RecordRefund", {}), SENT],
    "nontax-levy": [receive(), examine(), ACCEPT_CASE, TOO_LITTLE, CORRECTED, DETERMINED],
    "social-insurance-fee": [receive(), examine(), ACCEPT_CASE, TOO_LITTLE, CORRECTED]
    + [DETERMINED, PAID],
    "withholding": [receive(), examine(), WRONG_LIST, CORRECTED, RIGHT_LIST, PAID],
    "invoice": [receive(), examine(), ("Activity_CheckInvoice", {"invoice_finding": "correct"})]
    + [CORRECTED, ("Activity_CheckInvoice", {"invoice_finding": "refer"}), ACCEPT_CASE]
    + [review("correct"), CORRECTED, review(), ("Activity_RecordInvoice", {})],
    "filing": [receive("courier"), examine(), ACCEPT_CASE, review("consult"), OPINION]
    + [review("correct"), CORRECTED, review(), INSPECTED, confirm_inspection("passed"), sign()]
    + [SENT],
    "notary": [receive("courier"), examine(), ACCEPT_CASE, review("consult"), OPINION]
    + [review("correct"), CORRECTED, review("special"), SPECIAL_RESULT, review()]
    + [("Activity_CollectCharge", {"charge_state": "paid"}), sign(), SENT],
    "trade-certification": [receive(), examine(), ACCEPT_CASE]
    + [("Activity_RegisterEnterprise", {}), review("correct"), CORRECTED, review()]
    + [("Activity_ConfirmGuarantee", {}), sign(), ("Activity_HandOver", {})],
    "benefit-payment": [receive("courier"), examine(), ACCEPT_CASE, review("consult"), OPINION]
    + [review("correct"), CORRECTED, review(), ("Activity_AssessOnSite", {})]
    + [("Activity_ConfirmAssessment", {"assessment": "passed"})]
    + [("Activity_PublishNotice", {"notice_result": "clear"}), sign(), SENT, track("delivered")]
    + [("Activity_RecordPayout", {"payout_state": "no-funds"}), ("Activity_AwaitFunds", {})],
    "tax-declaration": [receive(), examine(), ACCEPT_CASE, verify("correct"), CORRECTED]
    + [verify("passed"), PAID],
}
FORMS = {"licence-simple": HIGH, "medical-institution": MAJOR, "tax-declaration": DIFFERENT}
FORMS["licence-reviewed"] = TWO_LEVELS | {"assessment_needed": True, "inspection_needed": True}
FORMS["invoice"] = {}
FORMS["filing"] = {"immediate": False, "steps_due": ["inspection"]}
FORMS["notary"] = {"steps_due": ["charge"]}
FORMS["trade-certification"] = {"steps_due": ["registration", "guarantee", "charge"]}
FORMS["benefit-payment"] = {"steps_due": ["assessment", "public_notice", "payout"]}
FORMS["registration"] = {"is_excluded": False}
FORMS["deregistration"] = {"may_commit": True}
FORMS |= {key: {} for key in ("certificate", "info-report", "query-consult")}
FORMS["iit-self"] = {"tax_payable": 0, "tax_refundable": 5000}
FORMS["nontax-levy"] = {"levy_item": "union-funds", "period_to": "2026-01-31", "tax_payable": 0}
FORMS["social-insurance-fee"] = {"declared_base": 1, "recorded_base": 2, "tax_payable": 13}
FORMS["withholding"] = {"tax_payable": 13}
STOPS = [
    (category, steps[:count])
    for category, steps in LONGEST.items()
    for count in range(len(steps) + 1)
]
