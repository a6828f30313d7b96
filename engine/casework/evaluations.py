"""Evaluations 好差评: what an applicant says of a service that is done, and what follows from it.

One service is evaluated once, voluntarily, in grades 1 to 5; 1 and 2 are poor and say why. Grade
and ticked reasons are figures, the applicant's own words are personal data: kept encrypted, never
a process variable. What happens then is the diagram's business (`processes/shared/evaluation`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.casework import calls, cases
from engine.errors import Conflict, Invalid
from engine.models import Case, Document, Evaluation, Instance
from engine.people.identity import Actor
from engine.process import locking, messages
from engine.process.operations import OperationCall
from engine.record import history, personal
from engine.record.history import Entry, Value

EVALUATED = "case.evaluated"
GRADES = (5, 4, 3, 2, 1)  # 非常满意 … 非常不满意
POOR = (1, 2)  # 差评 (国办发〔2019〕51号)
REASONS = ("slow", "many-visits", "extra-materials", "unclear", "attitude", "system", "other")
CHANNELS = ("online", "window")
TEXT_LENGTH = 500

# No rule of law gives this number; it is confidence C, to be confirmed by the city.
EVALUATION_DAYS = 30  # calendar days in which the applicant may evaluate

# The list of what is archived is the archive's own and goes to nobody.
INTERNAL_PAPERS = ("archive-catalogue",)


class EvaluationClosed(Conflict):
    """The service was evaluated or the time has passed; nothing more can be said of it here."""

    code = "evaluation-closed"
    message = "This service can no longer be evaluated: it was evaluated once, or the time is over."


class EvaluationNotGiven(Conflict):
    """Send no message past the case: an evaluation is entered on its page or by the applicant."""

    code = "evaluation-not-given"
    message = "Nobody has evaluated case {case}; a message alone is no evaluation."


class GradeInvalid(Invalid):
    """Choose one of the five grades."""

    code = "grade-invalid"
    message = "A grade is a number from 1 to 5."


class PoorWithoutReason(Invalid):
    """Tick at least one reason, or say in your own words what was wrong."""

    code = "poor-without-reason"
    message = "A poor evaluation says why: a ticked reason or a text."


class EvaluationTextTooLong(Invalid):
    """Say it in fewer words."""

    code = "evaluation-text-too-long"
    message = "The text has {length} characters; at most {limit} are kept."


def invite(call: OperationCall) -> dict[str, Any]:
    """Invite the applicant to evaluate; number and code of the last paper let them in."""
    case = calls.case_of(call)
    count = call.session.scalar(
        select(func.count()).where(Evaluation.instance_id == case.instance_id)
    )
    due_on = clock.today() + timedelta(days=EVALUATION_DAYS)
    row = Evaluation(
        instance_id=case.instance_id,
        number=(count or 0) + 1,
        office_id=case.handling_office_id or case.intake_office_id,
        paper_no=_last_paper(call.session, case),
        invited_at=clock.now(),
        due_on=due_on,
        reasons=[],
    )
    call.session.add(row)
    call.session.flush()
    calls.note(call, case, "evaluation.invited", number=row.number, due_on=due_on)
    due_at = clock.start_of(due_on + timedelta(days=1))
    return {"evaluation": None, "evaluation_due_at": due_at.isoformat()}


def evaluate(
    session: Session,
    instance_id: UUID,
    grade: int,
    *,
    reasons: Sequence[str] = (),
    text: str = "",
    channel: str,
    by: Actor,
) -> Evaluation:
    """Keep the evaluation of the service that waits for one, and let the process go on.

    国办发〔2019〕51号: one evaluation a service; a poor one says why and is rectified.

    Args:
        grade: 1 to 5.
        reasons: some of REASONS; others are left out.
        text: the applicant's own words, kept encrypted.
        channel: `online`, or `window` when somebody at the window enters it.
        by: the clerk, or the system for the public page.

    Raises:
        GradeInvalid, PoorWithoutReason, EvaluationTextTooLong: it is not complete.
        EvaluationClosed: nothing waits for one.
        StepFailed: an element after it failed; the caller rolls back.
    """
    words, ticked = text.strip(), [one for one in REASONS if one in reasons]
    _require_whole(grade, ticked, words)
    locking.lock(session, instance_id)
    case = cases.get(session, instance_id)
    row = open_of(session, case)
    if row is None:
        raise EvaluationClosed()
    row.evaluated_at, row.channel = clock.now(), channel
    row.grade, row.reasons = grade, ticked
    facts = {"number": row.number, "grade": grade, "reasons": ticked, "channel": channel}
    fields = {name: Value(after=value) for name, value in facts.items()}
    if words:
        personal.keep(session, instance_id, text_field(row.number), words)
        fields["text"] = Value(after=words, personal=True)
    _note(session, case, "evaluation.given", by, fields)
    said = "poor" if grade in POOR else "good"
    messages.deliver_to(session, instance_id, EVALUATED, {"evaluation": said}, by=by)
    return row


def lapse(call: OperationCall) -> dict[str, Any]:
    """Note that nobody evaluated in time; silence is no grade."""
    case = calls.case_of(call)
    row = latest(call.session, case)
    assert row is not None
    row.lapsed_at = clock.now()
    calls.note(call, case, "evaluation.lapsed", number=row.number)
    return {"evaluation": "none"}


def require_given(session: Session, case: Case, said: Any) -> None:
    """Refuse a step that goes on as evaluated though nobody has evaluated.

    Args:
        said: the variable `evaluation` after the step.

    Raises:
        EvaluationNotGiven: the message came from elsewhere than `evaluate`.
    """
    if said not in ("good", "poor"):
        return
    row = latest(session, case)
    if row is not None and row.evaluated_at is None:
        raise EvaluationNotGiven(case=case.case_no or case.instance_id)


def end(session: Session, case: Case) -> None:
    """Take the invitation back when the process of a case has ended in any other way."""
    row = latest(session, case)
    if row is not None and row.evaluated_at is None and row.lapsed_at is None:
        row.lapsed_at = clock.now()


def latest(session: Session, case: Case) -> Evaluation | None:
    """Return the newest evaluation of a case, given or not."""
    return session.scalars(
        select(Evaluation)
        .where(Evaluation.instance_id == case.instance_id)
        .order_by(Evaluation.number.desc())
        .limit(1)
    ).one_or_none()


def open_of(session: Session, case: Case) -> Evaluation | None:
    """Return the invitation of a case that still waits, None when nothing can be said now."""
    row = latest(session, case)
    if row is None or row.evaluated_at or row.lapsed_at or clock.today() > row.due_on:
        return None
    return row


def text_field(number: int) -> str:
    """Return the name under which the words of an evaluation are kept."""
    return f"evaluation.{number}.text"


def _require_whole(grade: int, reasons: Sequence[str], text: str) -> None:
    if grade not in GRADES:
        raise GradeInvalid()
    if len(text) > TEXT_LENGTH:
        raise EvaluationTextTooLong(length=len(text), limit=TEXT_LENGTH)
    if grade in POOR and not reasons and not text:
        raise PoorWithoutReason()


def _last_paper(session: Session, case: Case) -> str | None:
    """Return the number of the newest paper that went to the applicant."""
    return session.scalar(
        select(Document.paper_no)
        .where(
            Document.instance_id == case.instance_id,
            Document.kind == "paper",
            Document.paper.not_in(INTERNAL_PAPERS),
            Document.withdrawn_at.is_(None),
        )
        .order_by(Document.number.desc())
        .limit(1)
    )


def _note(session: Session, case: Case, type_: str, by: Actor, fields: dict[str, Value]) -> None:
    session.flush()
    entry = Entry(type_, by.key, on_behalf_of=by.on_behalf_of, fields=fields)
    history.append(session, session.get_one(Instance, case.instance_id), [entry])
