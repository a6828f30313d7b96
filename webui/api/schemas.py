"""Shapes of the interface as JSON Schema 2020-12, and the functions that make them from rows."""

from __future__ import annotations

from typing import Any

from engine.casework import worklists
from engine.models import Instance, Task
from engine.process import instances
from engine.process.tasks import Completed


def obj(required: tuple[str, ...] = (), /, **properties: Any) -> dict[str, Any]:
    """Return the schema of a closed object."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def listed(item: Any) -> dict[str, Any]:
    """Return the schema of one page of a list."""
    return obj(("items", "next_cursor"), items={"type": "array", "items": item}, next_cursor=TEXT_0)


TEXT = {"type": "string"}
TEXT_0 = {"type": ["string", "null"]}
NUMBER = {"type": "integer"}
NUMBER_0 = {"type": ["integer", "null"]}
TIME = {"type": "string", "format": "date-time"}
TIME_0 = {"type": ["string", "null"], "format": "date-time"}
ID = {"type": "string", "format": "uuid"}
ANY = {"type": "object"}
VARIABLES = {"type": "object", "description": "Names to JSON values."}
REASON = {"type": "string", "minLength": 1, "maxLength": 2000}

TASK = obj(
    (),
    instance=ID,
    number=NUMBER,
    element=TEXT,
    name=TEXT,
    process_key=TEXT,
    case_no=TEXT_0,
    state={"enum": ["open", "claimed", "completed", "cancelled"]},
    assignee=TEXT_0,
    office=TEXT_0,
    candidates={"type": "array", "items": TEXT},
    created_at=TIME,
    due_at=TIME_0,
    priority=NUMBER,
    version=NUMBER,
    form_key=TEXT_0,
)
INSTANCE = obj(
    (),
    id=ID,
    definition_id=ID,
    process_key=TEXT,
    version=NUMBER,
    business_key=TEXT_0,
    status={"enum": ["running", "completed", "cancelled", "suspended", "incident"]},
    altered={"type": "boolean", "description": "Its course was changed by hand."},
    started_at=TIME,
    ended_at=TIME_0,
    variables=VARIABLES,
    tasks={"type": "array", "items": TASK},
    waiting={"type": "array", "items": ANY},
    incidents={"type": "array", "items": ANY},
)
CASE = obj(
    (),
    case_no=TEXT_0,
    instance=ID,
    matter_no=NUMBER,
    matter=TEXT,
    applicant=TEXT_0,
    stage=TEXT,
    outcome=TEXT_0,
    status=TEXT,
    intake_office=TEXT,
    handling_office=TEXT_0,
    received_at=TIME_0,
    closed_at=TIME_0,
)


def task(row: Task) -> dict[str, Any]:
    """Return a task as contracts name its parts."""
    return {
        "instance": row.instance_id,
        "number": row.number,
        "element": row.element,
        "name": row.name,
        "process_key": row.process_key,
        "case_no": row.case_no,
        "state": row.state,
        "assignee": row.assignee_id,
        "office": row.office_id,
        "candidates": row.candidates,
        "created_at": row.created_at,
        "due_at": row.due_at,
        "priority": row.priority,
        "version": row.version,
        "form_key": row.form_key,
    }


def completed(done: Completed) -> dict[str, Any]:
    """Return the answer to a completion: the task and its instance."""
    view = instances.after(done.step)
    whole = instance(view.instance, view.tasks, view.waiting, view.incidents)
    return {"task": task(done.task), "instance": whole}


def instance(
    row: Instance, tasks: list[Task], waiting: list[Any], incidents: list[Any]
) -> dict[str, Any]:
    """Return an instance as contracts name its parts."""
    return {
        "id": row.id,
        "definition_id": row.definition_id,
        "process_key": row.process_key,
        "version": row.version,
        "business_key": row.business_key,
        "status": row.status,
        "altered": row.altered,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "variables": row.variables,
        "tasks": [task(one) for one in tasks],
        "waiting": waiting,
        "incidents": incidents,
    }


def case(line: worklists.CaseLine) -> dict[str, Any]:
    """Return a case as a line, names masked."""
    return {
        "case_no": line.case_no,
        "instance": line.instance_id,
        "matter_no": line.matter_no,
        "matter": line.matter,
        "applicant": line.applicant,
        "stage": line.stage,
        "outcome": line.outcome,
        "status": line.status,
        "intake_office": line.intake_office,
        "handling_office": line.handling_office,
        "received_at": line.received_at,
        "closed_at": line.closed_at,
    }
