"""Interventions of operators: suspend, resume, move, migrate, restart."""

from __future__ import annotations

from typing import Any

from engine.process.interventions import migration, moving, restarting, suspension
from webui.api.endpoint import Call, Endpoint
from webui.api.instances import whole
from webui.api.schemas import INSTANCE, NUMBER, NUMBER_0, REASON, TEXT, obj

NAMES = {"type": "object", "additionalProperties": TEXT}


def suspend(call: Call) -> dict[str, Any]:
    """Let an instance stand still until it is resumed."""
    suspension.suspend(call.session, call.path["id"], by=call.actor, reason=call.body["reason"])
    return whole(call, call.path["id"])


def resume(call: Call) -> dict[str, Any]:
    """Let a suspended instance go on."""
    suspension.resume(call.session, call.path["id"], by=call.actor, reason=call.body["reason"])
    return whole(call, call.path["id"])


def move(call: Call) -> dict[str, Any]:
    """Give open tasks up and put the instance at another element."""
    moving.move(
        call.session,
        call.path["id"],
        to=call.body["to"],
        by=call.actor,
        reason=call.body["reason"],
        numbers=call.body.get("tasks"),
    )
    return whole(call, call.path["id"])


def migrate(call: Call) -> dict[str, Any]:
    """Carry an instance over to another version of its process."""
    migration.migrate(
        call.session,
        call.path["id"],
        to=call.body["version"],
        by=call.actor,
        reason=call.body["reason"],
        names=call.body.get("mapping"),
    )
    return whole(call, call.path["id"])


def plan(call: Call) -> dict[str, Any]:
    """Tell of each live instance whether it could be carried over; nothing is changed."""
    found = migration.plan(
        call.session,
        call.body["process_key"],
        to=call.body["version"],
        by=call.actor,
        names=call.body.get("mapping"),
        version=call.body.get("from_version"),
    )
    items = [
        {
            "instance": one.instance_id,
            "case_no": one.case_no,
            "version": one.version,
            "obstacles": [{"element": o.element, "reason": o.reason} for o in one.obstacles],
        }
        for one in found
    ]
    return {"items": items, "movable": sum(not one.obstacles for one in found)}


def restart(call: Call) -> dict[str, Any]:
    """Begin a finished instance anew, as another one."""
    begun = restarting.restart(
        call.session, call.path["id"], by=call.actor, reason=call.body["reason"]
    )
    return whole(call, begun.id)


_ONE = "/instances/<uuid:id>"
_SCOPE = "instance:operate"
_WHY = obj(("reason",), reason=REASON)
_MOVE = obj(("reason", "to"), reason=REASON, to=TEXT, tasks={"type": "array", "items": NUMBER})
_MIGRATE = obj(("reason", "version"), reason=REASON, version=NUMBER, mapping=NAMES)
_PLAN = obj(
    ("process_key", "version"),
    process_key=TEXT,
    version=NUMBER,
    from_version=NUMBER_0,
    mapping=NAMES,
)
_OUTLOOK = obj((), items={"type": "array", "items": {"type": "object"}}, movable=NUMBER)
ENDPOINTS = (
    Endpoint("POST", f"{_ONE}/suspend", suspend, _SCOPE, INSTANCE, request=_WHY),
    Endpoint("POST", f"{_ONE}/resume", resume, _SCOPE, INSTANCE, request=_WHY),
    Endpoint("POST", f"{_ONE}/move", move, _SCOPE, INSTANCE, request=_MOVE),
    Endpoint("POST", f"{_ONE}/migrate", migrate, _SCOPE, INSTANCE, request=_MIGRATE),
    Endpoint("POST", f"{_ONE}/restart", restart, _SCOPE, INSTANCE, request=_WHY, status=201),
    Endpoint("POST", "/migrations/plan", plan, _SCOPE, _OUTLOOK, request=_PLAN),
)
