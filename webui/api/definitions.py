"""Deployments and definitions: uploading diagrams, decisions and forms."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import select

from engine.models import Definition
from engine.process import definitions
from webui.api.endpoint import BodyInvalid, Call, Endpoint
from webui.api.schemas import ANY, ID, NUMBER, TEXT, TIME, listed, obj

MAX_FILES = 50
PROFILES = ("bpmn", "release")

DEFINITION = obj((), id=ID, kind=TEXT, key=TEXT, version=NUMBER, name=TEXT, sha256=TEXT, file=TEXT)
DEPLOYMENT = obj(
    (),
    id=ID,
    created_at=TIME,
    definitions={"type": "array", "items": DEFINITION},
    problems={"type": "array", "items": ANY},
)
FILES = obj(("files",), files={"type": "array", "items": {"type": "string", "format": "binary"}})


def deploy(call: Call) -> dict[str, Any]:
    """Check and deploy files; all of them or none."""
    uploads = request.files.getlist("files")
    if not 1 <= len(uploads) <= MAX_FILES:
        raise BodyInvalid(problem=f"1 to {MAX_FILES} files are needed", place="files")
    profile = call.query.get("profile", "bpmn")
    if profile not in PROFILES:
        raise BodyInvalid(problem=f"one of {', '.join(PROFILES)}", place="profile")
    files = {upload.filename or "unnamed": upload.read() for upload in uploads}
    if len(files) != len(uploads):
        raise BodyInvalid(problem="two files have the same name", place="files")
    made = definitions.deploy(call.session, files, by=call.actor, profile=profile)
    return {
        "id": made.deployment.id,
        "created_at": made.deployment.created_at,
        "definitions": [_definition(one) for one in made.definitions],
        "problems": [problem.as_json() for problem in made.problems],
    }


def list_definitions(call: Call) -> dict[str, Any]:
    """List every version of every definition."""
    query = select(Definition).order_by(Definition.kind, Definition.key, Definition.version)
    return {"items": [_definition(one) for one in call.session.scalars(query)], "next_cursor": None}


def _definition(row: Definition) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "key": row.key,
        "version": row.version,
        "name": row.name,
        "sha256": row.sha256,
        "file": row.file,
    }


ENDPOINTS = (
    Endpoint(
        "POST",
        "/deployments",
        deploy,
        "definition:write",
        DEPLOYMENT,
        request=FILES,
        query={"profile": {"enum": list(PROFILES)}},
        status=201,
        multipart=True,
    ),
    Endpoint("GET", "/definitions", list_definitions, "definition:read", listed(DEFINITION)),
)
