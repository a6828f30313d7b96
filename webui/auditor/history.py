"""The history of one case: every event, whether the chain holds, values in clear, the export.

A damaged record must still be shown as damaged, so an event that cannot be read does not take
the page down. A value in clear is shown once, in the answer to the form that gave the reason.
"""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import pgettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import worklists
from engine.db import reading
from engine.errors import EngineError, NotFound
from engine.models import Case, Instance, User
from engine.process import bundles
from engine.record import export, history, personal, verify
from engine.record.history import EventView
from webui import auth
from webui.auditor import blueprint, looks
from webui.auditor.sentences import field_name, look_name, sentence, shown_value

PAGE = 100
SHORTEST_REASON = 5


@blueprint.get("/cases/<uuid:instance_id>")
@auth.permission("history:verify")
def case(instance_id: UUID) -> str:
    """Show the history of a case and whether its chain holds."""
    looks.record("history.read", f"case {instance_id}")
    with reading(auth.database()) as session:
        return _page(session, instance_id)


@blueprint.post("/cases/<uuid:instance_id>/reveal")
@auth.permission("access:read")
def reveal(instance_id: UUID) -> Response:
    """Show one personal value in clear, once, after its reason has been recorded."""
    reason = request.form.get("reason", "").strip()
    place = request.form.get("value", "")
    if len(reason) < SHORTEST_REASON or len(reason) > 400:
        error = pgettext("audit", "Say in 5 to 400 characters why; nothing was shown.")
        with reading(auth.database()) as session:
            return Response(_page(session, instance_id, error=error), 422)
    looks.record("personal.revealed", f"case {instance_id} {place}", reason)
    with reading(auth.database()) as session:
        value = _revealed(session, instance_id, place)
        return Response(_page(session, instance_id, revealed=(_place_name(place), value)))


@blueprint.get("/cases/<uuid:instance_id>/history.jsonl")
@auth.permission("history:export")
def export_case(instance_id: UUID) -> Response:
    """Give the history of a case as lines that the stand-alone verifier reads."""
    looks.record("history.exported", f"case {instance_id}")
    file = io.StringIO()
    with reading(auth.database()) as session:
        export.write_jsonl(session, file, instance_id=instance_id)
    answer = Response(file.getvalue(), content_type="application/x-ndjson; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="history-{instance_id}.jsonl"'
    return answer


def _page(session: Session, instance_id: UUID, **more: Any) -> str:
    instance = session.get(Instance, instance_id)
    if instance is None:
        raise NotFound(what=f"Case {instance_id}")
    newest = request.args.get("order") == "newest"
    pages = max(1, -(-instance.event_count // PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    people = {str(user_id): name for user_id, name in session.execute(select(User.id, User.name))}
    events, unreadable = _events(session, instance, newest, page)
    names = _element_names(session, instance)
    rows = [_row(event, people, names) for event in events]
    found = session.get(Case, instance_id)
    return render_template(
        "auditor/case.html",
        instance=instance,
        line=worklists.line(session, found) if found else None,
        report=verify.verify(session, instance_id),
        rows=rows,
        unreadable=unreadable,
        newest=newest,
        page=page,
        pages=pages,
        kept=[_kept(one) for one in personal.shown(session, instance_id)],
        looks=[
            (look, people.get(look.actor, look.actor), look_name(look.what))
            for look in looks.of_case(session, instance_id)
        ],
        choices=_choices(session, instance_id, events),
        **more,
    )


def _events(
    session: Session, instance: Instance, newest: bool, page: int
) -> tuple[list[EventView], bool]:
    """Return the events of a page, and whether some of them can no longer be read."""
    count = instance.event_count
    cursor = max(0, count - page * PAGE) if newest else (page - 1) * PAGE
    limit = min(PAGE, count - (page - 1) * PAGE) if newest else PAGE
    try:
        found = history.events(session, instance.id, cursor, max(limit, 1))
    except (ValueError, KeyError, AttributeError, EngineError):
        return [], True
    return (found[::-1] if newest else found), False


def _element_names(session: Session, instance: Instance) -> dict[str, str]:
    """Return the names of the diagram's elements; none when the files no longer build."""
    try:
        models = bundles.of_instance(session, instance).specifications.models
    except (EngineError, ValueError, LookupError):
        return {}
    return {
        node.id: node.name
        for model in models.values()
        for node in model.nodes.values()
        if node.name
    }


def _row(event: EventView, people: dict[str, str], elements: dict[str, str]) -> dict[str, Any]:
    who = people.get(event.actor, event.actor)
    behalf = people.get(event.on_behalf_of or "", event.on_behalf_of)
    return {
        "event": event,
        "text": sentence(event.type, who, behalf),
        "element": elements.get(event.element or "", event.element),
        "changes": [
            {
                "name": field_name(change.field),
                "before": shown_value(change.before, people),
                "after": shown_value(change.after, people),
                "state": change.state,
            }
            for change in event.changes
        ],
    }


def _kept(one: personal.Kept) -> tuple[str, str, str]:
    return field_name(one.field), shown_value(one.value, {}), one.state


def _choices(session: Session, instance_id: UUID, events: list[EventView]) -> list[tuple[str, str]]:
    """Return what may be revealed from this page: kept fields and values of its events."""
    kept = [
        f"data {one.field}" for one in personal.shown(session, instance_id) if one.state == "masked"
    ]
    changed = [
        f"{event.sequence} {change.field}"
        for event in events
        for change in event.changes
        if change.state == "masked"
    ]
    return [(place, _place_name(place)) for place in kept + changed]


def _place_name(place: str) -> str:
    where, _, field = place.partition(" ")
    if where == "data":
        return field_name(field)
    return pgettext("audit", "record %(number)s: %(field)s", number=where, field=field_name(field))


def _revealed(session: Session, instance_id: UUID, place: str) -> str:
    """Return a value in clear.

    Raises:
        NotFound: the place names no value of this case.
        DataDestroyed: the person's data was destroyed.
    """
    where, _, field = place.partition(" ")
    if where == "data":
        return shown_value(personal.reveal(session, instance_id, field), {})
    if where.isascii() and where.isdigit() and 0 < int(where) < 2**31:
        for event in history.events(session, instance_id, int(where) - 1, 1, reveal=True):
            for change in event.changes:
                if event.sequence == int(where) and change.field == field:
                    sides = (shown_value(side, {}) for side in (change.before, change.after))
                    return " → ".join(side for side in sides if side)
    raise NotFound(what=f"Value {place}")
