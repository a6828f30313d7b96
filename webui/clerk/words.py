"""Words of the clerks' screens for what the engine names by a code.

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
        "Activity_VerifyDeclaration": "Verify the difference",
        "Activity_ConfirmPayment": "Confirm the payment",
        "Activity_SignDecision": "Sign the decision",
        "Activity_HandOver": "Hand over at the window",
        "Activity_SendParcel": "Record the parcel",
        "Activity_TrackParcel": "Record how the parcel fares",
        "Activity_DecideReturned": "Decide about the returned parcel",
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
    }
    return names.get(code, code)


def then(element: str, intake: str, handling: str) -> str:
    """Return who gets the case when a task is submitted, and what the applicant is told."""
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
        "Activity_ConfirmInspection": _("The case goes back to the review."),
        "Activity_VerifyDeclaration": _("If passed, the payment is confirmed next."),
        "Activity_ConfirmPayment": _("The applicant gets the receipt of the declaration."),
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
    }
    texts["Activity_ExamineLicenceApplication"] = texts["Activity_ExamineApplication"]
    return texts.get(element, _("The case goes on as its process says."))
