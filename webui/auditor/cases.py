"""The list of all cases: search by number, matter or exact name, and filters by their state."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response

from engine.casework import worklists
from engine.db import reading
from engine.models import Case
from webui import auth, i18n
from webui.auditor import blueprint, looks

STATES: dict[str, ColumnElement[bool] | None] = {
    "all": None,
    "open": Case.closed_at.is_(None),
    "closed": Case.closed_at.is_not(None),
}


@blueprint.get("")
@auth.permission("history:verify")
def index() -> Response:
    """Lead to the list of cases, whose address ends in a slash."""
    return redirect(url_for("auditor.cases", **request.args), 303)


@blueprint.get("/")
@auth.permission("history:verify")
def cases() -> str:
    """List cases, newest first; the look is recorded, the words searched for are not."""
    text = request.args.get("q", "").strip()[:200]
    state = request.args.get("state", "all")
    state = state if state in STATES else "all"
    page = max(request.args.get("page", 1, type=int), 1)
    looks.record("cases.listed", "cases")
    with reading(auth.database()) as session:
        lines = worklists.every(
            session, text=text, page=page - 1, where=STATES[state], language=i18n.language()
        )
    return render_template(
        "auditor/cases.html",
        lines=lines[: worklists.PAGE],
        text=text,
        state=state,
        page=page,
        address=_address(text, state),
        more=len(lines) > worklists.PAGE,
    )


def _address(text: str, state: str) -> Any:
    def address(**changes: Any) -> str:
        wanted = {"q": text or None, "state": state if state != "all" else None} | changes
        return url_for("auditor.cases", **wanted)

    return address
