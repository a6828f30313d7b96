"""Choosing: finding a matter among all of the catalogue, and opening a case of it."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from catalogue import loader, search
from catalogue.matter import Matter
from engine import clock
from engine.casework import cases, editions, matters
from engine.db import reading
from engine.models import Department, Office, Task
from engine.process import steps, tasks
from engine.process.tasks import TaskKey
from webui import auth, i18n
from webui.clerk import blueprint, view


@blueprint.get("/new")
@auth.permission("case:write")
def new() -> str:
    """Find a matter among all 130, each with its state."""
    text = request.args.get("q", "").strip()[:100]
    with reading(auth.database()) as session:
        found = search.find(_index(session), text)
        names = {
            one.id: one.name if i18n.language() == "zh" else one.name_en
            for one in session.scalars(select(Department))
        }
        windows = _windows(session)
    groups: dict[str, list[Matter]] = {}
    for matter in found:
        groups.setdefault(matter.department, []).append(matter)
    return render_template(
        "clerk/new.html",
        text=text,
        total=len(found),
        groups=[(names.get(slug, slug), listed) for slug, listed in groups.items()],
        state_of=_state_of,
        windows=windows,
        label=view.label,
    )


def _index(session: Session) -> tuple[search.Entry, ...]:
    """Return the searchable matters, made again only when editions or the day have changed."""
    stamp = editions.stamp(session)
    kept = current_app.extensions.get("clerk.matters")
    if kept is None or kept[0] != stamp:
        departments = {one.slug: one for one in loader.load_departments()}
        made = search.index(matters.all_current(session), departments)
        kept = current_app.extensions["clerk.matters"] = (stamp, made)
    return kept[1]


def _state_of(matter: Matter) -> tuple[str, str, str]:
    """Return a kind, the word for it and the reason why a matter is not open."""
    reason = view.label(matter.state, "reason")
    if matter.state.kind == "ended" or not matter.is_valid_on(clock.today()):
        return "ended", _("has ended"), reason
    if matter.kept_off is not None:
        kept = matter.kept_off
        where = _("Window: %(window)s", window=view.label(kept, "window"))
        return "not-open", _("not taken here"), f"{view.label(kept, 'reason')} {where}"
    if not matter.is_open:
        return (
            "not-open",
            _("not open yet"),
            reason or _("Send the applicant to the competent office."),
        )
    return "open", _("open"), ""


def _windows(session: Session) -> list[tuple[str, str]]:
    mine = auth.actor().offices_with("intake")
    found = session.scalars(select(Office).where(Office.id.in_(mine)).order_by(Office.id))
    return [(one.id, view.office_name(one)) for one in found if "intake" in one.roles]


@blueprint.post("/new")
@auth.permission("case:write")
def open_case() -> Response:
    """Open a case of a matter and go to its application."""
    me = auth.actor()
    office = request.form.get("office") or None
    with steps.run(auth.database()) as session:
        windows = [one for one, _name in _windows(session)]
        if office is None and me.office_id not in windows and windows:
            office = windows[0]
        number = request.form.get("matter", 0, type=int)
        case = cases.open_case(session, number, by=me, office_id=office)
        first = session.scalars(
            select(Task)
            .where(Task.instance_id == case.instance_id, Task.state == "open")
            .order_by(Task.number)
        ).first()
        key = TaskKey(case.instance_id, first.number) if first else None
        if key is not None:
            tasks.claim(session, key, by=me)
        instance_id = case.instance_id
    if key is None:
        return redirect(url_for("clerk.case", instance_id=instance_id), 303)
    return redirect(url_for("clerk.task", instance_id=instance_id, number=key.number), 303)
