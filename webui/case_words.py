"""Words about cases that several screens show for what the engine names by a code.

Names of tasks, matters, papers and offices come from the diagrams and the catalogue and are
Chinese; for readers of English the tasks that we know have an English name here. What is unknown
stands for itself.
"""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext

from webui import i18n


def task_name(element: str, name: str) -> str:
    """Return what a task is called: the diagram's name, in English where we have one."""
    return name if i18n.language() == "zh" else _english_tasks().get(element, name)


def _english_tasks() -> dict[str, str]:
    return {
        "Activity_ReceiveApplication": "Record the application",
        "Activity_ExamineApplication": "Decide on acceptance",
        "Activity_ExamineLicenceApplication": "Decide on acceptance",
        "Activity_SubmitCorrection": "Record what was corrected",
        "Activity_ReceiveCase": "Receive the case",
        "Activity_RerouteCase": "Choose another handling office",
        "Activity_GiveOpinion": "Give an opinion",
        "Activity_RecordSpecialResult": "Record the special procedure",
        "Activity_ReviewApplication": "Review the application",
        "Activity_InspectSite": "Inspect the site",
        "Activity_ConfirmInspection": "Confirm the inspection",
        "Activity_ReviewFirst": "First review",
        "Activity_AcceptSite": "Inspect what was built",
        "Activity_ConfirmAcceptance": "Confirm the acceptance",
        "Activity_Negotiate": "Negotiate the agreement",
        "Activity_VerifyDeclaration": "Verify the difference",
        "Activity_ConfirmPayment": "Confirm the payment",
        "Activity_DetermineBase": "Determine the tax base",
        "Activity_CheckRelief": "Check the relief",
        "Activity_PassToRegister": "Pass the tax information on",
        "Activity_JudgeCorrection": "Decide on the correction",
        "Activity_CheckKeptDocuments": "Check the kept documents",
        "Activity_CheckListByHand": "Check the list by hand",
        "Activity_AssessCharge": "Assess the charge",
        "Activity_CheckRefund": "Check the refund",
        "Activity_ApproveRefund": "Decide on the refund",
        "Activity_RecordRefund": "Record the refund",
        "Activity_CheckReport": "Check the report",
        "Activity_VerifyRegistration": "Verify the registration",
        "Activity_LookUpRecord": "Look up what was paid",
        "Activity_VerifyRecord": "Verify what was paid",
        "Activity_AnswerAtWindow": "Answer at the window",
        "Activity_AnswerEnquiry": "Answer the enquiry",
        "Activity_ScanUnsettled": "Look for open matters",
        "Activity_SignCommitment": "Offer the commitment",
        "Activity_ConfirmMadeGood": "Record what became of the commitment",
        "Activity_CheckInvoice": "Check the request about invoices",
        "Activity_RecordInvoice": "Record the invoices",
        "Activity_CheckFiling": "Check the filing",
        "Activity_RegisterEnterprise": "Register the enterprise",
        "Activity_ConfirmGuarantee": "Confirm fee and guarantee",
        "Activity_RecordReturn": "Record the return of the carnet",
        "Activity_CollectCharge": "Collect the charge",
        "Activity_AssessOnSite": "Assess on site",
        "Activity_ConfirmAssessment": "Confirm the assessment",
        "Activity_PublishNotice": "Publish and record objections",
        "Activity_RecordPayout": "Record the payment",
        "Activity_AwaitFunds": "Wait for funds",
        "Activity_SignDecision": "Sign the decision",
        "Activity_HandOver": "Hand over at the window",
        "Activity_SendParcel": "Record the parcel",
        "Activity_TrackParcel": "Record how the parcel fares",
        "Activity_DecideReturned": "Decide about the returned parcel",
        "Activity_ApproveExtension": "Approve the extension",
        "Activity_CallHearing": "Set the day of the hearing",
        "Activity_HoldHearing": "Hold the hearing",
        "Activity_SubmitTolerated": "Supply what was promised",
        "Activity_DecideLapsedTolerance": "Decide on what never came",
        "Activity_CheckCommitment": "Check the commitment",
        "Activity_ConfirmRevocation": "Confirm the revocation",
        "Activity_RectifyEvaluation": "Verify and rectify",
        "Activity_CallBack": "Call back and tell",
    }


def stage(code: str) -> str:
    """Return how far a case is."""
    names = {
        "receiving": _("being taken in"),
        "examining": _("acceptance to be decided"),
        "accepted": pgettext("clerk", "accepted"),
        "handling": _("being handled"),
        "rerouting": _("to be sent elsewhere"),
        "decided": pgettext("clerk", "decided"),
        "delivering": _("on its way to the applicant"),
        "closed": pgettext("clerk", "closed"),
    }
    return names.get(code, code)


