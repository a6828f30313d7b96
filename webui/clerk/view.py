"""A case as a clerk may see it: facts, clock, days, papers, materials; personal values masked.

Everything that several pages show of one case is put together here once. The real values are
brought in only by `reveal`, whose caller has recorded the look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from catalogue.matter import FieldType, FormField, Matter
from engine import clock
from engine.calendar import workdays
from engine.calendar.workdays import CalendarEnds
from engine.casework import deadlines, documents, materials, matters
from engine.casework.deadlines import DeadlineView
from engine.models import Case, Document, Office
from engine.people.permissions import Sight
from engine.record import personal
from webui import days, i18n, paper_names
from webui.clerk import words
from webui.days import Strip


@dataclass
class CaseView:
    """What the pages show of a case."""

    case: Case
    matter: Matter
    sight: Sight
    intake: str
    handling: str
    values: dict[str, Any]  # kept fields, masked unless revealed
    limits: list[DeadlineView]
    limit: DeadlineView | None
    days_left: int | None
    stopped: str | bool
    strip: Strip | None
    papers: list[Document]
    uploads: list[Document]
    paper_titles: dict[int, str] = field(default_factory=dict)
    material_states: dict[str, str] = field(default_factory=dict)

    @property
    def may_act(self) -> bool:
        """Whether the reader works on it, and not only looks."""
        return self.sight in (Sight.INTAKE, Sight.HANDLING)


def of_case(session: Session, case: Case, sight: Sight, *, reveal: bool = False) -> CaseView:
    """Put a case together.

    Args:
        sight: how much of it the reader sees.
        reveal: show real values; the caller has recorded the look and its reason.
    """
    matter = matters.of_case(session, case)
    if reveal:
        values = personal.values(session, case.instance_id)
    else:
        values = {one.field: one.value for one in personal.shown(session, case.instance_id)}
    limits = _limits(session, case)
    running = [one for one in limits if one.met_on is None]
    limit = running[0] if running else (limits[0] if limits else None)
    found = documents.of_case(session, case)
    papers = [one for one in found if one.kind == "paper"]
    return CaseView(
        case=case,
        matter=matter,
        sight=sight,
        intake=_office(session, case.intake_office_id),
        handling=_office(session, case.handling_office_id),
        values=values,
        limits=limits,
        limit=limit,
        days_left=days_left(session, limit.due_on) if limit and limit in running else None,
        stopped=words.stop(limit.stopped_by[0]) if limit and limit.stopped_by else False,
        strip=strip(limits),
        papers=papers,
        uploads=[one for one in found if one.kind == "upload"],
        paper_titles={
            one.number: paper_names.issued(
                one.paper,
                is_licence=matter.is_licence,
                outcome=case.outcome,
                result=matter.result.name,
                result_en=matter.result.name_en,
            )
            or one.file_name
            for one in papers
        },
        material_states=materials.states(session, case),
    )


def _limits(session: Session, case: Case) -> list[DeadlineView]:
    try:
        return deadlines.statuses(session, case)
    except CalendarEnds:
        return []


def _office(session: Session, office_id: str | None) -> str:
    office = session.get(Office, office_id) if office_id else None
    return office_name(office) if office else ""


def office_name(office: Office) -> str:
    """Return what an office is called in the reader's language, in short where that is known."""
    return office.short_name if i18n.language() == "zh" else office.name_en


def days_left(session: Session, due_on: date | None, today: date | None = None) -> int | None:
    """Return the working days from today to a day: 0 is today, negative is late."""
    if due_on is None:
        return None
    now = today or clock.today()
    try:
        if due_on < now:
            return -max(1, workdays.count_workdays(session, due_on, now))
        return workdays.count_workdays(session, now, due_on)
    except CalendarEnds:
        return (due_on - now).days


def strip(limits: list[DeadlineView]) -> Strip | None:
    """Lay out the limit that runs, with the statutory one behind the promised one.

    What the applicant has promised is not the office's clock, and stands in the list of limits.
    """
    by_kind = {one.kind: one for one in limits}
    running = [one for one in limits if one.met_on is None and one.kind != "tolerance"]
    first = by_kind.get("promised") or by_kind.get("statutory")
    if running and (first is None or first.met_on is not None):
        first = running[0]
    if first is None or first.due_on is None:
        return None
    second = by_kind.get("statutory") if first.kind == "promised" else None
    longest = second if second and second.due_on and second.due_on > first.due_on else first
    cells = [cell for cell in longest.strip if cell.state != "gap"]
    return days.strip(
        [cell.date for cell in cells],
        today=clock.today(),
        promised_on=first.due_on,
        statutory_on=second.due_on if second else None,
        stopped=[cell.date for cell in cells if cell.state == "stopped"],
        ended_on=first.met_on,
    )


def preview(session: Session, matter: Matter) -> Strip | None:
    """Lay out the limits of a case that would be accepted today."""
    today = clock.today()
    limits = [one for one in (matter.limits.promised, matter.limits.statutory) if one and one.days]
    if not limits:
        return None
    try:
        ends = [workdays.add_workdays(session, today, one.days) for one in limits]
        shown = workdays.workdays_between(session, today, max(ends))
    except CalendarEnds:
        return None
    second = ends[1] if len(ends) > 1 and ends[1] != ends[0] else None
    return days.strip(shown, today=today, promised_on=ends[0], statutory_on=second)


def answer_text(asked: FormField, value: Any, districts: dict[str, str]) -> str:
    """Return an answer as a reader sees it."""
    if value is None:
        return ""
    names = {
        one.value: one.label_en if i18n.language() == "en" else one.label for one in asked.options
    }
    if isinstance(value, list):
        return "、".join(names.get(one, one) for one in value)
    if asked.type is FieldType.MONEY and isinstance(value, int):
        return i18n.money(value)
    if asked.type is FieldType.DISTRICT:
        return districts.get(str(value), str(value))
    if isinstance(value, bool):
        return "✓" if value else "—"
    return names.get(str(value), str(value))


def label(thing: Any, name: str = "label") -> str:
    """Return a text of the catalogue in the reader's language, Chinese where no other is."""
    english = getattr(thing, f"{name}_en", None)
    return str(english if i18n.language() == "en" and english else getattr(thing, name) or "")
