"""Matters: the list of 130 and each one's current edition."""

from __future__ import annotations

from typing import Any

from engine.casework import matters
from webui.api.endpoint import Call, Endpoint
from webui.api.schemas import ANY, NUMBER, TEXT, listed, obj

LINE = obj((), no=NUMBER, name=TEXT, department=TEXT, category=TEXT, state=TEXT)


def list_matters(call: Call) -> dict[str, Any]:
    """List all matters with their state."""
    items = [
        {
            "no": matter.no,
            "name": matter.name,
            "department": matter.department,
            "category": matter.category,
            "state": matter.state.kind.value,
        }
        for matter in matters.all_current(call.session)
    ]
    return {"items": items, "next_cursor": None}


def read(call: Call) -> dict[str, Any]:
    """Read the current edition of a matter."""
    version, matter = matters.current(call.session, call.path["no"])
    return {"hash": version.hash, **matter.as_json()}


ENDPOINTS = (
    Endpoint("GET", "/matters", list_matters, "matter:read", listed(LINE)),
    Endpoint("GET", "/matters/<int:no>", read, "matter:read", ANY),
)
