"""Messages and signals from other systems."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.process import messages
from webui.api.endpoint import Call, Endpoint
from webui.api.schemas import TEXT, VARIABLES, obj

CORRELATION = {"type": ["object", "null"], "additionalProperties": True}


def send(call: Call) -> dict[str, Any]:
    """Deliver a message to the case that waits for it, or keep it for its time to live."""
    seconds = call.body.get("ttl")
    sent = messages.send(
        call.session,
        call.body["name"],
        correlation=call.body.get("correlation") or {},
        payload=call.body.get("payload") or {},
        message_id=call.body.get("id"),
        ttl=timedelta(seconds=seconds) if seconds is not None else None,
        by=call.actor,
    )
    return {"id": sent.id, "state": sent.state}


def signal(call: Call) -> dict[str, Any]:
    """Broadcast a signal to every case that waits for it."""
    sent = messages.signal(
        call.session, call.body["name"], payload=call.body.get("payload") or {}, by=call.actor
    )
    return {"id": sent.id}


NAME = {"type": "string", "minLength": 1, "maxLength": 120}
SECONDS = {"type": "integer", "minimum": 0, "maximum": 31_536_000}
MESSAGE = obj(
    ("name",),
    name=NAME,
    correlation=CORRELATION,
    payload=VARIABLES,
    id={"type": "string", "minLength": 1, "maxLength": 80},
    ttl=SECONDS,
)
SIGNAL = obj(("name",), name=NAME, payload=VARIABLES)
STATE = {"enum": ["delivered", "buffered"]}
ENDPOINTS = (
    Endpoint(
        "POST",
        "/messages",
        send,
        "message:write",
        obj((), id=TEXT, state=STATE),
        request=MESSAGE,
        status=202,
    ),
    Endpoint(
        "POST", "/signals", signal, "message:write", obj((), id=TEXT), request=SIGNAL, status=202
    ),
)
