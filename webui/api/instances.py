"""Instances: starting, reading and cancelling runs of a process."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.errors import Forbidden
from engine.models import Case, Instance
from engine.people import permissions
from engine.process import instances
from engine.record import history
from webui import counting
from webui.api.endpoint import BodyInvalid, Call, Endpoint, whole_number
from webui.api.schemas import (
    ANY,
    INSTANCE,
    NUMBER_0,
    REASON,
    TEXT,
    VARIABLES,
    instance,
    listed,
    obj,
)


def start(call: Call) -> dict[str, Any]:
    """Start an instance of a process."""
    started = instances.start(
        call.session,
        call.body["process_key"],
        by=call.actor,
        version=call.body.get("version"),
        business_key=call.body.get("business_key"),
        variables=call.body.get("variables") or {},
        office_id=call.actor.office_id,
    )
    return whole(call, started.id)


def read(call: Call) -> dict[str, Any]:
    """Read an instance with its open tasks, what it waits for and its incidents."""
    require_seen(call, call.path["id"])
    return whole(call, call.path["id"])


def read_history(call: Call) -> dict[str, Any]:
    """Read the events of an instance in order."""
    require_seen(call, call.path["id"])
    after = whole_number(call.query.get("cursor", "0"), counting.LAST)
    if after is None:
        raise BodyInvalid(problem="a cursor is given by the previous page", place="cursor")
    events = history.events(call.session, call.path["id"], cursor=after, limit=200)
    following = str(events[-1].sequence) if len(events) == 200 else None
    return {"items": [_event(event) for event in events], "next_cursor": following}


def cancel(call: Call) -> dict[str, Any]:
    """Cancel an instance for a reason."""
    require_seen(call, call.path["id"])
    instances.cancel(call.session, call.path["id"], by=call.actor, reason=call.body["reason"])
    return whole(call, call.path["id"])


class InstanceNotYours(Forbidden):
    """Use the token of somebody of the office that started the instance."""

    code = "instance-not-yours"
    message = "This instance belongs to another office (permission {permission})."


def require_seen(call: Call, instance_id: UUID) -> None:
    """Refuse an instance, or the case it is, that the caller may not see.

    Raises:
        InstanceNotFound: there is none.
        Forbidden: it belongs to other offices.
    """
    found: Instance = instances.get(call.session, instance_id)
    case = call.session.get(Case, instance_id)
    if case is not None:
        permissions.require_case(call.session, call.actor, case)
        return
    actor = call.actor
    mine = found.started_by == actor.key or found.office_id in actor.offices_with()
    if not mine and not actor.holds("auditor") and not actor.holds("designer"):
        raise InstanceNotYours(permission="instance:read")


def whole(call: Call, instance_id: UUID) -> dict[str, Any]:
    """Return the instance as contracts name its parts."""
    view = instances.view(call.session, instance_id)
    return instance(view.instance, view.tasks, view.waiting, view.incidents)


def _event(event: history.EventView) -> dict[str, Any]:
    return {
        "sequence": event.sequence,
        "at": event.at,
        "type": event.type,
        "actor": event.actor,
        "on_behalf_of": event.on_behalf_of,
        "element": event.element,
        "changes": [
            {
                "field": change.field,
                "before": None if change.before is history.UNSET else change.before,
                "after": None if change.after is history.UNSET else change.after,
                "state": change.state,
            }
            for change in event.changes
        ],
    }


START = obj(
    ("process_key",),
    process_key=TEXT,
    version=NUMBER_0,
    business_key={"type": ["string", "null"], "maxLength": 200},
    variables=VARIABLES,
)
ENDPOINTS = (
    Endpoint("POST", "/instances", start, "instance:write", INSTANCE, request=START, status=201),
    Endpoint("GET", "/instances/<uuid:id>", read, "instance:read", INSTANCE),
    Endpoint(
        "GET",
        "/instances/<uuid:id>/history",
        read_history,
        "instance:read",
        listed(ANY),
        query={"cursor": TEXT},
    ),
    Endpoint(
        "POST",
        "/instances/<uuid:id>/cancel",
        cancel,
        "instance:write",
        INSTANCE,
        request=obj(("reason",), reason=REASON),
    ),
)
