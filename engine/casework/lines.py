"""Lines: what a list shows of a task or a case, in the reader's language; names masked.

All names that a page of lines needs are read once for the whole page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine import clock
from engine.casework import matters
from engine.models import Case, ClockStop, Deadline, Instance, Office, Task
from engine.people.identity import Actor
from engine.record import personal


@dataclass(frozen=True)
class WorkItem:
    """One line of a list: a waiting task of a case."""

    instance_id: UUID
    number: int
    element: str
    name: str
    state: str
    assignee: str | None
    mine: bool
    case_no: str | None
    matter_no: int
    matter: str
    applicant: str | None
    intake_office: str
    handling_office: str | None
    due_on: date | None
    stopped: str | None
    created_at: datetime
    flags: tuple[str, ...] = ()
    undated: bool = False  # its limit ends beyond the published calendar


@dataclass(frozen=True)
class CaseLine:
    """One line of a list of cases."""

    instance_id: UUID
    case_no: str | None
    matter_no: int
    matter: str
    applicant: str | None
    stage: str
    outcome: str | None
    intake_office: str
    handling_office: str | None
    received_at: datetime | None
    closed_at: datetime | None
    feedback_seen: bool
    status: str


class Frame:
    """Names that a page of lines needs, read once for the whole page."""

    def __init__(self, session: Session, found: Sequence[Case], language: str = "zh") -> None:
        self.english = language == "en"
        self._session = session
        self._ids = ids = [case.instance_id for case in found]
        self.matters: dict[str, Matter] = {}
        for case in found:
            if case.matter_hash not in self.matters:
                self.matters[case.matter_hash] = matters.of_case(session, case)
        self.offices = {
            office.id: office.name_en if self.english else office.short_name
            for office in session.scalars(select(Office))
        }
        self.status = dict(
            session.execute(select(Instance.id, Instance.status).where(Instance.id.in_(ids))).all()
        )
        stops = select(ClockStop.instance_id, ClockStop.kind).where(
            ClockStop.instance_id.in_(ids), ClockStop.resumed_on.is_(None)
        )
        self.stops = dict(session.execute(stops).all())
        self.applicants = personal.masked(session, ids, "applicant.name")

    @cached_property
    def undated(self) -> set[UUID]:
        """The cases with a running limit whose end the published calendar does not tell."""
        query = select(Deadline.instance_id).where(
            Deadline.instance_id.in_(self._ids),
            Deadline.met_on.is_(None),
            Deadline.due_on.is_(None),
        )
        return set(self._session.scalars(query))

    def work_item(self, task: Task, case: Case, assignee: str | None, actor: Actor) -> WorkItem:
        """Return a task of the page as a line."""
        return WorkItem(
            instance_id=task.instance_id,
            number=task.number,
            element=task.element,
            name=task.name,
            state=task.state,
            assignee=assignee,
            mine=task.assignee_id is not None and task.assignee_id == actor.user_id,
            case_no=case.case_no,
            matter_no=case.matter_no,
            matter=self._matter(case),
            applicant=self.applicants.get(case.instance_id),
            intake_office=self.offices[case.intake_office_id],
            handling_office=self.offices.get(case.handling_office_id or ""),
            due_on=clock.local_date(task.due_at) if task.due_at else None,
            stopped=self.stops.get(case.instance_id),
            created_at=task.created_at,
            undated=task.due_at is None and task.instance_id in self.undated,
        )

    def case_line(self, case: Case) -> CaseLine:
        """Return a case of the page as a line."""
        return CaseLine(
            instance_id=case.instance_id,
            case_no=case.case_no,
            matter_no=case.matter_no,
            matter=self._matter(case),
            applicant=self.applicants.get(case.instance_id),
            stage=case.stage,
            outcome=case.outcome,
            intake_office=self.offices[case.intake_office_id],
            handling_office=self.offices.get(case.handling_office_id or ""),
            received_at=case.received_at,
            closed_at=case.closed_at,
            feedback_seen=case.feedback_seen_at is not None,
            status=self.status[case.instance_id],
        )

    def _matter(self, case: Case) -> str:
        matter = self.matters[case.matter_hash]
        return matter.name_en if self.english else matter.name
