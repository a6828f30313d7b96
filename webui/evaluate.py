"""Evaluating a service 好差评: the page for applicants, without signing in.

Number and code of the last paper let its holder evaluate that service once. The page tells matter,
office and day and no person, and after the evaluation it is closed. What is typed wrongly is shown
again and kept nowhere; see `engine.casework.invitations`.
"""

from __future__ import annotations

import math
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _

from engine.casework import evaluations, invitations
from engine.casework.invitations import EvaluationDelayed, Invitation
from engine.casework.papers import codes
from engine.errors import EngineError
from webui import auth, case_words, errors, i18n

LARGEST = 64 * 1024  # bytes of a form without files
GRADES = {str(one): one for one in evaluations.GRADES}

blueprint = Blueprint("evaluate", __name__)


# Called before the token of the form is read, and with it the form.
@blueprint.url_value_preprocessor
def _keep_small(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    request.max_content_length = LARGEST


@blueprint.get(codes.EVALUATE_PATH)
def ask() -> Response:
    """Ask for number and code; show the form at once when the address holds both."""
    paper_no, code = request.args.get(codes.NUMBER, ""), request.args.get(codes.CODE, "")
    return _page(paper_no, code, **_look(paper_no, code))


@blueprint.post(codes.EVALUATE_PATH)
def evaluate() -> Response:
    """Take the evaluation in, or say what it still lacks."""
    paper_no, code = request.form.get(codes.NUMBER, ""), request.form.get(codes.CODE, "")
    seen = _look(paper_no, code, asked=True)
    found: Invitation | None = seen.get("found")
    if found is None or found.state != "open" or "grade" not in request.form:
        return _page(paper_no, code, **seen)
    typed = {
        "grade": request.form.get("grade", ""),
        "reasons": request.form.getlist("reasons"),
        "text": request.form.get("text", ""),
    }
    try:
        grade = GRADES.get(typed["grade"], 0)
        invitations.answer(
            auth.database(), found, grade, reasons=typed["reasons"], text=typed["text"]
        )
    except EngineError as error:
        if error.status not in (409, 422):
            raise
        problem = errors.text_of(error)
        return _page(paper_no, code, status=error.status, found=found, typed=typed, problem=problem)
    return _page(paper_no, code, found=found, thanks=True)


def _look(paper_no: str, code: str, *, asked: bool = False) -> dict[str, Any]:
    """Return what the page shows for number and code: found, refused, delayed or problems."""
    labels = {
        codes.NUMBER: (paper_no, _("Enter the number of the paper.")),
        codes.CODE: (code, _("Enter the verification code.")),
    }
    missing = {name: text for name, (typed, text) in labels.items() if not typed.strip()}
    if missing:
        return {"problems": missing, "status": 422} if asked else {}
    try:
        found = invitations.look(
            auth.database(), paper_no, code, address=request.remote_addr or "-"
        )
    except EvaluationDelayed as delayed:
        return {"delayed": delayed, "status": delayed.status}
    return {"refused": True} if found is None else {"found": found}


def _page(
    paper_no: str,
    code: str,
    *,
    status: int = 200,
    found: Invitation | None = None,
    delayed: EvaluationDelayed | None = None,
    typed: dict[str, Any] | None = None,
    **more: Any,
) -> Response:
    chinese = i18n.language() == "zh"
    html = render_template(
        "evaluate.html",
        paper_no=found.paper_no if found else paper_no,
        code=codes.as_printed(code) if found else code,
        found=found,
        matter=found and (found.matter if chinese else found.matter_en),
        office=found and (found.office if chinese else found.office_en),
        grades=[(one, case_words.grade(one)) for one in evaluations.GRADES],
        reasons=[(one, case_words.evaluation_reason(one)) for one in evaluations.REASONS],
        limit=evaluations.TEXT_LENGTH,
        delayed=delayed and errors.text_of(delayed).text,
        typed=typed or {},
        **more,
    )
    answer = make_response(html, status)
    answer.headers["X-Robots-Tag"] = "noindex"
    if delayed is not None:
        answer.headers["Retry-After"] = str(math.ceil(delayed.params["seconds"]))
    return answer
