"""Batches: one intervention in many instances, followed and steered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.process.interventions import batches
from engine.process.interventions.batches import Progress
from webui.api.endpoint import BodyInvalid, Call, Endpoint
from webui.api.schemas import ANY, ID, NUMBER, REASON, TEXT, TIME, TIME_0, obj


def create(call: Call) -> dict[str, Any]:
    """Begin an intervention in many instances."""
    try:
        wanted = [UUID(one) for one in call.body["instances"]]
    except ValueError as error:
        raise BodyInvalid(problem="a UUID is needed", place="instances") from error
    made = batches.create(
        call.session,
        call.body["kind"],
        wanted,
        by=call.actor,
        reason=call.body["reason"],
        parameters=call.body.get("parameters"),
    )
    return _whole(call, made.id)


def read(call: Call) -> dict[str, Any]:
    """Read how far a batch is and what failed."""
    return _whole(call, call.path["id"])


def pause(call: Call) -> dict[str, Any]:
    """Let a batch wait after the instance in hand."""
    return _steer(call, "paused")


def proceed(call: Call) -> dict[str, Any]:
    """Let a paused batch go on."""
    return _steer(call, "running")


def cancel(call: Call) -> dict[str, Any]:
    """End a batch; what it has done stays done."""
    return _steer(call, "cancelled")


def _steer(call: Call, state: str) -> dict[str, Any]:
    batches.steer(call.session, call.path["id"], state, by=call.actor)
    return _whole(call, call.path["id"])


def _whole(call: Call, batch_id: UUID) -> dict[str, Any]:
    return _shape(batches.progress(call.session, batch_id, by=call.actor))


def _shape(found: Progress) -> dict[str, Any]:
    return {
        "id": found.batch.id,
        "kind": found.batch.kind,
        "state": found.batch.state,
        "reason": found.batch.reason,
        "parameters": found.batch.parameters,
        "created_at": found.batch.created_at,
        "ended_at": found.batch.ended_at,
        "total": found.total,
        "counts": dict(found.counts),
        "failed": [
            {"instance": one.instance_id, "code": one.code, "message": one.message}
            for one in found.failed
        ],
    }


_SCOPE = "instance:operate"
_ONE = "/batches/<uuid:id>"
_NEW = obj(
    ("kind", "instances", "reason"),
    kind={"enum": sorted(batches.ACTS)},
    instances={"type": "array", "items": ID},
    reason=REASON,
    parameters=ANY,
)
BATCH = obj(
    (),
    id=ID,
    kind=TEXT,
    state={"enum": ["running", "paused", "cancelled", "done"]},
    reason=TEXT,
    parameters=ANY,
    created_at=TIME,
    ended_at=TIME_0,
    total=NUMBER,
    counts=ANY,
    failed={"type": "array", "items": ANY},
)
ENDPOINTS = (
    Endpoint("POST", "/batches", create, _SCOPE, BATCH, request=_NEW, status=202),
    Endpoint("GET", _ONE, read, _SCOPE, BATCH),
    Endpoint("POST", f"{_ONE}/pause", pause, _SCOPE, BATCH, request=obj()),
    Endpoint("POST", f"{_ONE}/resume", proceed, _SCOPE, BATCH, request=obj()),
    Endpoint("POST", f"{_ONE}/cancel", cancel, _SCOPE, BATCH, request=obj()),
)
