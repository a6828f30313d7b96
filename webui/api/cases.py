"""Cases: handing an application in, and reading how far it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.casework import applicants, cases, intake, worklists
from engine.casework.intake import Application
from engine.models import Document, Task
from engine.people import permissions
from engine.process.tasks import TaskKey
from webui.api import instances
from webui.api.endpoint import Call, Endpoint
from webui.api.schemas import ANY, CASE, NUMBER, TEXT, TEXT_0, case, listed, obj


def create(call: Call) -> dict[str, Any]:
    """Hand an application in: open a case and receive it in one step."""
    body = call.body
    opened = cases.open_case(
        call.session, body["matter_no"], by=call.actor, channel=body.get("channel", "window")
    )
    task = call.session.scalars(
        select(Task).where(Task.instance_id == opened.instance_id, Task.element == intake.RECEIVE)
    ).one()
    fields = {f"applicant.{name}": value for name, value in body["applicant"].items()}
    fields |= {f"agent.{name}": value for name, value in (body.get("agent") or {}).items()}
    application = Application(
        applicant=applicants.from_fields(fields),
        form=body.get("form") or {},
        materials=body.get("materials") or {},
        delivery_method=body.get("delivery_method", "window"),
        handling_office=body.get("handling_office"),
        override_reason=body.get("override_reason"),
        commitment=body.get("commitment"),
    )
    intake.receive(call.session, TaskKey(task.instance_id, task.number), application, by=call.actor)
    return case(worklists.line(call.session, opened))


def read(call: Call) -> dict[str, Any]:
    """Read a case by its number."""
    found = cases.by_number(call.session, call.path["case_no"])
    permissions.require_case(call.session, call.actor, found)
    return case(worklists.line(call.session, found))


def read_history(call: Call) -> dict[str, Any]:
    """Read the events of a case in order."""
    found = cases.by_number(call.session, call.path["case_no"])
    return instances.read_history(
        Call(call.session, call.actor, call.body, call.query, {"id": found.instance_id})
    )


def read_documents(call: Call) -> dict[str, Any]:
    """List the documents of a case: what was handed in and what was issued."""
    found = cases.by_number(call.session, call.path["case_no"])
    permissions.require_case(call.session, call.actor, found)
    query = (
        select(Document)
        .where(Document.instance_id == found.instance_id, Document.removed_at.is_(None))
        .order_by(Document.number)
    )
    return {"items": [_document(row) for row in call.session.scalars(query)], "next_cursor": None}


def _document(row: Document) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "paper": row.paper,
        "paper_no": row.paper_no,
        "material": row.material_key,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "created_at": row.created_at,
    }


APPLICANT = obj(
    ("kind", "name", "id_type", "id_no"),
    kind={"enum": ["person", "body"]},
    name=TEXT,
    id_type=TEXT,
    id_no=TEXT,
    phone=TEXT,
    address=TEXT,
)
AGENT = obj(
    ("name", "id_type", "id_no"),
    name=TEXT,
    id_type=TEXT,
    id_no=TEXT,
    phone=TEXT,
    authorisation=TEXT,
)
APPLICATION = obj(
    ("matter_no", "applicant"),
    matter_no=NUMBER,
    applicant=APPLICANT,
    agent=AGENT,
    handling_office=TEXT_0,
    override_reason=TEXT_0,
    commitment=TEXT_0,
    channel={"enum": ["window", "online"]},
    delivery_method={"enum": list(intake.DELIVERY_METHODS)},
    materials={"type": "object", "additionalProperties": {"enum": list(intake.MATERIAL_STATES)}},
    form=ANY,
)
ENDPOINTS = (
    Endpoint("POST", "/cases", create, "case:write", CASE, request=APPLICATION, status=201),
    Endpoint("GET", "/cases/<case_no>", read, "case:read", CASE),
    Endpoint(
        "GET",
        "/cases/<case_no>/history",
        read_history,
        "case:read",
        listed(ANY),
        query={"cursor": TEXT},
    ),
    Endpoint("GET", "/cases/<case_no>/documents", read_documents, "case:read", listed(ANY)),
)
