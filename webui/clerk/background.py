"""Background of a task: what colleagues wrote before, without which it cannot be judged.

Whoever signs reads the opinion, whoever records a correction reads what was asked for. These are
texts of the process, not of the applicant, and shown only to those who may do the task.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine.casework import evaluations
from engine.models import Case, Instance, Task
from webui import case_words, i18n
from webui.clerk import view

NEEDED: Mapping[str, tuple[str, ...]] = {
    "Activity_ReviewApplication": (
        "first_review_opinion",
        "inspection_note",
        "confirmation_note",
        "notice_note",
        "objection_note",
        "assessment_doubt",
        "negotiation_note",
        "verification_note",
        "invoice_note",
        "registration_note",
        "decision_note",
        "consultation_opinion",
        "special_result",
        "extension_note",
    ),
    "Activity_SignDecision": (
        "review",
        "review_opinion",
        "inspection_note",
        "consultation_opinion",
        "special_result",
        "result_number",
        "guarantee_voucher",
    ),
    "Activity_ReviewFirst": ("inspection_note", "confirmation_note", "correction_note"),
    "Activity_AcceptSite": ("confirmation_note",),
    "Activity_ConfirmAcceptance": ("acceptance_note",),
    "Activity_PublishNotice": ("inspection_note", "notice_note", "objection_note"),
    "Activity_CheckInvoice": ("correction_note",),
    "Activity_RecordInvoice": ("review_opinion", "payment_voucher"),
    "Activity_CheckFiling": ("correction_note",),
    "Activity_RecordReturn": ("guarantee_voucher",),
    "Activity_AssessOnSite": ("assessment_doubt",),
    "Activity_RecordPayout": ("funds_arrived_on",),
    "Activity_Negotiate": ("inspection_note", "negotiation_note"),
    "Activity_GiveOpinion": ("consultation_question",),
    "Activity_RecordSpecialResult": ("special_reason",),
    "Activity_CallHearing": ("special_reason",),
    "Activity_HoldHearing": ("hearing_on", "hearing_place", "special_reason"),
    "Activity_ApproveExtension": ("special_days", "special_reason", "review_opinion"),
    "Activity_CallBack": ("evaluation_finding", "rectification"),
    "Activity_SubmitCorrection": ("correction_items", "correction_note"),
    "Activity_RerouteCase": ("wrong_office_reason",),
    "Activity_DecideReturned": ("tracking_note",),
    "Activity_ConfirmInspection": ("inspection_note",),
    "Activity_VerifyDeclaration": ("verification_note",),
    "Activity_AssessCharge": ("levy_policy", "levy_computed", "base_reason", "correction_note"),
    "Activity_CheckListByHand": ("correction_note",),
    "Activity_CheckRefund": ("correction_note",),
    "Activity_ApproveRefund": ("refund_check_note",),
    "Activity_VerifyRegistration": ("correction_note",),
    "Activity_VerifyRecord": ("lookup_note",),
    "Activity_AnswerEnquiry": ("answer_note",),
    "Activity_CheckReport": ("duty_due_on", "is_late", "correction_note"),
    "Activity_SignCommitment": ("unsettled_items",),
    "Activity_ConfirmMadeGood": ("unsettled_items", "make_good_by"),
}


def of_task(session: Session, found: Task, matter: Matter) -> list[tuple[str, str]]:
    """Return what was written before, as pairs of label and text; nothing where nothing was."""
    if found.element == "Activity_RectifyEvaluation":
        return _evaluation(session, found)
    needed = NEEDED.get(found.element, ())
    if not needed:
        return []
    known = session.get_one(Instance, found.instance_id).variables
    shown = labels()
    return [(shown[name], _text(name, known[name], matter)) for name in needed if known.get(name)]


def _evaluation(session: Session, found: Task) -> list[tuple[str, str]]:
    """Return what the applicant ticked; the applicant's own words stand on the page of the case."""
    row = evaluations.latest(session, session.get_one(Case, found.instance_id))
    if row is None:
        return []
    reasons = "、".join(case_words.evaluation_reason(one) for one in row.reasons)
    told = [(_("Grade"), case_words.grade(row.grade)), (_("What was wrong"), reasons)]
    return [pair for pair in told if pair[1]]


def _text(name: str, value: Any, matter: Matter) -> str:
    if name == "correction_items":
        materials = {one.key: view.label(one, "name") for one in matter.materials}
        return "、".join(materials.get(one, one) for one in value)
    if name == "review":
        proposals = {"approve": _("to grant"), "reject": _("to refuse")}
        return proposals.get(value, str(value))
    if name == "evaluation_finding":
        return case_words.finding(str(value))
    if name in ("duty_due_on", "make_good_by", "hearing_on", "funds_arrived_on"):
        return i18n.full_day(date.fromisoformat(str(value)))
    if name == "levy_computed":
        return f"{int(value) // 100:,}.{int(value) % 100:02d}"
    if name == "is_late":
        return _("yes, the last day has passed")
    return str(value)


def labels() -> dict[str, str]:
    """Return what each text of a background is called."""
    return {
        "review": _("Proposal"),
        "review_opinion": _("Opinion of the reviewer"),
        "decision_note": _("Why it came back from signature"),
        "inspection_note": _("Findings on site"),
        "first_review_opinion": _("Opinion of the first review"),
        "confirmation_note": _("What was not in order"),
        "acceptance_note": _("Findings at the acceptance"),
        "notice_note": _("Objections to the notice"),
        "objection_note": _("What was objected"),
        "assessment_doubt": _("What was doubted about the assessment"),
        "invoice_note": _("Why the window passed it on"),
        "registration_note": _("Note on the registration"),
        "result_number": _("Number of the result"),
        "guarantee_voucher": _("Number of the guarantee"),
        "payment_voucher": _("Number of the payment voucher"),
        "funds_arrived_on": _("Day on which funds arrived"),
        "negotiation_note": _("Why it was not agreed"),
        "consultation_question": pgettext("clerk", "Question"),
        "consultation_opinion": _("Opinion of the office asked"),
        "special_reason": _("Why the special procedure"),
        "special_result": _("Result of the special procedure"),
        "special_days": _("Working days asked for"),
        "extension_note": _("Why it is not extended"),
        "hearing_on": _("Day of the hearing"),
        "hearing_place": _("Hour and place"),
        "evaluation_finding": _("Finding"),
        "rectification": _("What was rectified"),
        "correction_items": _("Materials to correct"),
        "correction_note": _("What to correct"),
        "wrong_office_reason": _("Why it was sent back"),
        "tracking_note": _("What the courier said"),
        "verification_note": _("Note on the verification before"),
        "levy_policy": _("Rule that applies"),
        "levy_computed": _("Amount due by the rate (yuan)"),
        "base_reason": _("Reasons of the finding before"),
        "refund_check_note": _("Note on the check"),
        "lookup_note": _("What is to be verified"),
        "answer_note": _("Why the window did not answer"),
        "duty_due_on": _("Last day of the applicant's duty"),
        "is_late": _("Later than the duty asks"),
        "unsettled_items": _("What is open"),
        "make_good_by": _("Promised day"),
    }
