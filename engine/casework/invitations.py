"""Invitations: how an applicant without an account comes to evaluate a service.

The last paper of a case bears a number and a code; whoever holds it may evaluate once. Number and
code that do not fit get one answer, whatever of them exists, and wrong attempts make their address
wait, as for checking a paper. Of the case nothing is told but matter, office and days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.casework import evaluations, matters, papers
from engine.db import Database, reading, transaction
from engine.errors import EngineError
from engine.models import Case, Document, Evaluation, Office
from engine.people import attempts
from engine.people.identity import Actor
from engine.process import steps

SUBJECT = "evaluation of a service"  # has spaces, so no account can bear this name

State = Literal["open", "given", "over", "another-paper", "not-closed"]


class EvaluationDelayed(EngineError):
    """Wait the seconds told, then try again; nothing is looked up meanwhile."""

    status: ClassVar[int] = 429
    code = "evaluation-delayed"
    message = "After wrong numbers or codes, wait {seconds} seconds."


@dataclass(frozen=True)
class Invitation:
    """What whoever holds a paper learns of the service that it belongs to.

    Attributes:
        instance_id: the case; never shown.
        state: `open` when it can be evaluated now; `given` and `over` when no longer;
            `another-paper` when a later paper is the one that invites; `not-closed` too early.
        due_on: the last day to evaluate, None before the end of the case.
    """

    instance_id: UUID
    paper_no: str
    state: State
    matter: str
    matter_en: str
    office: str
    office_en: str
    closed_on: date | None
    due_on: date | None
    demo: bool


def look(database: Database, paper_no: str, code: str, *, address: str) -> Invitation | None:
    """Return what a paper of this number and code invites to, None if none was issued here.

    This function commits, in short transactions of its own: a wrong attempt must count.

    Args:
        paper_no, code: as typed or scanned.
        address: where the request comes from.

    Raises:
        EvaluationDelayed: too early after wrong attempts from this address.
    """
    with transaction(database) as session:
        wait = attempts.count(session, SUBJECT, address)
    if wait:
        raise EvaluationDelayed(seconds=wait)
    with reading(database) as session:
        document = papers.verify(session, paper_no, code)
        found = None if document is None else _described(session, document)
    if found is not None:
        with transaction(database) as session:
            attempts.take_back(session, SUBJECT, address)
    return found


def answer(
    database: Database,
    found: Invitation,
    grade: int,
    *,
    reasons: Sequence[str] = (),
    text: str = "",
) -> None:
    """Evaluate the service of an invitation that `look` has just returned.

    Raises:
        EvaluationClosed: it is not open, or somebody was faster.
        GradeInvalid, PoorWithoutReason, EvaluationTextTooLong: it is not whole.
    """
    if found.state != "open":
        raise evaluations.EvaluationClosed()
    with steps.run(database, instance_id=found.instance_id) as session:
        evaluations.evaluate(
            session,
            found.instance_id,
            grade,
            reasons=reasons,
            text=text,
            channel="online",
            by=Actor.system(),
        )


def _described(session: Session, document: Document) -> Invitation:
    case = session.get_one(Case, document.instance_id)
    matter = matters.of_case(session, case)
    office = session.get_one(Office, case.handling_office_id or case.intake_office_id)
    newest = evaluations.latest(session, case)
    return Invitation(
        instance_id=case.instance_id,
        paper_no=str(document.paper_no),
        state=_state(session, document, newest),
        matter=matter.name,
        matter_en=matter.name_en,
        office=office.name,
        office_en=office.name_en,
        closed_on=case.closed_at and clock.local_date(case.closed_at),
        due_on=newest.due_on if newest else None,
        demo=case.demo,
    )


def _state(session: Session, document: Document, newest: Evaluation | None) -> State:
    invited = session.scalars(
        select(Evaluation).where(
            Evaluation.instance_id == document.instance_id,
            Evaluation.paper_no == document.paper_no,
        )
    ).one_or_none()
    row = invited or newest
    if row is None:
        return "not-closed"
    if row.evaluated_at is not None:
        return "given"
    if invited is None:
        return "another-paper"
    is_over = row.lapsed_at is not None or clock.today() > row.due_on
    return "over" if is_over else "open"
