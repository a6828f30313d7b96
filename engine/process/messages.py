"""Messages and signals: how the outside, and one case, reach a case that waits.

A message goes to exactly one subscription with its name and correlation, in a step of its own;
without a taker it is kept for its time to live. Sending the same id again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict
from engine.models import Instance, Job, Message, Subscription, new_id
from engine.people.identity import Actor
from engine.process import correlations, instances, variables
from engine.record.history import Entry, Value

LASTS = timedelta(days=1)


class NobodyWaits(Conflict):
    """Load the case again: it has moved on and no longer waits for this."""

    code = "nobody-waits"
    message = "Instance {instance} does not wait for {name}."


@dataclass(frozen=True)
class Sent:
    """A message and what became of it."""

    id: str
    state: str


def send(
    session: Session,
    name: str,
    *,
    correlation: Mapping[str, Any] | None = None,
    payload: Mapping[str, Any] | None = None,
    message_id: str | None = None,
    ttl: timedelta | None = None,
    by: Actor,
) -> Sent:
    """Deliver a message to the one instance that waits for it, or keep it.

    Args:
        name: of the message in the diagram.
        correlation: values that must equal those of the subscription.
        payload: JSON values; they become variables of the catching event's scope.
        message_id: the sender's own; the same id is delivered once.
        ttl: how long to keep it without a taker, a day by default.
    """
    values = variables.check(payload or {})
    key = message_id or str(new_id())
    known = session.get(Message, key)
    if known is not None:
        return Sent(known.id, known.state)
    now = clock.now()
    message = Message(
        id=key,
        name=name,
        correlation=correlations.digest(correlation or {}),
        payload={"values": values, "correlation": dict(correlation or {})},
        state="buffered",
        received_at=now,
        expires_at=now + (LASTS if ttl is None else ttl),
    )
    session.add(message)
    session.flush()
    for instance_id in _takers(session, message):
        if _offer(session, message, instance_id, by=by):
            break
    return Sent(message.id, message.state)


def deliver_to(
    session: Session, instance_id: UUID, name: str, payload: Mapping[str, Any], *, by: Actor
) -> Instance:
    """Deliver a message to one instance, in this step.

    Raises:
        NobodyWaits: it does not wait for this message.
    """
    values = variables.check(payload)
    entry = _entry(name, values, by)

    def happen(run: Any) -> None:
        if not run.deliver(name, values):
            raise NobodyWaits(instance=instance_id, name=name)

    return instances.move(session, instance_id, happen, by=by, entries=[entry])


def match(session: Session, instance_id: UUID, *, by: Actor) -> int:
    """Offer kept messages to an instance that has come to wait; return how many it took."""
    names = select(Subscription.name).where(
        Subscription.instance_id == instance_id, Subscription.kind == "message"
    )
    query = select(Message).where(
        Message.state == "buffered", Message.name.in_(names), Message.expires_at > clock.now()
    )
    waiting = session.scalars(query.order_by(Message.received_at))
    return sum(_offer(session, message, instance_id, by=by) for message in waiting)


def signal(session: Session, name: str, *, payload: Mapping[str, Any], by: Actor) -> Sent:
    """Let a signal reach every instance that waits for it, each in a step of its own."""
    values = variables.check(payload)
    key = str(new_id())
    waiting = select(Subscription.instance_id).where(
        Subscription.kind == "signal", Subscription.name == name
    )
    for instance_id in session.scalars(waiting.distinct()).all():
        instance = instances.lock(session, instance_id)
        instance.counter += 1
        session.add(
            Job(
                instance_id=instance_id,
                number=instance.counter,
                kind="hear",
                due_at=clock.now(),
                state="waiting",
                payload={"name": name, "payload": values},
            )
        )
    session.flush()
    return Sent(key, "delivered")


def expire(session: Session) -> int:
    """Mark messages whose time is over without a taker; return how many."""
    late = (
        update(Message)
        .where(Message.state == "buffered", Message.expires_at <= clock.now())
        .values(state="expired")
    )
    return int(getattr(session.execute(late), "rowcount", 0))


def _takers(session: Session, message: Message) -> list[UUID]:
    query = select(Subscription.instance_id).where(
        Subscription.kind == "message", Subscription.name == message.name
    )
    if message.correlation:
        query = query.where(Subscription.correlation.in_((message.correlation, "")))
    return list(session.scalars(query.order_by(Subscription.correlation.desc())).unique())


def _offer(session: Session, message: Message, instance_id: UUID, *, by: Actor) -> bool:
    """Offer a message to a locked instance; on success it is delivered for good."""
    instance = instances.lock(session, instance_id)
    if instance.status not in instances.LIVE or message.state != "buffered":
        return False
    run = instances.load(session, instance, by=by)
    values, correlation = message.payload["values"], message.payload["correlation"]
    if not run.deliver(message.name, values, correlation):
        return False
    message.state, message.instance_id = "delivered", instance_id
    instances.settle(session, instance, run, by=by, entries=[_entry(message.name, values, by)])
    return True


def _entry(name: str, values: Mapping[str, Any], by: Actor) -> Entry:
    fields = {key: Value(after=value) for key, value in values.items()}
    return Entry(
        "message.received",
        by.key,
        on_behalf_of=by.on_behalf_of,
        fields=fields | {"message": Value(after=name)},
    )
