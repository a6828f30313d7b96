"""Triggers: which messages, signals and timers start which process.

The newest version of each process listens, and it alone: deploying a version replaces the rows of
the one before. Timers of start events count from the deployment. Who starts the instances is
`starting`; nothing is executed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import clock, rows
from engine.bpmn import timers
from engine.bpmn.model import Event, Node, ProcessModel
from engine.models import Definition, StartTrigger

KINDS = ("message", "signal", "timer")


def register(session: Session, definition: Definition, model: ProcessModel) -> None:
    """Let the events of a new version of a process start it, and no longer those of older ones."""
    session.execute(delete(StartTrigger).where(StartTrigger.process_key == definition.key))
    made = [
        {
            "definition_id": definition.id,
            "number": number,
            "process_key": definition.key,
            "kind": event.kind,
            "name": event.name,
            "element": node.id,
            "due_at": plan.due if plan else None,
            "payload": {"variable": node.extensions.variable} | _going_on(plan),
        }
        for number, (node, event, plan) in enumerate(_entrances(model), start=1)
    ]
    if made:
        rows.add(session, StartTrigger, made)


def named(session: Session, kind: str, name: str) -> list[StartTrigger]:
    """Return what a message or a signal of a name starts, by process."""
    query = select(StartTrigger).where(StartTrigger.kind == kind, StartTrigger.name == name)
    return list(session.scalars(query.order_by(StartTrigger.process_key, StartTrigger.number)))


def names(session: Session, kind: str) -> set[str]:
    """Return the names that start anything."""
    query = select(StartTrigger.name).where(StartTrigger.kind == kind)
    return {name for name in session.scalars(query) if name}


def due(session: Session) -> list[StartTrigger]:
    """Return the timers that are due, oldest first."""
    query = select(StartTrigger).where(StartTrigger.due_at <= clock.now())
    return list(session.scalars(query.order_by(StartTrigger.due_at, StartTrigger.process_key)))


def go_on(trigger: StartTrigger) -> None:
    """Set a timer that has started an instance to its next instant, or to none."""
    every, repeats = trigger.payload.get("every"), trigger.payload.get("repeats")
    if every is None or repeats == 0 or trigger.due_at is None:
        trigger.due_at = None
        return
    step = timers.Duration(every[0], timedelta(seconds=every[1]))
    trigger.due_at = step.after(trigger.due_at)
    left = None if repeats is None else repeats - 1
    trigger.payload = trigger.payload | {"repeats": left}


def postpone(trigger: StartTrigger, by: timedelta) -> None:
    """Let a timer whose start failed try again later."""
    trigger.due_at = clock.now() + by


def brings(trigger: StartTrigger, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first variables of an instance that an event starts."""
    variable = trigger.payload.get("variable")
    return {variable: dict(payload)} if variable else dict(payload)


def _entrances(model: ProcessModel) -> Iterator[tuple[Node, Event, timers.Schedule | None]]:
    for node, event in model.entrances():
        for one in event.parts or (event,):
            if one.kind == "timer":
                plan = _plan(one)
                if plan is not None:
                    yield node, one, plan
            elif one.kind in KINDS and one.name:
                yield node, one, None


def _plan(event: Event) -> timers.Schedule | None:
    """Return when a timer starts the process; None for a text that only a drawing may bear."""
    try:
        return timers.schedule(event.text or "", clock.now())
    except ValueError:
        return None


def _going_on(plan: timers.Schedule | None) -> dict[str, Any]:
    if plan is None or plan.every is None:
        return {}
    every = [plan.every.months, plan.every.rest.total_seconds()]
    return {"repeats": plan.repeats, "every": every}
