"""Sentences of a case's history: an event in words, with the names of its people and offices.

Names are read once a case. Every fact is escaped before it becomes part of a sentence; codes of
tasks, limits, papers and outcomes get their words from where all screens have them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import matters
from engine.models import Case, Task, User
from engine.record.history import UNSET, EventView
from webui import i18n, paper_names
from webui.clerk import happenings, schema, view, words

# Their result is a code, told in the sentence.
COMPARISONS = ("declaration.compared", "list.checked")


class Teller:
    """Names that the sentences of a case need, read once."""

    def __init__(self, session: Session, instance_id: UUID, found: list[EventView]) -> None:
        ids = {UUID(one.actor) for one in found if _is_id(one.actor)}
        ids |= {
            UUID(change.after)
            for one in found
            for change in one.changes
            if one.type == "task.delegated" and _is_id(change.after)
        }
        people = session.execute(select(User.id, User.name).where(User.id.in_(ids)))
        self.people = {str(one): name for one, name in people}
        tasks = select(Task.element, Task.name).where(Task.instance_id == instance_id)
        self.tasks = {element: name for element, name in session.execute(tasks)}
        self.offices = schema.office_names(session)
        case = session.get_one(Case, instance_id)
        matter = matters.of_case(session, case)
        self.is_licence, self.outcome = matter.is_licence, case.outcome
        self.result = matter.result
        self.materials = {one.key: view.label(one, "name") for one in matter.materials}

    def sentence(self, event: EventView) -> Markup | None:
        """Return an event in words, or None for what stays in the record only."""
        facts = {one.field: _escaped(_shown(one.after)) for one in event.changes}
        for name in ("office", "handling_office"):
            if facts.get(name):
                facts[name] = escape(self.offices.get(str(facts[name]), facts[name]))
        who = Markup("<b>{}</b>").format(self._who(event))
        element = event.element or ""
        task = escape(words.task_name(element, self.tasks.get(element, element)))
        limit = words.limit(str(facts.get("kind") or ""))
        stop = words.stop(str(facts.get("kind") or ""))
        material = Markup("“{}”").format(self.materials.get(str(facts.get("material")), "—"))
        paper = paper_names.issued(
            str(facts.get("paper") or ""),
            is_licence=self.is_licence,
            outcome=self.outcome,
            result=self.result.name,
            result_en=self.result.name_en,
        )
        texts: dict[str, Any] = {
            "case.opened": lambda: _("%(who)s opened the case.", who=who),
            "case.received": lambda: _(
                "%(who)s took the application in as %(no)s, to be handled by %(office)s.",
                who=who,
                no=facts.get("case_no"),
                office=facts.get("handling_office") or "—",
            ),
            "case.accepted": lambda: (
                _("The case was accepted as the law has it, because nobody answered in time.")
                if facts.get("accepted_by") == "law"
                else _("%(who)s accepted the case; its limits run.", who=who)
            ),
            "case.acceptance-refused": lambda: _("%(who)s refused to accept the case.", who=who),
            "case.routed": lambda: _(
                "The case went to %(office)s.", office=facts.get("handling_office") or "—"
            ),
            "case.sent-back": lambda: _(
                "%(who)s sent the case back: another office is competent.", who=who
            ),
            "case.decided": lambda: _(
                "%(who)s decided: %(decision)s.",
                who=who,
                decision=words.outcome(str(facts.get("decision") or "")),
            ),
            "case.withdrawn": lambda: _("%(who)s ended the case at the applicant's wish.", who=who),
            "case.terminated": lambda: _("%(who)s terminated the case.", who=who),
            "case.closed": lambda: _(
                "The case is closed: %(outcome)s.", outcome=words.outcome(facts.get("outcome"))
            ),
            "correction.told": lambda: _(
                "%(who)s told the applicant what to correct, by %(day)s.",
                who=who,
                day=_day(facts.get("due_on")),
            ),
            "correction.answered": lambda: _("%(who)s recorded the corrected materials.", who=who),
            "application.amended": lambda: _(
                "%(who)s recorded what the applicant corrected.", who=who
            ),
            "correction.lapsed": lambda: _("The applicant did not answer the correction in time."),
            "consultation.asked": lambda: _(
                "%(who)s asked %(office)s for an opinion.", who=who, office=facts.get("office")
            ),
            "consultation.answered": lambda: _("%(who)s gave an opinion.", who=who),
            "clock.started": lambda: (
                _("The %(limit)s runs until %(day)s.", limit=limit, day=_day(facts["due_on"]))
                if facts.get("due_on")
                else _("The %(limit)s runs beyond the published calendar.", limit=limit)
            ),
            "clock.extended": lambda: _("%(who)s extended the %(limit)s.", who=who, limit=limit),
            "clock.stopped": lambda: _("The clock stopped: %(reason)s.", reason=stop),
            "special-procedure.ended": lambda: _(
                "%(who)s recorded the result of the special procedure.", who=who
            ),
            "duty.late": lambda: _(
                "The report came after its last day, %(day)s.", day=_day(facts.get("due_on"))
            ),
            "enquiry.taken-up": lambda: _("The enquiry was taken up."),
            "clearance.promised": lambda: _(
                "The applicant committed to make good what is open by %(day)s.",
                day=_day(facts.get("due_on")),
            ),
            "clearance.kept": lambda: _("The commitment was kept."),
            "clearance.broken": lambda: _("The commitment was not kept."),
            "declaration.compared": lambda: (
                _("The declaration was compared with the records: they match.")
                if facts.get("result") == "matched"
                else _("The declaration was compared with the records: they differ.")
            ),
            "list.checked": lambda: {
                "passed": _("The list was checked: it is right."),
                "errors": _(
                    "The list was checked: %(count)s errors.", count=facts.get("errors") or 0
                ),
            }.get(str(facts.get("result")), _("The list cannot be read and is checked by hand.")),
            "tax.assessed": lambda: _("%(who)s determined the tax to be paid.", who=who),
            "refund.opened": lambda: _("A refund was asked for."),
            "delivery.started": lambda: _(
                "The result is delivered %(method)s.", method=words.delivery(facts.get("method"))
            ),
            "delivery.sent": lambda: _(
                "%(who)s handed the parcel %(waybill)s to %(courier)s.",
                who=who,
                waybill=facts.get("waybill") or "—",
                courier=facts.get("courier") or "—",
            ),
            "delivery.tracked": lambda: _(
                "Parcel: %(state)s.", state=words.parcel(str(facts.get("state")))
            ),
            "delivery.returned": lambda: _("The parcel came back."),
            "delivery.finished": lambda: _("The applicant has the result."),
            "feedback.seen": lambda: _("%(who)s has seen the feedback.", who=who),
            "document.added": lambda: _("%(who)s added a file.", who=who),
            "material.marked": lambda: (
                _("%(who)s marked %(material)s as received.", who=who, material=material)
                if facts.get("state") == "received"
                else _("%(who)s marked %(material)s as missing.", who=who, material=material)
            ),
            "document.removed": lambda: _("%(who)s removed a file.", who=who),
            "paper.issued": lambda: _("%(paper)s was issued.", paper=paper or _("A paper")),
            "paper.withdrawn": lambda: _("%(paper)s was withdrawn.", paper=paper or _("A paper")),
            "task.claimed": lambda: _("%(who)s claimed “%(task)s”.", who=who, task=task),
            "task.released": lambda: _("%(who)s released “%(task)s”.", who=who, task=task),
            "task.delegated": lambda: _(
                "%(who)s handed “%(task)s” to %(to)s.",
                who=who,
                task=task,
                to=escape(self.people.get(str(facts.get("to")), "—")),
            ),
            "task.completed": lambda: _("%(who)s completed “%(task)s”.", who=who, task=task),
        }
        if event.type in texts:
            return Markup(texts[event.type]())  # every fact in it is escaped above
        if event.type not in happenings.TOLD:
            return None
        day = _day(facts.get("hearing_on") or facts.get("due_on"))
        named = {"who": who, "day": day, "office": facts.get("office") or "—"}
        return Markup(str(happenings.TOLD[event.type])) % named

    def detail(self, event: EventView) -> str | None:
        """Return what was written to it: a reason, a note, an opinion, a question, a result."""
        if event.type.startswith("task.") and event.type != "task.delegated":
            return None
        for change in event.changes:
            if change.field in (
                "reason",
                "note",
                "override_reason",
                "opinion",
                "question",
                "result",
            ):
                text = _shown(change.after)
                if isinstance(text, str) and text and event.type not in COMPARISONS:
                    return text
        return None

    def _who(self, event: EventView) -> str:
        name = self.people.get(event.actor) or _("The system")
        if event.on_behalf_of:
            name += _(", for %(name)s", name=event.on_behalf_of)
        return name


def _is_id(text: Any) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


def _escaped(value: Any) -> Any:
    return escape(value) if isinstance(value, str) else value


def _shown(value: Any) -> Any:
    return None if value is UNSET else value


def _day(value: Any) -> str:
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if isinstance(value, datetime):
        value = value.date()
    return i18n.day(value) if isinstance(value, date) else "—"
