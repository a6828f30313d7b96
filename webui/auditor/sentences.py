"""Sentences: what an event type, a field and a look are called on the auditor's screen.

A type without a sentence is shown by its own name, so that nothing in a record stays unseen.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask_babel import pgettext
from markupsafe import Markup, escape

from engine.record.history import UNSET


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


def field_name(field: str) -> str:
    """Return what a field is called; an unknown one keeps its own name."""
    names = {
        "applicant_name": pgettext("audit", "Applicant's name"),
        "applicant.name": pgettext("audit", "Applicant's name"),
        "applicant.id_no": pgettext("audit", "Applicant's paper number"),
        "applicant.phone": pgettext("audit", "Applicant's phone"),
        "applicant.address": pgettext("audit", "Applicant's address"),
        "agent.name": pgettext("audit", "Agent's name"),
        "agent.id_no": pgettext("audit", "Agent's paper number"),
        "agent.phone": pgettext("audit", "Agent's phone"),
        "reason": pgettext("audit", "Reason"),
        "outcome": pgettext("audit", "Outcome"),
        "decision": pgettext("audit", "Decision"),
        "office": pgettext("audit", "Office"),
        "handling_office": pgettext("audit", "Handling office"),
        "intake_office": pgettext("audit", "Intake office"),
        "case_no": pgettext("audit", "Case number"),
        "matter_no": pgettext("audit", "Matter number"),
        "accepted_at": pgettext("audit", "Accepted at"),
        "accepted_by": pgettext("audit", "Accepted by"),
        "ground": pgettext("audit", "Legal ground"),
        "due_on": pgettext("audit", "Due on"),
        "kind": pgettext("audit", "Kind"),
        "days": pgettext("audit", "Days"),
        "items": pgettext("audit", "Items"),
        "note": pgettext("audit", "Note"),
        "number": pgettext("audit", "Number"),
        "method": pgettext("audit", "Method"),
        "waybill": pgettext("audit", "Waybill"),
        "courier": pgettext("audit", "Courier"),
        "to": pgettext("audit", "To whom"),
        "person": pgettext("audit", "Person"),
        "path": pgettext("audit", "Path"),
        "question": pgettext("audit", "Question"),
        "opinion": pgettext("audit", "Opinion"),
        "result": pgettext("audit", "Result"),
        "state": pgettext("audit", "State"),
        "paper": pgettext("audit", "Paper"),
        "paper_no": pgettext("audit", "Paper number"),
        "sha256": pgettext("audit", "Fingerprint"),
        "material": pgettext("audit", "Material"),
        "size": pgettext("audit", "Size"),
        "name": pgettext("audit", "Name"),
        "points_checked": pgettext("audit", "Review points ticked"),
        "points_unchecked": pgettext("audit", "Review points not ticked"),
        "started_on": pgettext("audit", "Started on"),
        "stopped_on": pgettext("audit", "Stopped on"),
        "resumed_on": pgettext("audit", "Resumed on"),
        "met_on": pgettext("audit", "Met on"),
    }
    return names.get(field, field)


def look_name(what: str) -> str:
    """Return what somebody did who looked; an unknown kind keeps its own name."""
    names = {
        "case.opened": pgettext("audit", "read the case"),
        "history.read": pgettext("audit", "read the history"),
        "history.exported": pgettext("audit", "exported the history"),
        "personal.revealed": pgettext("audit", "read a personal value in clear"),
        "request.refused": pgettext("audit", "was refused"),
        "case.refused": pgettext("audit", "was refused"),
    }
    return names.get(what, what)


def shown_value(value: Any, people: dict[str, str]) -> str:
    """Return a value as text: persons by their names, structures as JSON."""
    if value is UNSET or value is None or value == "":
        return ""
    if isinstance(value, bool):
        return pgettext("audit", "yes") if value else pgettext("audit", "no")
    if isinstance(value, str):
        return people.get(value, value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return pgettext("audit", ", ").join(people.get(item, item) for item in value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


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
    "declaration.compared": lambda who: pgettext(
        "audit", "%(who)s compared the declaration.", who=who
    ),
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
    "clock.extended": lambda who: pgettext("audit", "%(who)s extended a limit.", who=who),
    "clock.met": lambda who: pgettext("audit", "%(who)s met a limit.", who=who),
    "clock.stopped": lambda who: pgettext("audit", "%(who)s stopped the clock.", who=who),
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
    "application.amended": lambda who: pgettext(
        "audit", "%(who)s recorded corrected answers.", who=who
    ),
    "material.marked": lambda who: pgettext("audit", "%(who)s marked a material.", who=who),
    "paper.issued": lambda who: pgettext("audit", "%(who)s issued a paper.", who=who),
    "feedback.seen": lambda who: pgettext("audit", "%(who)s read the closing feedback.", who=who),
    "personal.destroyed": lambda who: pgettext(
        "audit", "%(who)s destroyed personal data for good.", who=who
    ),
    "instance.started": lambda who: pgettext("audit", "%(who)s started the process.", who=who),
    "instance.cancelled": lambda who: pgettext("audit", "%(who)s cancelled the process.", who=who),
    "process.moved": lambda who: pgettext("audit", "%(who)s moved the process on.", who=who),
    "message.received": lambda who: pgettext("audit", "%(who)s passed on a message.", who=who),
    "incident.created": lambda who: pgettext("audit", "%(who)s noted that a step failed.", who=who),
    "incident.retried": lambda who: pgettext(
        "audit", "%(who)s tried the failed step again.", who=who
    ),
    "task.claimed": lambda who: pgettext("audit", "%(who)s claimed the task.", who=who),
    "task.released": lambda who: pgettext("audit", "%(who)s released the task.", who=who),
    "task.delegated": lambda who: pgettext("audit", "%(who)s handed the task over.", who=who),
    "task.completed": lambda who: pgettext("audit", "%(who)s completed the task.", who=who),
}
