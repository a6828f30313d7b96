"""Deployed processes: the list, one process with its diagram, and the files behind them."""

from __future__ import annotations

from flask import Response, jsonify, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.model import Parsed, ProcessModel
from engine.db import reading
from engine.models import User
from engine.process import definitions
from webui import auth, diagram_names, i18n
from webui.designer import blueprint, standing

# A style sheet that the file names would be run by a browser that opens the file itself.
XML_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@blueprint.get("")
@auth.permission("definition:write")
def index() -> Response:
    """Lead to the list of processes, whose address ends in a slash."""
    return redirect(url_for("designer.processes"), 303)  # type: ignore[return-value]


@blueprint.get("/")
@auth.permission("definition:write")
def processes() -> str:
    """List the newest version of every process."""
    with reading(auth.database()) as session:
        return list_page(session)


def list_page(session: Session, **more: object) -> str:
    """Return the list of processes, with what an upload has to say."""
    return render_template(
        "designer/processes.html", lines=standing.lines(session), people=_people(session), **more
    )


@blueprint.get("/processes/<key>")
@auth.permission("definition:write")
def process(key: str) -> str:
    """Show a process: its diagram and words, its versions, and where cases stand."""
    version = request.args.get("version", type=int)
    with reading(auth.database()) as session:
        definition = definitions.latest(session, key, version)
        parsed = standing.models(session)
        model = _model(session, key, version, parsed)
        return render_template(
            "designer/process.html",
            definition=definition,
            name=diagram_names.shown(model) if model else definition.name or definition.key,
            name_of=diagram_names.shown,
            versions=standing.versions(session, key),
            places=standing.waiting(session, parsed, model) if model else [],
            steps=standing.steps(model) if model else [],
            callers=standing.callers(parsed, key),
            proof=standing.proof(parsed, model) if model else None,
            chinese=i18n.language() == "zh",
            people=_people(session),
        )


@blueprint.get("/processes/<key>/diagram.bpmn")
@auth.permission("definition:write")
def diagram(key: str) -> Response:
    """Give the deployed file as it was uploaded."""
    with reading(auth.database()) as session:
        definition = definitions.latest(session, key, request.args.get("version", type=int))
        content = definitions.source(session, definition.sha256)
    return Response(content, content_type="application/xml; charset=utf-8", headers=XML_HEADERS)


@blueprint.get("/processes/<key>/marks.json")
@auth.permission("definition:write")
def marks(key: str) -> Response:
    """Give the numbers that the diagram shows at its elements."""
    version = request.args.get("version", type=int)
    with reading(auth.database()) as session:
        definitions.latest(session, key, version)
        parsed = standing.models(session)
        model = _model(session, key, version, parsed)
        places = standing.waiting(session, parsed, model) if model else []
    counts = {place.element: place.count for place in places}
    return jsonify({"marks": dict.fromkeys(counts, "now"), "counts": counts})


def _model(session: Session, key: str, version: int | None, parsed: Parsed) -> ProcessModel | None:
    """Return the model of a version; None when its file can no longer be read by this program."""
    if version is None:
        return parsed.processes.get(key)
    from engine.bpmn import parser

    definition = definitions.latest(session, key, version)
    found = parser.parse({definition.file: definitions.source(session, definition.sha256)})
    return found.processes.get(key)


def _people(session: Session) -> dict[str, str]:
    return {str(user_id): name for user_id, name in session.execute(select(User.id, User.name))}
