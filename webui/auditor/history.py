"""The history of one case: every event, whether the chain holds, values in clear, the export.

A damaged record must still be shown as damaged, so an event that cannot be read does not take
the page down. A value in clear is shown once, in the answer to the form that gave the reason.
"""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import pgettext
from sqlalchemy.orm import Session

from engine.casework import worklists
from engine.db import reading
from engine.errors import EngineError, NotFound
from engine.models import Case, Instance
from engine.record import export, history, personal, verify
from engine.record.history import Change, EventView
from webui import auth, i18n
from webui.auditor import blueprint, looks
from webui.auditor.sentences import look_name, sentence
from webui.auditor.values import Shown, Words, words_of

PAGE = 100
SHORTEST_REASON = 5
_PLACE = re.compile(r"(data|[1-9][0-9]{0,8}) [A-Za-z0-9_.-]{1,120}")


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
    if not _PLACE.fullmatch(place):  # else what somebody made up would stand in the record
        raise NotFound(what="The value")
    looks.record("personal.revealed", f"case {instance_id} {place}", reason)
    with reading(auth.database()) as session:
        return Response(
            _page(session, instance_id, revealed=_revealed(session, instance_id, place))
        )


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
    instance = _instance(session, instance_id)
    newest = request.args.get("order") == "newest"
    pages = max(1, -(-instance.event_count // PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    words = words_of(session, instance)
    events, unreadable = _events(session, instance, newest, page)
    kept, damaged = _shown(session, instance_id)
    found = session.get(Case, instance_id)
    return render_template(
        "auditor/case.html",
        instance=instance,
        line=worklists.line(session, found, i18n.language()) if found else None,
        report=verify.verify(session, instance_id),
        rows=[_row(event, words) for event in events],
        unreadable=unreadable or damaged,
        newest=newest,
        page=page,
        pages=pages,
        kept=[_kept(one, words) for one in kept],
        looks=[
            (look, words.people.get(look.actor, look.actor), look_name(look.what))
            for look in looks.of_case(session, instance_id)
        ],
        choices=_choices(kept, events, words),
        **more,
    )


def _instance(session: Session, instance_id: UUID) -> Instance:
    instance = session.get(Instance, instance_id)
    if instance is None:
        raise NotFound(what=f"Case {instance_id}")
    return instance


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


def _row(event: EventView, words: Words) -> dict[str, Any]:
    who = words.people.get(event.actor, event.actor)
    behalf = words.people.get(event.on_behalf_of or "", event.on_behalf_of)
    changes = [_change(change, event.type, words) for change in event.changes]
    return {
        "event": event,
        "text": sentence(event.type, who, behalf),
        "element": words.element(event.element),
        "changes": [change for change in changes if not change["empty"]],
        "empty": [change["name"] for change in changes if change["empty"]],
    }


def _change(change: Change, event: str, words: Words) -> dict[str, Any]:
    before = words.shown(change.field, change.before, event)
    after = words.shown(change.field, change.after, event)
    return {
        "field": change.field,
        "name": words.name(change.field),
        "before": before,
        "after": after,
        "state": change.state,
        "empty": change.state == "clear" and before.is_empty and after.is_empty,
    }


def _kept(one: personal.Kept, words: Words) -> tuple[str, str, Shown, str]:
    return one.field, words.name(one.field), words.shown(one.field, one.value), one.state


def _shown(session: Session, instance_id: UUID) -> tuple[list[personal.Kept], bool]:
    """Return what is kept of persons, and whether some of it can no longer be read."""
    try:
        return personal.shown(session, instance_id), False
    except (ValueError, EngineError):
        return [], True


def _choices(
    kept: list[personal.Kept], events: list[EventView], words: Words
) -> list[tuple[str, str]]:
    """Return what may be revealed from this page: kept fields and values of its events."""
    fields = [f"data {one.field}" for one in kept if one.state == "masked"]
    changed = [
        f"{event.sequence} {change.field}"
        for event in events
        for change in event.changes
        if change.state == "masked"
    ]
    return [(place, _place_name(place, words)) for place in fields + changed]


def _place_name(place: str, words: Words) -> str:
    where, _, field = place.partition(" ")
    if where == "data":
        return words.name(field)
    return pgettext("audit", "record %(number)s: %(field)s", number=where, field=words.name(field))


def _revealed(session: Session, instance_id: UUID, place: str) -> tuple[str, str]:
    """Return what a value is called, and the value in clear.

    Raises:
        NotFound: the place names no value of this case.
        DataDestroyed: the person's data was destroyed.
    """
    words = words_of(session, _instance(session, instance_id))
    where, _, field = place.partition(" ")
    if where == "data":
        value = personal.reveal(session, instance_id, field)
        return words.name(field), words.shown(field, value).text
    for event in history.events(session, instance_id, int(where) - 1, 1, reveal=True):
        for change in event.changes:
            if event.sequence == int(where) and change.field == field:
                sides = (words.shown(field, side).text for side in (change.before, change.after))
                return _place_name(place, words), " → ".join(side for side in sides if side)
    raise NotFound(what="The value")
