"""Offices: which exist, who follows the ended ones, and ending one."""

from __future__ import annotations

from datetime import date

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import clock
from engine.casework import housekeeping
from engine.db import reading, transaction
from engine.errors import EngineError
from engine.models import Office, User
from engine.people import offices as places
from engine.people import succession
from webui import auth, errors, i18n
from webui.admin import acts, blueprint
from webui.frame import say

STATES = ("current", "ended", "all")


@blueprint.get("/offices")
@auth.permission("office:read")
def offices() -> Response:
    """List offices: those of today, the ended ones, or all."""
    state = request.args.get("state", STATES[0])
    text = request.args.get("q", "").strip().lower()
    with reading(auth.database()) as session:
        rows = session.scalars(select(Office).order_by(Office.id)).all()
        names = {office.id: name(office) for office in rows}
        found = [
            office
            for office in rows
            if state in ("all", "current" if _is_present(office) else "ended")
            and (not text or text in f"{office.id} {office.name} {office.name_en}".lower())
        ]
        html = render_template(
            "admin/offices.html",
            found=found,
            names=names,
            people=_people(session),
            pending={office.id for office in succession.pending(session)},
            state=state,
            text=text,
        )
    return make_response(html)


@blueprint.route("/offices/<office_id>", methods=["GET", "POST"])
@auth.permission("office:write")
def office(office_id: str) -> Response:
    """Show an office; end it and name its successor."""
    if request.method == "GET":
        return _page(office_id)
    problems: dict[str, str] = {}
    on = _date(request.form.get("on", ""))
    if on is None:
        problems["on"] = _("Give the first day on which the office is gone.")
    if not request.form.get("successor"):
        problems["successor"] = _("Choose the office that takes the work over.")
    if not request.form.get("sure"):
        problems["sure"] = _("Tick this when you are sure.")
    if problems or on is None:
        return _page(office_id, problems)
    try:
        count = _end(office_id, on, request.form["successor"])
    except EngineError as error:
        return _page(office_id, {"successor": errors.text_of(error).text})
    acts.record("office.ended", f"office {office_id}", f"{on} {request.form['successor']}")
    _say_passed(count)
    return redirect(url_for("admin.office", office_id=office_id), 303)


@blueprint.post("/offices/<office_id>/pass-on")
@auth.permission("office:write")
def pass_on(office_id: str) -> Response:
    """Pass what still runs at an ended office to its successor."""
    with transaction(auth.database()) as session:
        count = succession.pass_on(session, office_id, note=housekeeping.succeeded(auth.actor()))
    acts.record("office.passed-on", f"office {office_id}")
    _say_passed(count)
    return redirect(url_for("admin.office", office_id=office_id), 303)


def _end(office_id: str, on: date, successor_id: str) -> int:
    with transaction(auth.database()) as session:
        return succession.end(
            session,
            office_id,
            on=on,
            successor_id=successor_id,
            by=auth.actor(),
            note=housekeeping.succeeded(auth.actor()),
        )


def _say_passed(count: int) -> None:
    text = ngettext(
        "%(num)s running case passed to the successor.",
        "%(num)s running cases passed to the successor.",
        count,
    )
    say(text, "in")


def _page(office_id: str, problems: dict[str, str] | None = None) -> Response:
    with reading(auth.database()) as session:
        found = places.get(session, office_id)
        candidates = [
            (one.id, name(one))
            for one in places.current(session)
            if one.id != office_id and set(found.roles) <= set(one.roles)
        ]
        staff = session.scalars(
            select(User)
            .where(User.office_id == office_id, User.left_at.is_(None))
            .order_by(User.name)
        )
        successor = session.get(Office, found.successor_id) if found.successor_id else None
        html = render_template(
            "admin/office.html",
            office=found,
            name=name(found),
            successor=successor,
            successor_name=name(successor) if successor else None,
            present=_is_present(found),
            candidates=candidates,
            staff=list(staff),
            pending=succession.running(session, office_id),
            problems=problems or {},
            today=clock.today(),
        )
    return make_response(html, 422 if problems else 200)


def name(office: Office) -> str:
    """Return an office's name in the reader's language."""
    return office.name if i18n.language() == "zh" else office.name_en


def _is_present(office: Office) -> bool:
    return places.is_valid(office, clock.today())


def _people(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(User.office_id, func.count())
        .where(User.left_at.is_(None), User.office_id.is_not(None))
        .group_by(User.office_id)
    )
    return {office_id: count for office_id, count in rows if office_id}


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
