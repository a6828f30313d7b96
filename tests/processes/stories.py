"""Stories: ways through our diagrams, each a list of what people and time do.

A story names its category, what the applicant's form says, the steps in order, the operations
that the service tasks must call, and how the case ends. Steps are tasks completed with their
form, `timer` for the boundary timer that is due, or `stop` for the message that ends a case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Step = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Story:
    """One way through a category."""

    category: str
    steps: list[Step]
    operations: str
    outcome: str
    form: dict[str, Any] = field(default_factory=dict)


def receive(delivery: str = "window") -> Step:
    return "Activity_ReceiveApplication", {"delivery_method": delivery}


def examine(decision: str = "accept") -> Step:
    return "Activity_ExamineApplication", {"examination": decision}


def examine_licence(decision: str = "accept") -> Step:
    return "Activity_ExamineLicenceApplication", {"examination": decision}


def review(result: str = "approve") -> Step:
    return "Activity_ReviewApplication", {"review": result, "review_opinion": "理由"}


def sign(signature: str = "approve") -> Step:
    return "Activity_SignDecision", {"signature": signature}


def confirm_inspection(result: str) -> Step:
    return "Activity_ConfirmInspection", {"inspection": result}


def verify(finding: str) -> Step:
    return "Activity_VerifyDeclaration", {"verification": finding}


def track(end: str) -> Step:
    return "Activity_TrackParcel", {"tracking": end}


def decide_returned(choice: str) -> Step:
    return "Activity_DecideReturned", {"returned_choice": choice}


def stop(kind: str = "withdraw") -> Step:
    return "stop", {"stop_kind": kind, "stop_reason": "理由"}


TIMER: Step = ("timer", {})
CORRECTED: Step = ("Activity_SubmitCorrection", {})
ACCEPT_CASE: Step = ("Activity_ReceiveCase", {"receipt": "accept"})
WRONG_OFFICE: Step = ("Activity_ReceiveCase", {"receipt": "wrong-office"})
REROUTED: Step = ("Activity_RerouteCase", {"handling_office": "another"})
OPINION: Step = ("Activity_GiveOpinion", {"consultation_opinion": "无异议"})
SPECIAL_RESULT: Step = ("Activity_RecordSpecialResult", {"special_result": "风险可控"})
INSPECTED: Step = ("Activity_InspectSite", {"inspection_finding": "conform"})
PAID: Step = ("Activity_ConfirmPayment", {"payment_voucher": "0001"})
HANDED_OVER: Step = ("Activity_HandOver", {})
SENT: Step = ("Activity_SendParcel", {"courier": "邮政", "waybill": "EA000000001CN"})

LOW = {"risk_level": "C"}
HIGH = {"risk_level": "A"}
MAJOR = {"change_is_major": True}
MINOR = {"change_is_major": False}
MATCHED = {"declared_sales": 100, "invoiced_sales": 100, "tax_payable": 0}
DIFFERENT = {"declared_sales": 90, "invoiced_sales": 100, "tax_payable": 13}

LICENCE = [receive(), examine_licence(), ACCEPT_CASE]
CHANGE = [receive(), examine(), ACCEPT_CASE]
LICENSED = "case.receive clock.start_notice case.accept office.route"
CHANGED = "case.receive case.accept office.route"
AT_WINDOW = "delivery.start delivery.finish case.close"
GRANTED = f"case.grant {AT_WINDOW}"

STORIES: dict[str, Story] = {
    "a licence is granted": Story(
        "licence-simple",
        [*LICENCE, review(), sign(), HANDED_OVER],
        f"{LICENSED} {GRANTED}",
        "granted",
        LOW,
    ),
    "a licence of high risk is assessed by experts once": Story(
        "licence-simple",
        [*LICENCE, review(), SPECIAL_RESULT, sign("return"), review(), sign(), HANDED_OVER],
        f"{LICENSED} clock.stop clock.resume {GRANTED}",
        "granted",
        HIGH,
    ),
    "a licence of high risk is refused without experts": Story(
        "licence-simple",
        [*LICENCE, review("reject"), sign(), HANDED_OVER],
        f"{LICENSED} case.reject {AT_WINDOW}",
        "refused",
        HIGH,
    ),
    "a licence is deemed accepted when nobody answers": Story(
        "licence-simple",
        [receive(), TIMER, ACCEPT_CASE, review(), sign(), HANDED_OVER],
        f"case.receive clock.start_notice case.accept_by_law office.route {GRANTED}",
        "granted",
        LOW,
    ),
    "a licence is corrected before acceptance": Story(
        "licence-simple",
        [receive(), examine_licence("correct"), CORRECTED, *LICENCE[1:], review(), sign()]
        + [HANDED_OVER],
        "case.receive clock.start_notice correction.notify correction.answer clock.start_notice"
        f" case.accept office.route {GRANTED}",
        "granted",
        LOW,
    ),
    "a licence is not corrected in time": Story(
        "licence-simple",
        [receive(), examine_licence("correct"), TIMER],
        "case.receive clock.start_notice correction.notify correction.lapse case.close",
        "lapsed",
        LOW,
    ),
    "a licence application is not accepted": Story(
        "licence-simple",
        [receive(), examine_licence("refuse")],
        "case.receive clock.start_notice case.refuse_acceptance case.close",
        "not-accepted",
        LOW,
    ),
    "a licence is discussed and its clock stopped": Story(
        "licence-simple",
        [*LICENCE, review("consult"), OPINION, review("special"), SPECIAL_RESULT, review()]
        + [sign(), HANDED_OVER],
        f"{LICENSED} consultation.ask consultation.answer clock.stop clock.resume {GRANTED}",
        "granted",
        LOW,
    ),
    "a licence is corrected after acceptance": Story(
        "licence-simple",
        [*LICENCE, review("correct"), CORRECTED, review(), sign(), HANDED_OVER],
        f"{LICENSED} correction.notify correction.answer {GRANTED}",
        "granted",
        LOW,
    ),
    "an accepted licence that is not corrected is decided": Story(
        "licence-simple",
        [*LICENCE, review("correct"), TIMER, review("reject"), sign(), HANDED_OVER],
        f"{LICENSED} correction.notify correction.lapse case.reject {AT_WINDOW}",
        "refused",
        LOW,
    ),
    "a minor change is granted": Story(
        "medical-institution",
        [*CHANGE, review(), sign(), HANDED_OVER],
        f"{CHANGED} {GRANTED}",
        "granted",
        MINOR,
    ),
    "a major change is inspected by two": Story(
        "medical-institution",
        [*CHANGE, review(), INSPECTED, confirm_inspection("passed"), sign(), HANDED_OVER],
        f"{CHANGED} {GRANTED}",
        "granted",
        MAJOR,
    ),
    "a passed inspection is not repeated": Story(
        "medical-institution",
        [*CHANGE, review(), INSPECTED, confirm_inspection("passed"), sign("return"), review()]
        + [sign(), HANDED_OVER],
        f"{CHANGED} {GRANTED}",
        "granted",
        MAJOR,
    ),
    "a failed inspection must be repeated before a grant": Story(
        "medical-institution",
        [*CHANGE, review(), INSPECTED, confirm_inspection("failed"), review(), INSPECTED]
        + [confirm_inspection("passed"), sign(), HANDED_OVER],
        f"{CHANGED} {GRANTED}",
        "granted",
        MAJOR,
    ),
    "a failed inspection may lead to a refusal": Story(
        "medical-institution",
        [*CHANGE, review(), INSPECTED, confirm_inspection("failed"), review("reject"), sign()]
        + [HANDED_OVER],
        f"{CHANGED} case.reject {AT_WINDOW}",
        "refused",
        MAJOR,
    ),
    "a change is discussed, stopped and corrected": Story(
        "medical-institution",
        [*CHANGE, review("consult"), OPINION, review("special"), SPECIAL_RESULT]
        + [review("correct"), CORRECTED, review("correct"), TIMER, review(), sign(), HANDED_OVER],
        f"{CHANGED} consultation.ask consultation.answer clock.stop clock.resume"
        f" correction.notify correction.answer correction.notify correction.lapse {GRANTED}",
        "granted",
        MINOR,
    ),
    "a change that came to the wrong office is routed again": Story(
        "medical-institution",
        [receive(), examine(), WRONG_OFFICE, REROUTED, ACCEPT_CASE, review(), sign(), HANDED_OVER],
        f"case.receive case.accept office.route office.send_back office.route {GRANTED}",
        "granted",
        MINOR,
    ),
    "a change is not accepted": Story(
        "medical-institution",
        [receive(), examine("refuse")],
        "case.receive case.refuse_acceptance case.close",
        "not-accepted",
        MINOR,
    ),
    "a change is not corrected in time": Story(
        "medical-institution",
        [receive(), examine("correct"), TIMER],
        "case.receive correction.notify correction.lapse case.close",
        "lapsed",
        MINOR,
    ),
    "a returned parcel is sent again": Story(
        "medical-institution",
        [receive("courier"), *CHANGE[1:], review(), sign(), SENT, track("returned")]
        + [decide_returned("resend"), SENT, track("delivered")],
        f"{CHANGED} case.grant delivery.start delivery.sent delivery.returned"
        " delivery.start delivery.sent delivery.finish case.close",
        "granted",
        MINOR,
    ),
    "a returned parcel is handed over at the window": Story(
        "medical-institution",
        [receive("courier"), *CHANGE[1:], review(), sign(), SENT, track("returned")]
        + [decide_returned("window"), HANDED_OVER],
        f"{CHANGED} case.grant delivery.start delivery.sent delivery.returned"
        " delivery.start delivery.finish case.close",
        "granted",
        MINOR,
    ),
    "an electronic result needs nobody": Story(
        "medical-institution",
        [receive("electronic"), *CHANGE[1:], review(), sign()],
        f"{CHANGED} {GRANTED}",
        "granted",
        MINOR,
    ),
    "a declaration without tax is done in one sitting": Story(
        "tax-declaration",
        [receive("on-the-spot"), examine()],
        f"case.receive case.accept tax.compare tax.issue_receipt {AT_WINDOW}",
        "granted",
        MATCHED,
    ),
    "a declaration with tax is paid at the window": Story(
        "tax-declaration",
        [receive("on-the-spot"), examine(), PAID],
        f"case.receive case.accept tax.compare tax.issue_receipt {AT_WINDOW}",
        "granted",
        MATCHED | {"tax_payable": 1},
    ),
    "a difference is verified by the tax office in charge": Story(
        "tax-declaration",
        [receive("on-the-spot"), examine(), ACCEPT_CASE, verify("passed"), PAID],
        "case.receive case.accept tax.compare office.route tax.issue_receipt" f" {AT_WINDOW}",
        "granted",
        DIFFERENT,
    ),
    "a wrong declaration is corrected": Story(
        "tax-declaration",
        [receive("on-the-spot"), examine(), ACCEPT_CASE, verify("correct"), CORRECTED]
        + [verify("passed"), PAID],
        "case.receive case.accept tax.compare office.route correction.notify correction.answer"
        f" tax.issue_receipt {AT_WINDOW}",
        "granted",
        DIFFERENT,
    ),
    "a wrong declaration is not corrected in time": Story(
        "tax-declaration",
        [receive("on-the-spot"), examine(), ACCEPT_CASE, verify("correct"), TIMER],
        "case.receive case.accept tax.compare office.route correction.notify correction.lapse"
        " case.close",
        "lapsed",
        DIFFERENT,
    ),
    "a declaration is not accepted": Story(
        "tax-declaration",
        [receive(), examine("refuse")],
        "case.receive case.refuse_acceptance case.close",
        "not-accepted",
        MATCHED,
    ),
}

# Until where each category may be stopped: every prefix of these is a moment in a case's life.
LONGEST: dict[str, list[Step]] = {
    "licence-simple": [receive("courier"), examine_licence("correct"), CORRECTED, *LICENCE[1:]]
    + [review("consult"), OPINION, review("special"), SPECIAL_RESULT, review("correct"), CORRECTED]
    + [review(), SPECIAL_RESULT, sign(), SENT, track("returned"), decide_returned("window")],
    "medical-institution": [receive("courier"), examine(), WRONG_OFFICE, REROUTED, ACCEPT_CASE]
    + [review(), INSPECTED, confirm_inspection("passed"), sign(), SENT],
    "tax-declaration": [receive(), examine(), ACCEPT_CASE, verify("correct"), CORRECTED]
    + [verify("passed"), PAID],
}
FORMS = {"licence-simple": HIGH, "medical-institution": MAJOR, "tax-declaration": DIFFERENT}
STOPS = [
    (category, steps[:count])
    for category, steps in LONGEST.items()
    for count in range(len(steps) + 1)
]
