"""Evaluating at the window: what the case page shows of an evaluation, and entering one.

Only the window that took the case in may enter one, in the applicant's words; the office that
handled it must not grade itself. The words are shown masked, and in clear with the other personal
values only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.casework import cases as engine_cases
from engine.casework import evaluations, papers
from engine.db import reading
from engine.errors import EngineError
from engine.models import Case, Evaluation
from engine.people import permissions
from engine.people.permissions import CaseNotVisible, Sight
from engine.process import steps
from webui import auth, case_words, errors
from webui.clerk import blueprint
from webui.frame import say


@dataclass
class EvaluationView:
    """What the case page shows: the evaluation, or how the applicant can give one."""

    row: Evaluation
    is_open: bool
    grade: str
    reasons: list[str]
    text: Any
    finding: str
    call_back: str
    call_back_note: Any
    code: str | None  # of the paper that invites, told to the applicant at the window
    may_enter: bool
    grades: list[tuple[int, str]] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)


def of_case(
    session: Session, found: Case, sight: Sight, values: dict[str, Any]
) -> EvaluationView | None:
    """Return what the page of a case shows of its evaluation; None before there is any.

    Args:
        values: the kept values as the reader sees them, masked or in clear.
    """
    row = evaluations.latest(session, found)
    if row is None:
        return None
    is_open = evaluations.open_of(session, found) is not None
    shows_code = is_open and sight is Sight.INTAKE and row.paper_no
    return EvaluationView(
        row=row,
        is_open=is_open,
        grade=case_words.grade(row.grade),
        reasons=[case_words.evaluation_reason(one) for one in row.reasons],
        text=values.get(evaluations.text_field(row.number)),
        finding=case_words.finding(row.finding),
        call_back=case_words.call_back(row.call_back),
        call_back_note=values.get("call_back_note"),
        code=(
            papers.verification_code(session, found.instance_id, str(row.paper_no))
            if shows_code
            else None
        ),
        may_enter=is_open and sight is Sight.INTAKE,
        grades=[(one, case_words.grade(one)) for one in evaluations.GRADES],
        choices=[(one, case_words.evaluation_reason(one)) for one in evaluations.REASONS],
    )


@blueprint.post("/cases/<uuid:instance_id>/evaluation")
@auth.permission("case:write")
def enter_evaluation(instance_id: UUID) -> Any:
    """Enter what the applicant says at the window."""
    from webui.clerk.cases import show  # the page shows the evaluation, so it imports this module

    with reading(auth.database()) as session:
        found = engine_cases.get(session, instance_id)
        if permissions.require_case(session, auth.actor(), found) is not Sight.INTAKE:
            raise CaseNotVisible(permission="case:write")
    grade = request.form.get("grade", "")
    try:
        with steps.run(auth.database(), instance_id=instance_id) as session:
            evaluations.evaluate(
                session,
                instance_id,
                int(grade) if grade.isdigit() else 0,
                reasons=request.form.getlist("reasons"),
                text=request.form.get("text", ""),
                channel="window",
                by=auth.actor(),
            )
    except EngineError as error:
        if error.status not in (409, 422):
            raise
        return show(instance_id, problem=errors.text_of(error), status=error.status)
    say(_("The evaluation is kept."))
    return redirect(url_for("clerk.case", instance_id=instance_id) + "#evaluation", 303)
