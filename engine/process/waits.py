"""Waits: the rows by which the outside finds what an instance waits for.

Timers and connector calls are jobs, messages and signals are subscriptions; what a step has
thrown becomes jobs too, because a step touches no other instance. The rows follow the run: what
it no longer waits for goes, what is new is written, each kind in one statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine import rows
from engine.bpmn.workflow import Run
from engine.models import Job, Message, Subscription
from engine.process import correlations, waking
from engine.record.history import Value

if TYPE_CHECKING:
    from engine.process.execution import Step

TIMER, CONNECTOR = "timer", "connector"
LISTENING = ("message", "signal")


@dataclass(frozen=True)
class Waits:
    """What a run waits for apart from people: by token, and enough of it to see a change."""

    timers: Mapping[int, tuple[str, datetime]]  # element, due
    events: Mapping[int, tuple[str, str, str, str]]  # element, kind, name, correlation
    connectors: Mapping[int, tuple[str, str, str | None]]  # element, connector, operation


NOTHING = Waits({}, {}, {})


def of(run: Run) -> Waits:
    """Return what a run waits for now."""
    found = run.waiting()
    return Waits(
        timers={one.id: (one.element, one.due) for one in found if one.due is not None},
        events={
            one.id: (one.element, one.type, one.name, correlations.digest(one.correlation))
            for one in found
            if one.type in LISTENING
        },
        connectors={
            one.id: (one.element, one.connector, one.operation) for one in run.service_tasks()
        },
    )


def save(step: Step) -> None:
    """Write the jobs and subscriptions of a step that has come to its next wait."""
    now = step.after = of(step.run)
    new = [
        _job(step, TIMER, token, element, due)
        for token, (element, due) in _new(step.before.timers, now.timers)
    ]
    new += [
        _job(step, CONNECTOR, token, element, step.at, connector=name, operation=operation)
        for token, (element, name, operation) in _new(step.before.connectors, now.connectors)
    ]
    new += [
        _job(
            step,
            thrown.kind,
            None,
            thrown.element,
            step.at,
            name=thrown.name,
            payload=dict(thrown.payload),
            correlation=dict(thrown.correlation),
        )
        for thrown in step.run.outbox
    ]
    gone = _gone(step.before.timers, now.timers) + _gone(step.before.connectors, now.connectors)
    _write(step, Job, gone, new)
    if any(job["due_at"] <= step.at for job in new):
        waking.notify(step.session)
    listening = [
        _subscription(step, token, *event) for token, event in _new(step.before.events, now.events)
    ]
    _write(step, Subscription, _gone(step.before.events, now.events), listening)


def take_kept(step: Step) -> None:
    """Hand over messages that came before their taker, oldest first, each once."""
    known = dict(step.before.events)
    while True:
        events = of(step.run).events
        wanted = {
            (name, key) for _, (_, kind, name, key) in _new(known, events) if kind == "message"
        }
        known |= events
        if not any([_take(step, name, key) for name, key in sorted(wanted)]):
            return
        step.run.advance()


def claim_message(session: Session, message_id: str, instance_id: UUID) -> bool:
    """Mark a kept message as delivered; false if somebody else was faster."""
    result: Any = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.state == "buffered")
        .values(state="delivered", instance_id=instance_id)
    )
    return bool(result.rowcount == 1)


def received(name: str, values: Mapping[str, Any]) -> dict[str, Value]:
    """Return a message as fields of its event."""
    return {key: Value(after=value) for key, value in values.items()} | {
        "message": Value(after=name)
    }


def _take(step: Step, name: str, key: str) -> bool:
    row = step.session.scalars(
        select(Message)
        .where(
            Message.name == name,
            Message.correlation == key,
            Message.state == "buffered",
            Message.expires_at > step.at,
        )
        .order_by(Message.received_at, Message.id)
        .limit(1)
    ).first()
    if row is None or not claim_message(step.session, row.id, step.instance.id):
        return False
    values, correlation = row.payload["values"], row.payload["correlation"]
    step.note("message.received", fields=received(name, values))
    return step.run.deliver(name, values, correlation)


def _new(before: Mapping[int, Any], now: Mapping[int, Any]) -> list[tuple[int, Any]]:
    return [(token, one) for token, one in now.items() if before.get(token) != one]


def _gone(before: Mapping[int, Any], now: Mapping[int, Any]) -> list[int]:
    return [token for token, one in before.items() if now.get(token) != one]


def _write(
    step: Step, table: type[Job] | type[Subscription], gone: list[int], new: list[dict[str, Any]]
) -> None:
    if gone:
        step.session.execute(
            delete(table)
            .where(table.instance_id == step.instance.id, table.token.in_(gone))
            .execution_options(synchronize_session="fetch")
        )
    if new:
        rows.add(step.session, table, new)


def _job(
    step: Step, kind: str, token: int | None, element: str, due_at: datetime, **payload: Any
) -> dict[str, Any]:
    step.instance.counter += 1
    return {
        "instance_id": step.instance.id,
        "number": step.instance.counter,
        "kind": kind,
        "token": token,
        "element": element,
        "due_at": due_at,
        "state": "waiting",
        "payload": payload,
        "attempts": 0,
    }


def _subscription(
    step: Step, token: int, element: str, kind: str, name: str, correlation: str
) -> dict[str, Any]:
    step.instance.counter += 1
    return {
        "instance_id": step.instance.id,
        "number": step.instance.counter,
        "kind": kind,
        "name": name,
        "correlation": correlation,
        "token": token,
        "element": element,
    }
