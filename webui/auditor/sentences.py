"""Sentences: what an event type and a look are called on the auditor's screen.

A type without a sentence is shown by its own name, so that nothing in a record stays unseen.
"""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import pgettext
from markupsafe import Markup, escape


def sentence(type_: str, who: str, on_behalf_of: str | None = None) -> Markup:
    """Return an event in words, with its subject in bold."""
    told = _SENTENCES.get(type_)
    subject = Markup("<b>{}</b>").format(_actor(who))
    if on_behalf_of:
        subject = Markup(
            pgettext(
                "audit", "%(who)s, for %(other)s,", who=subject, other=escape(_actor(on_behalf_of))
            )
        )
    if told is None:
        return Markup("{} <code>{}</code>").format(subject, type_)
    return Markup(told(subject))


def known() -> set[str]:
    """Return the types of events that have a sentence."""
    return set(_SENTENCES)


def look_name(what: str) -> str:
    """Return what somebody did who looked; an unknown kind keeps its own name."""
    names = {
        "case.opened": pgettext("audit", "read the case"),
        "history.read": pgettext("audit", "read the history"),
        "history.exported": pgettext("audit", "exported the history"),
        "personal.revealed": pgettext("audit", "read a personal value in clear"),
        "document.opened": pgettext("audit", "opened a file"),
        "paper.withdrawn": pgettext("audit", "withdrew a paper"),
        "request.refused": pgettext("audit", "was refused"),
        "case.refused": pgettext("audit", "was refused"),
    }
    return names.get(what, what)


def _actor(name: str) -> str:
    return pgettext("audit", "The system") if name == "system" else name


