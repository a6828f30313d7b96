"""The inbox: what waits at the clerk's offices, grouped by when it is due, first due first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy.orm import Session

from engine import clock
from engine.casework import worklists
from engine.casework.worklists import WorkItem
from engine.db import reading
from webui import auth, counting, i18n
from webui.clerk import blueprint, view, words

GROUPS = ("overdue", "soon", "week", "later", "none")


@blueprint.get("")
@auth.permission("task:read")
def inbox() -> str:
    """Show the list without a chosen task."""
    with reading(auth.database()) as session:
        return render_template("clerk/inbox.html", **listing(session))


def listing(session: Session) -> dict[str, Any]:
    """Return what the left two columns need; filters stand in the address."""
    chosen = request.args.get("view", "all")
    chosen = chosen if chosen in worklists.VIEWS else "all"
    text = request.args.get("q", "").strip()[:100]
    page = counting.page()
    language = i18n.language()
    found = worklists.tasks(
        session, auth.actor(), view=chosen, text=text, page=page - 1, language=language
    )
    items = found[: worklists.PAGE]
    counts = worklists.counts(session, auth.actor())
    return {
        "views": _views(),
        "counts": counts,
        "chosen_view": chosen,
        "text": text,
        "page": page,
        "more": len(found) > worklists.PAGE,
        "groups": _grouped(session, items),
        "kept": {
            name: request.args[name] for name in ("view", "q", "page") if request.args.get(name)
        },
        "task_name": words.task_name,
        "stop_word": words.stop,
    }


def _views() -> list[tuple[str, str, str | None]]:
    return [
        ("all", _("All that waits"), None),
        ("mine", _("Claimed by me"), None),
        ("unclaimed", _("Claimed by nobody"), None),
        ("overdue", pgettext("clerk", "Late"), "over"),
        ("stopped", pgettext("clerk", "Clock stopped"), "stop"),
    ]


def _grouped(session: Session, items: list[WorkItem]) -> list[tuple[str, list[dict[str, Any]]]]:
    today = clock.today()
    names = {
        "overdue": pgettext("clerk", "Late"),
        "soon": _("Due today or tomorrow"),
        "week": _("This week"),
        "later": pgettext("clerk", "Later"),
        "none": _("Without a limit"),
    }
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    lefts: dict[date | None, int | None] = {}
    for item in items:
        if item.due_on not in lefts:
            lefts[item.due_on] = view.days_left(session, item.due_on, today)
        left = lefts[item.due_on]
        groups[_group(item, left, today)].append({"item": item, "left": left})
    return [(names[name], groups[name]) for name in GROUPS if groups[name]]


def _group(item: WorkItem, left: int | None, today: date) -> str:
    if item.due_on is None or left is None:
        return "later" if item.undated else "none"
    if item.stopped:
        return "later"
    if left < 0:
        return "overdue"
    if left <= 1:
        return "soon"
    end_of_week = today + timedelta(days=6 - today.weekday())
    return "week" if item.due_on <= end_of_week else "later"
