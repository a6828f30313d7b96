"""Happenings: events of a case that are told in one plain sentence each.

They need no more than who did it, a day and an office; `sentences` fills these in and tells the
events that need more. What stands in neither is for the record of auditors alone.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

TOLD = {
    "case.archived": _("The files of the case were archived."),
    "clock.recounted": _("The limits were counted anew by the imported calendar."),
    "clock.resumed": _("The clock runs again."),
    "commitment.given": _("The applicant committed in place of proof."),
    "commitment.kept": _("%(who)s found that the commitment holds."),
    "commitment.revoked": _("%(who)s confirmed that the commitment is false: it was revoked."),
    "commitment.to-check": _("The commitment is to be checked by %(day)s."),
    "evaluation.given": _("The applicant evaluated the service."),
    "evaluation.invited": _("The applicant may evaluate the service until %(day)s."),
    "evaluation.lapsed": _("The applicant did not evaluate the service."),
    "evaluation.rectified": _("%(who)s recorded what was rectified and told the applicant."),
    "evaluation.to-rectify": _("The evaluation is to be looked into and rectified by %(office)s."),
    "extension.asked": _("%(who)s asked for an extension of the limit."),
    "hearing.held": _("The hearing was held on %(day)s."),
    "hearing.told": _("%(who)s told the applicant of the hearing on %(day)s."),
    "incident.created": _("A step failed; administrators see it and mend it."),
    "incident.resolved": _("The step that had failed went on."),
    "instance.cancelled": _("%(who)s ended the process of the case."),
    "instance.migrated": _("%(who)s moved the case to another version of its process."),
    "instance.moved": _("%(who)s moved the case to another step."),
    "instance.resumed": _("%(who)s let the case go on."),
    "instance.suspended": _("%(who)s suspended the case."),
    "office.succeeded": _("Another office has taken over."),
    "tolerance.extended": _(
        "%(who)s gave the applicant until %(day)s to supply what was promised."
    ),
    "tolerance.lapsed": _("What the applicant had promised did not come in time."),
    "tolerance.promised": _("The applicant promised to supply what is missing by %(day)s."),
    "tolerance.refused": _("%(who)s decided not to wait for it any longer."),
    "tolerance.supplied": _("What the applicant had promised has been supplied."),
}

# What a clerk is not told, because it says nothing of the case or is told by another event.
SILENT = {
    "application.recorded": "told by case.received",
    "clock.met": "told by what met the limit",
    "connector.answered": "traffic with an outside system",
    "connector.refused": "traffic with an outside system; a failure is told by incident.created",
    "decision.evaluated": "which rows of a table applied",
    "incident.retried": "told by incident.resolved, or by the next incident",
    "instance.restarted": "told in the case that it became",
    "instance.started": "told by case.opened",
    "message.received": "told by what the message says",
    "personal.destroyed": "nothing of it may be told but to auditors",
    "process.moved": "drawn on the diagram",
    "signal.received": "told by what the signal does",
}
