"""Words of the clerks' screens; those that auditors read as well come from `case_words`."""

from __future__ import annotations

from flask_babel import gettext as _

from webui.case_words import (
    delivery,
    limit,
    material_form,
    material_state,
    outcome,
    parcel,
    stage,
    stop,
    task_name,
)

__all__ = [
    "delivery", "limit", "material_form", "material_state", "outcome", "parcel", "stage", "stop",
    "task_name", "then",
]  # fmt: skip


def then(element: str, intake: str, handling: str, category: str = "") -> str:
    """Return who gets the case when a task is submitted, and what the applicant is told.

    Args:
        element: of the task.
        intake: name of the office that took the case in.
        handling: name of the office that handles it, empty while none does.
        category: of the matter; a task of this name may lead elsewhere in one of them.
    """
    offices = {"intake": intake, "handling": handling or _("the handling office")}
    texts = {
        "Activity_ExamineApplication": _(
            "If accepted, the limits start, the applicant gets the acceptance notice and the case "
            "goes to %(handling)s.",
            **offices,
        ),
        "Activity_SubmitCorrection": _("The clock goes on and the case returns to its examiner."),
        "Activity_ReceiveCase": _(
            "If received, the case is handled here; if not, it goes back to %(intake)s. "
            "The clock is not restarted.",
            **offices,
        ),
        "Activity_RerouteCase": _("The chosen office gets the case; the clock is not restarted."),
        "Activity_GiveOpinion": _("The opinion goes to %(handling)s, which decides.", **offices),
        "Activity_RecordSpecialResult": _("The clock runs again and the case goes on."),
        "Activity_ReviewApplication": _(
            "A proposal goes to a supervisor of %(handling)s for signature, who must be another "
            "person. A correction is told to the applicant in writing.",
            **offices,
        ),
        "Activity_InspectSite": _("A second person who was there confirms it."),
        "Activity_ConfirmInspection": _(
            "What is in order goes on; what is not goes back to the review."
        ),
        "Activity_ReviewFirst": _(
            "Your opinion goes up with all materials; the deciding office asks for none of "
            "them again. A correction is told to the applicant in writing."
        ),
        "Activity_AcceptSite": _("A second person who was there confirms it."),
        "Activity_ConfirmAcceptance": _(
            "If passed, the certificate is issued and delivered; if not, it is inspected again "
            "when mended."
        ),
        "Activity_PublishNotice": _(
            "Without objection the case goes on; with one it goes back to the review."
        ),
        "Activity_Negotiate": _(
            "If agreed, a supervisor of %(handling)s signs; if not, the case goes back to "
            "the review.",
            **offices,
        ),
        "Activity_VerifyDeclaration": _("If passed, the payment is confirmed next."),
        "Activity_CheckReport": _(
            "If it agrees, the applicant gets the receipt; if not, the correction is told"
            " in writing."
        ),
        "Activity_VerifyRegistration": _(
            "What agrees is confirmed at once; what is referred goes to %(handling)s.",
            **offices,
        ),
        "Activity_LookUpRecord": _("The applicant gets the certificate, or a notice of no record."),
        "Activity_VerifyRecord": _("The applicant gets the certificate, or a notice of no record."),
        "Activity_AnswerAtWindow": _(
            "An answer goes out at once; what you pass on is answered by %(handling)s.",
            **offices,
        ),
        "Activity_AnswerEnquiry": _("The answer is delivered the way the applicant chose."),
        "Activity_ScanUnsettled": _(
            "With nothing open the certificate is issued; otherwise a commitment is "
            "offered or a notice tells what is open."
        ),
        "Activity_SignCommitment": _(
            "If signed, the certificate is issued and %(handling)s follows the "
            "commitment; if not, a notice tells what is open.",
            **offices,
        ),
        "Activity_ConfirmMadeGood": _(
            "It is put on record; the applicant has the certificate already."
        ),
        "Activity_DetermineBase": _(
            "If there is a good reason, the declared tax stands; otherwise the "
            "applicant pays the tax you determine."
        ),
        "Activity_CheckRelief": _(
            "If entitled, the declared tax stands; if not, the applicant pays the "
            "tax without the relief."
        ),
        "Activity_PassToRegister": _("The certificate is delivered the way the applicant chose."),
        "Activity_JudgeCorrection": _(
            "If allowed, the difference is paid or refunded; if not, a decision "
            "with your reasons is issued."
        ),
        "Activity_CheckKeptDocuments": _(
            "The case is archived; tax is recovered in a case of its own."
        ),
        "Activity_CheckListByHand": _(
            "If it agrees, the payment is confirmed next; if not, the correction is told in writing."
        ),
        "Activity_AssessCharge": _(
            "The applicant pays what stands after your finding; a correction is told in writing."
        ),
        "Activity_CheckRefund": _(
            "If right, a supervisor decides on the refund; if not, the correction is told "
            "in writing. The receipt is out already."
        ),
        "Activity_ApproveRefund": _(
            "If approved, a colleague records the refund order; the applicant is "
            "told your decision and reasons."
        ),
        "Activity_RecordRefund": _("The applicant gets the notice of the refund."),
        "Activity_ConfirmPayment": _(
            "The payment is on record; the receipt, certificate or invoice follows."
        ),
        "Activity_CheckInvoice": _(
            "What is in order is done at once, after payment where tax is due; kinds and numbers "
            "not yet confirmed go to %(handling)s.",
            **offices,
        ),
        "invoice/Activity_ReviewApplication": _(
            "What you confirm goes back to %(intake)s, which supplies the invoices; a refusal "
            "goes to a supervisor of %(handling)s for signature.",
            **offices,
        ),
        "Activity_RecordInvoice": _(
            "The result is issued and delivered the way the applicant chose."
        ),
        "Activity_CheckFiling": _(
            "What is in order is filed at once under its number; what is doubtful is reviewed "
            "by %(handling)s.",
            **offices,
        ),
        "Activity_RegisterEnterprise": _("The certificate applied for is reviewed next."),
        "Activity_ConfirmGuarantee": _(
            "The clock runs again; a supervisor of %(handling)s signs next.", **offices
        ),
        "Activity_RecordReturn": _("The case is closed."),
        "Activity_CollectCharge": _(
            "Paid or relieved, the certificate goes to signature; declined, a refusal does."
        ),
        "Activity_AssessOnSite": _("A second person who was there confirms it."),
        "Activity_ConfirmAssessment": _(
            "What is in order goes on; what is not goes back to the review."
        ),
        "Activity_RecordPayout": _(
            "Paid, the case is closed; without funds it waits for them in the work list."
        ),
        "Activity_AwaitFunds": _("The payment is recorded next."),
        "Activity_SignDecision": _(
            "The decision is issued as a paper and delivered the way the applicant chose."
        ),
        "Activity_HandOver": _("The case is closed and %(intake)s gets the feedback.", **offices),
        "Activity_SendParcel": _("The parcel is followed until it arrives."),
        "Activity_TrackParcel": _(
            "If delivered, the case is closed; if returned, %(intake)s decides what to do.",
            **offices,
        ),
        "Activity_DecideReturned": _("The result is delivered once more, the way you choose."),
        "Activity_CallHearing": _(
            "The applicant is told the day and the place in writing, seven working days before."
        ),
        "Activity_HoldHearing": _("The clock runs again and the case goes on."),
        "Activity_ApproveExtension": _(
            "If approved, the applicant is told the reason and the new limit in writing; the clock "
            "goes on either way, and so does the review."
        ),
        "Activity_SubmitTolerated": _("With everything there, %(handling)s decides.", **offices),
        "Activity_DecideLapsedTolerance": _(
            "More time is given once; otherwise a refusal with your reasons goes to signature."
        ),
        "Activity_CheckCommitment": _(
            "If it is true, nothing more follows; if not, a supervisor confirms the revocation."
        ),
        "Activity_ConfirmRevocation": _(
            "If revoked, the applicant gets the decision, and the credit record an entry."
        ),
        "Activity_RectifyEvaluation": _("Then the applicant is called back and told."),
        "Activity_CallBack": _("The evaluation is rectified, and the case is archived."),
    }
    texts["Activity_ExamineLicenceApplication"] = texts["Activity_ExamineApplication"]
    otherwise = texts.get(element, _("The case goes on as its process says."))
    return texts.get(f"{category}/{element}", otherwise)
