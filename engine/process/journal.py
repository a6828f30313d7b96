"""Journal: what happened in a step, as entries of the history.

Every element entered, completed or cancelled and every flow taken is an event of its own, so that
a reader can follow the diagram; an element of a called process says in which one it stands.
Inputs of a step (what people send, payloads, what operations give back) are kept with it, because
nothing else can bring them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.journal import Entry as Happened
from engine.people.identity import Actor
from engine.record.history import UNSET, Entry, Value

TYPES = {
    "started": "process.started",
    "ended": "process.ended",
    "entered": "element.entered",
    "completed": "element.completed",
    "cancelled": "element.cancelled",
    "taken": "flow.taken",
    "timer": "timer.fired",
    "message": "message.passed",
    "signal": "signal.passed",
    "condition": "condition.met",
    "error": "error.thrown",
    "escalation": "escalation.thrown",
}


def entry_of(happened: Happened, by: Actor) -> Entry:
    """Return the history entry for something that happened in a run."""
    fields: dict[str, Value] = {}
    if happened.scope:
        place = {"process": happened.process, "scope": happened.scope}
        fields["called"] = Value(after=place)
    if happened.code is not None:
        fields["code"] = Value(after=happened.code)
    return Entry(
        type=TYPES.get(happened.event, happened.event),
        actor=by.key,
        element=happened.element,
        on_behalf_of=by.on_behalf_of,
        fields=fields,
        at=happened.at,
    )


def act(
    type_: str, by: Actor, element: str | None = None, fields: Mapping[str, Value] | None = None
) -> Entry:
    """Return the entry of what somebody did."""
    return Entry(type_, by.key, element, by.on_behalf_of, fields or {})


def changes(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    personal: Mapping[str, str] | None = None,
) -> dict[str, Value]:
    """Return values as fields of an entry, with what they replace.

    Args:
        personal: names of personal values, with whose data they are.
    """
    fields = {name: Value(before.get(name, UNSET), value) for name, value in after.items()}
    for name, person in (personal or {}).items():
        if name in after:
            fields[name] = Value(after=after[name], personal=True, person=person)
    return fields
