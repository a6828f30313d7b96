"""Tasks: listing, claiming, releasing, delegating and completing user tasks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.process import tasks, worklist
from engine.process.tasks import TaskKey
from webui.api import schemas
from webui.api.endpoint import BodyInvalid, Call, Endpoint, whole_number
from webui.api.schemas import ID, INSTANCE, NUMBER, REASON, TASK, TEXT, VARIABLES, listed, obj

STATES = ("open", "claimed", "completed", "cancelled")


def list_tasks(call: Call) -> dict[str, Any]:
    """List the tasks that the token's owner may see, first due first."""
    wanted = call.query
    state = wanted.get("state")
    if state is not None and state not in STATES:
        raise BodyInvalid(problem=f"one of {', '.join(STATES)}", place="state")
    limit = whole_number(wanted.get("limit", "50"), 200)
    if not limit:
        raise BodyInvalid(problem="1 to 200", place="limit")
    page = worklist.page(
        call.session,
        by=call.actor,
        office=wanted.get("office"),
        assignee=_uuid(wanted, "assignee"),
        process_key=wanted.get("process_key"),
        instance=_uuid(wanted, "instance"),
        state=state,
        cursor=wanted.get("cursor"),
        limit=limit,
    )
    return {"items": [schemas.task(row) for row in page.items], "next_cursor": page.next_cursor}


def read(call: Call) -> dict[str, Any]:
    """Read a task."""
    return schemas.task(tasks.get(call.session, _key(call), by=call.actor))


def claim(call: Call) -> dict[str, Any]:
    """Claim a task; only its holder completes it then."""
    return schemas.task(tasks.claim(call.session, _key(call), by=call.actor))


def release(call: Call) -> dict[str, Any]:
    """Give a claimed task back to its office."""
    return schemas.task(tasks.release(call.session, _key(call), by=call.actor))


def delegate(call: Call) -> dict[str, Any]:
    """Hand a task to a colleague of the same office."""
    row = tasks.delegate(
        call.session,
        _key(call),
        by=call.actor,
        to=UUID(call.body["to"]),
        reason=call.body["reason"],
    )
    return schemas.task(row)


def complete(call: Call) -> dict[str, Any]:
    """Complete a task with the values of its form and run on to the next wait."""
    done = tasks.complete(
        call.session,
        _key(call),
        by=call.actor,
        variables=call.body.get("variables") or {},
        version=call.body.get("version"),
    )
    return schemas.completed(done)


def _key(call: Call) -> TaskKey:
    return TaskKey(call.path["instance"], call.path["number"])


def _uuid(query: Any, name: str) -> UUID | None:
    text = query.get(name)
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise BodyInvalid(problem="a UUID is needed", place=name) from error


_ONE = "/tasks/<uuid:instance>/<int:number>"
_FILTERS = ("office", "assignee", "process_key", "instance", "state", "cursor", "limit")
DELEGATION = obj(("to", "reason"), to=ID, reason=REASON)
COMPLETION = obj((), variables=VARIABLES, version=NUMBER)
ENDPOINTS = (
    Endpoint(
        "GET", "/tasks", list_tasks, "task:read", listed(TASK), query=dict.fromkeys(_FILTERS, TEXT)
    ),
    Endpoint("GET", _ONE, read, "task:read", TASK),
    Endpoint("POST", f"{_ONE}/claim", claim, "task:write", TASK, request=obj()),
    Endpoint("POST", f"{_ONE}/release", release, "task:write", TASK, request=obj()),
    Endpoint("POST", f"{_ONE}/delegate", delegate, "task:write", TASK, request=DELEGATION),
    Endpoint(
        "POST",
        f"{_ONE}/complete",
        complete,
        "task:write",
        obj((), task=TASK, instance=INSTANCE),
        request=COMPLETION,
    ),
)