_SENTENCES: dict[str, Callable[[Markup], str]] = {
    "case.opened": lambda who: pgettext("audit", "%(who)s opened the case.", who=who),
    "case.received": lambda who: pgettext("audit", "%(who)s received the application.", who=who),
    "case.accepted": lambda who: pgettext("audit", "%(who)s accepted the case.", who=who),
    "case.acceptance-refused": lambda who: pgettext(
        "audit", "%(who)s refused to accept the case.", who=who
    ),
    "case.routed": lambda who: pgettext(
        "audit", "%(who)s routed the case to the handling office.", who=who
    ),
    "case.sent-back": lambda who: pgettext("audit", "%(who)s sent the case back.", who=who),
    "case.decided": lambda who: pgettext("audit", "%(who)s recorded the decision.", who=who),
    "case.withdrawn": lambda who: pgettext(
        "audit", "%(who)s ended the case because it was withdrawn.", who=who
    ),
    "case.terminated": lambda who: pgettext("audit", "%(who)s terminated the case.", who=who),
    "case.closed": lambda who: pgettext("audit", "%(who)s closed the case.", who=who),
    "consultation.asked": lambda who: pgettext(
        "audit", "%(who)s asked another office for its opinion.", who=who
    ),
    "consultation.answered": lambda who: pgettext(
        "audit", "%(who)s gave the opinion asked for.", who=who
    ),
    "special-procedure.ended": lambda who: pgettext(
        "audit", "%(who)s ended the special procedure.", who=who
    ),
    "duty.late": lambda who: pgettext("audit", "%(who)s noted that the report came late.", who=who),
    "enquiry.taken-up": lambda who: pgettext("audit", "%(who)s took the enquiry up.", who=who),
    "clearance.promised": lambda who: pgettext(
        "audit", "%(who)s recorded the commitment to make good what is open.", who=who
    ),
    "clearance.kept": lambda who: pgettext(
        "audit", "%(who)s recorded that the commitment was kept.", who=who
    ),
    "clearance.broken": lambda who: pgettext(
        "audit", "%(who)s recorded that the commitment was broken.", who=who
    ),
    "declaration.compared": lambda who: pgettext(
        "audit", "%(who)s compared the declaration.", who=who
    ),
    "list.checked": lambda who: pgettext("audit", "%(who)s checked the list, row by row.", who=who),
    "tax.assessed": lambda who: pgettext(
        "audit", "%(who)s determined the tax to be paid.", who=who
    ),
    "refund.opened": lambda who: pgettext("audit", "%(who)s began a refund.", who=who),
    "correction.told": lambda who: pgettext(
        "audit", "%(who)s told the applicant what to correct.", who=who
    ),
    "correction.answered": lambda who: pgettext(
        "audit", "%(who)s recorded the answer to the correction.", who=who
    ),
    "correction.lapsed": lambda who: pgettext(
        "audit", "%(who)s recorded that the correction was not answered in time.", who=who
    ),
    "clock.started": lambda who: pgettext("audit", "%(who)s started a clock.", who=who),
    "hearing.told": lambda who: pgettext(
        "audit", "%(who)s told when and where the hearing is.", who=who
    ),
    "hearing.held": lambda who: pgettext("audit", "%(who)s recorded the hearing.", who=who),
    "extension.asked": lambda who: pgettext(
        "audit", "%(who)s asked for an extension of the limit.", who=who
    ),
    "clock.extended": lambda who: pgettext("audit", "%(who)s extended a limit.", who=who),
    "clock.met": lambda who: pgettext("audit", "%(who)s met a limit.", who=who),
    "clock.stopped": lambda who: pgettext("audit", "%(who)s stopped the clock.", who=who),
    "clock.recounted": lambda who: pgettext(
        "audit", "%(who)s counted limits anew by the imported calendar.", who=who
    ),
    "clock.resumed": lambda who: pgettext("audit", "%(who)s let the clock run again.", who=who),
    "delivery.started": lambda who: pgettext("audit", "%(who)s began the delivery.", who=who),
    "delivery.sent": lambda who: pgettext("audit", "%(who)s sent the parcel.", who=who),
    "delivery.tracked": lambda who: pgettext(
        "audit", "%(who)s noted where the parcel is.", who=who
    ),
    "delivery.returned": lambda who: pgettext(
        "audit", "%(who)s noted that the parcel came back.", who=who
    ),
    "delivery.finished": lambda who: pgettext("audit", "%(who)s finished the delivery.", who=who),
    "document.added": lambda who: pgettext("audit", "%(who)s added a file.", who=who),
    "document.removed": lambda who: pgettext("audit", "%(who)s removed a file.", who=who),
    "application.recorded": lambda who: pgettext(
        "audit", "%(who)s recorded what was applied for.", who=who
    ),
    "application.amended": lambda who: pgettext(
        "audit", "%(who)s recorded corrected answers.", who=who
    ),
    "material.marked": lambda who: pgettext("audit", "%(who)s marked a material.", who=who),
    "paper.issued": lambda who: pgettext("audit", "%(who)s issued a paper.", who=who),
    "paper.withdrawn": lambda who: pgettext("audit", "%(who)s withdrew a paper.", who=who),
    "feedback.seen": lambda who: pgettext("audit", "%(who)s read the closing feedback.", who=who),
    "tolerance.promised": lambda who: pgettext(
        "audit", "%(who)s took in the promise to supply what is missing.", who=who
    ),
    "tolerance.supplied": lambda who: pgettext(
        "audit", "%(who)s recorded that everything promised is there.", who=who
    ),
    "tolerance.lapsed": lambda who: pgettext(
        "audit", "%(who)s recorded that what was promised never came.", who=who
    ),
    "tolerance.extended": lambda who: pgettext(
        "audit", "%(who)s gave the applicant more time to supply what is missing.", who=who
    ),
    "tolerance.refused": lambda who: pgettext(
        "audit", "%(who)s proposed to refuse, because what was promised never came.", who=who
    ),
    "commitment.given": lambda who: pgettext(
        "audit", "%(who)s took in the applicant's commitment.", who=who
    ),
    "commitment.to-check": lambda who: pgettext(
        "audit", "%(who)s started the check of the commitment.", who=who
    ),
    "commitment.kept": lambda who: pgettext(
        "audit", "%(who)s recorded that the commitment is true.", who=who
    ),
    "commitment.revoked": lambda who: pgettext(
        "audit", "%(who)s revoked what was granted on a false commitment.", who=who
    ),
    "evaluation.invited": lambda who: pgettext(
        "audit", "%(who)s invited the applicant to evaluate the service.", who=who
    ),
    "evaluation.given": lambda who: pgettext(
        "audit", "%(who)s took in the applicant's evaluation.", who=who
    ),
    "evaluation.to-rectify": lambda who: pgettext(
        "audit", "%(who)s opened the rectification of a poor evaluation.", who=who
    ),
    "evaluation.rectified": lambda who: pgettext(
        "audit", "%(who)s recorded how the evaluation was rectified.", who=who
    ),
    "evaluation.lapsed": lambda who: pgettext(
        "audit", "%(who)s noted that nobody evaluated the service in time.", who=who
    ),
    "case.archived": lambda who: pgettext("audit", "%(who)s archived the case.", who=who),
    "personal.destroyed": lambda who: pgettext(
        "audit", "%(who)s destroyed personal data for good.", who=who
    ),
    "instance.started": lambda who: pgettext("audit", "%(who)s started the process.", who=who),
    "connector.answered": lambda who: pgettext(
        "audit", "%(who)s took over the answer of an outside system.", who=who
    ),
    "connector.refused": lambda who: pgettext(
        "audit", "%(who)s took over the refusal of an outside system.", who=who
    ),
    "instance.suspended": lambda who: pgettext("audit", "%(who)s suspended the process.", who=who),
    "instance.resumed": lambda who: pgettext("audit", "%(who)s resumed the process.", who=who),
    "instance.moved": lambda who: pgettext(
        "audit", "%(who)s moved the case by hand to another step.", who=who
    ),
    "instance.migrated": lambda who: pgettext(
        "audit", "%(who)s carried the case over to another version of its process.", who=who
    ),
    "instance.restarted": lambda who: pgettext(
        "audit", "%(who)s began a finished process anew.", who=who
    ),
    "instance.cancelled": lambda who: pgettext("audit", "%(who)s cancelled the process.", who=who),
    "process.moved": lambda who: pgettext("audit", "%(who)s moved the process on.", who=who),
    "message.received": lambda who: pgettext("audit", "%(who)s passed on a message.", who=who),
    "incident.created": lambda who: pgettext("audit", "%(who)s noted that a step failed.", who=who),
    "incident.resolved": lambda who: pgettext(
        "audit", "%(who)s noted that a failed step needs no more care.", who=who
    ),
    "office.succeeded": lambda who: pgettext(
        "audit", "%(who)s passed the case to the office that succeeded.", who=who
    ),
    "decision.evaluated": lambda who: pgettext(
        "audit", "%(who)s had a table of decisions evaluated.", who=who
    ),
    "signal.received": lambda who: pgettext("audit", "%(who)s passed on a signal.", who=who),
    "incident.retried": lambda who: pgettext(
        "audit", "%(who)s tried the failed step again.", who=who
    ),
    "task.claimed": lambda who: pgettext("audit", "%(who)s claimed the task.", who=who),
    "task.released": lambda who: pgettext("audit", "%(who)s released the task.", who=who),
    "task.delegated": lambda who: pgettext("audit", "%(who)s handed the task over.", who=who),
    "task.completed": lambda who: pgettext("audit", "%(who)s completed the task.", who=who),
}
