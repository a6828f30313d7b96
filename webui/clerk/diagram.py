"""The diagrams of a case: the files it runs by, and which elements it has passed and stands at."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from engine.casework import cases as engine_cases
from engine.db import reading
from engine.models import OPEN_STATES, Bundle, Instance, Task
from engine.people import permissions
from engine.process import bundles, definitions
from engine.record.history import EventView
from webui import auth, diagram_names
from webui.clerk import blueprint, story

ADDRESS = "/cases/<uuid:instance_id>"


def files(session: Session, instance: Instance) -> dict[str, str]:
    """Return the diagram files of a case and what their processes are called, its own first."""
    models = bundles.of_instance(session, instance).specifications.models
    own = models[instance.process_key]
    others = sorted((one for one in models.values() if one is not own), key=lambda one: one.file)
    return {one.file: diagram_names.shown(one) for one in (own, *others)}


@blueprint.get(f"{ADDRESS}/diagram.bpmn")
@auth.permission("case:read")
def diagram(instance_id: UUID) -> Response:
    """Send the diagram that the case runs by, or that of a process it calls."""
    with reading(auth.database()) as session:
        found = engine_cases.get(session, instance_id)
        permissions.require_case(session, auth.actor(), found)
        instance = session.get_one(Instance, instance_id)
        listed = session.get_one(Bundle, instance.bundle_hash).files
        name = request.args.get("file") or next(iter(files(session, instance)))
        if name not in listed or not name.endswith(".bpmn"):
            raise NotFound()
        data = definitions.source(session, listed[name])
    return Response(data, content_type="application/xml; charset=utf-8")


@blueprint.get(f"{ADDRESS}/marks.json")
@auth.permission("case:read")
def marks(instance_id: UUID) -> Response:
    """Send which elements the case has passed and where it is."""
    with reading(auth.database()) as session:
        found = engine_cases.get(session, instance_id)
        permissions.require_case(session, auth.actor(), found)
        waiting = session.scalars(
            select(Task.element).where(Task.instance_id == instance_id, Task.state.in_(OPEN_STATES))
        )
        made = marks_of(story.events(session, instance_id), list(waiting))
    return jsonify({"marks": made})


def marks_of(found: Iterable[EventView], waiting: Iterable[str]) -> dict[str, str]:
    """Return the mark of each element and flow that the case has come to."""
    seen: dict[str, set[str]] = {}
    inside: dict[str, int] = {}
    for event in found:
        if event.type != "process.moved":
            continue
        for change in event.changes:
            for happened, element, *_rest in change.after or ():
                seen.setdefault(element, set())
                if happened == "entered":
                    inside[element] = inside.get(element, 0) + 1
                elif happened in ("completed", "cancelled"):
                    inside[element] = max(0, inside.get(element, 0) - 1)
                if happened in ("completed", "taken"):
                    seen[element].add("passed")
    for element, count in inside.items():
        if count and element.startswith("Activity_"):
            seen[element].add("now")
    for element in waiting:
        seen.setdefault(element, set()).add("now")
    return {
        element: " ".join(sorted(kinds, reverse=True)) for element, kinds in seen.items() if kinds
    }