def outcome(code: str | None) -> str:
    """Return how a case ended."""
    names = {
        "granted": pgettext("clerk", "granted"),
        "refused": pgettext("clerk", "refused"),
        "not-accepted": _("not accepted"),
        "withdrawn": pgettext("clerk", "withdrawn"),
        "terminated": pgettext("clerk", "terminated"),
        "lapsed": _("lapsed without correction"),
        "revoked": _("revoked after a false commitment"),
    }
    return names.get(code or "", code or "")


def delivery(code: str | None) -> str:
    """Return a way of delivery."""
    names = {
        "on-the-spot": _("on the spot"),
        "window": _("at the window"),
        "electronic": _("electronically"),
        "courier": _("by courier"),
    }
    return names.get(code or "", code or "")


def parcel(code: str) -> str:
    """Return a state of a parcel or of a delivery."""
    names = {
        "waiting": _("waiting to be handed over"),
        "sent": _("handed to the courier"),
        "collected": _("collected by the courier"),
        "in-transit": _("in transit"),
        "out-for-delivery": _("out for delivery"),
        "delivered": pgettext("clerk", "delivered"),
        "returned": pgettext("clerk", "returned"),
    }
    return names.get(code, code)


def limit(code: str) -> str:
    """Return the name of a limit."""
    names = {
        "promised": _("promised limit"),
        "statutory": _("statutory limit"),
        "notice": _("limit of the one-time notice"),
        "correction": _("limit of the correction"),
        "delivery": _("limit of the delivery"),
        "lower-review": _("limit of the review by the lower office"),
        "hearing": _("limit to hold the hearing"),
        "rectify": _("limit to rectify an evaluation"),
        "tolerance": _("limit to supply what is missing"),
        "commitment": _("limit to check the commitment"),
    }
    return names.get(code, code)


def grade(number: int | None) -> str:
    """Return what a grade of an evaluation is called."""
    names = {
        5: _("very satisfied"),
        4: _("satisfied"),
        3: _("fairly satisfied"),
        2: _("dissatisfied"),
        1: _("very dissatisfied"),
    }
    return names.get(number or 0, "")


def evaluation_reason(code: str) -> str:
    """Return why a service was evaluated as poor."""
    names = {
        "slow": _("It took too long"),
        "many-visits": _("I had to come several times"),
        "extra-materials": _("Materials beyond the guide were asked for"),
        "unclear": _("I was not told everything at once"),
        "attitude": _("The staff were unfriendly"),
        "system": _("Equipment or website did not work"),
        "other": _("Something else"),
    }
    return names.get(code, code)


def evaluation(code: str) -> str:
    """Return what came of the invitation to evaluate."""
    names = {
        "good": pgettext("evaluation", "not poor"),
        "poor": pgettext("evaluation", "poor"),
        "none": pgettext("evaluation", "not evaluated"),
    }
    return names.get(code, code)


def finding(code: str | None) -> str:
    """Return what was found about a poor evaluation."""
    names = {
        "confirmed": _("It is as the applicant says"),
        "partly": _("It is so in part"),
        "unfounded": _("It is not so"),
    }
    return names.get(code or "", code or "")


def call_back(code: str | None) -> str:
    """Return how the applicant was called back."""
    names = {
        "satisfied": _("called back, satisfied"),
        "dissatisfied": _("called back, not satisfied"),
        "not-reached": _("not reached"),
    }
    return names.get(code or "", code or "")


def retention(code: str) -> str:
    """Return how long an archive is kept."""
    names = {
        "permanent": _("for ever"),
        "30-years": _("30 years"),
        "10-years": _("10 years"),
    }
    return names.get(code, code)


def stop(code: str) -> str:
    """Return why a clock stands."""
    names = {
        "correction": _("correction"),
        "hearing": _("hearing"),
        "bidding": _("bidding"),
        "auction": _("auction"),
        "inspection": _("inspection"),
        "testing": _("testing"),
        "quarantine": _("quarantine"),
        "appraisal": _("appraisal"),
        "expert-review": _("expert review"),
        "department-review": _("review by the department in charge"),
        "verification": _("verification"),
        "force-majeure": _("force majeure"),
        "public-notice": _("public notice"),
        "guarantee": _("payment of fee and guarantee"),
    }
    return names.get(code, code)


def material_form(code: str) -> str:
    """Return in which form a material is handed in."""
    names = {
        "original": _("original"),
        "copy": pgettext("material", "copy"),
        "original-and-copy": _("original and copy"),
        "electronic": pgettext("material", "electronic"),
    }
    return names.get(code, code)


def material_state(code: str) -> str:
    """Return whether a material is there."""
    names = {
        "received": pgettext("material", "received"),
        "missing": pgettext("material", "missing"),
        "not-needed": _("not needed"),
        "tolerated": pgettext("material", "promised for later"),
        "committed": pgettext("material", "vouched for"),
    }
    return names.get(code, code)
