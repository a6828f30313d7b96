"""Messages and signals: how the outside, and one case, reach a case that waits.

A message goes to exactly one subscription with its name and correlation, in a step of its own;
without a taker it is kept for its time to live, and whoever comes to wait for it gets it. A name
alone never picks one of several cases. Sending the same id again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from engine import clock, rows
from engine.errors import Conflict
from engine.models import Instance, Job, Message, Subscription, new_id
from engine.people.identity import Actor
from engine.process import correlations, instances, locking, starting, triggers, variables, waits
from engine.process.execution import Step

LASTS = timedelta(days=1)
MOST_TRIED = 200  # cases that a message without correlation is compared with

received = waits.received


class NobodyWaits(Conflict):
    """Load the case again: it has moved on and no longer waits for this."""

    code = "nobody-waits"
    message = "Instance {instance} does not wait for {name}."


class MessageAmbiguous(Conflict):
    """Send the correlation that tells which case is meant."""

    code = "message-ambiguous"
    message = "{count} instances wait for the message {name}, and nothing says which is meant."


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
        correlation: values that must equal those of the subscription; without them the diagram's
            own expressions read them from the payload.
        payload: JSON values; they become variables of the catching event's scope.
        message_id: the sender's own; the same id is delivered once.
        ttl: how long to keep it without a taker, a day by default.

    Raises:
        MessageAmbiguous: several instances wait for the name and nothing tells them apart.
        VariableInvalid: the payload cannot be kept.
        StepFailed: the instance that took it failed.
    """
    values = variables.check(payload or {})
    now = clock.now()
    row = {
        "id": message_id or str(new_id()),
        "name": name,
        "correlation": correlations.digest(correlation or {}),
        "payload": {"values": values, "correlation": dict(correlation or {})},
        "state": "buffered",
        "received_at": now,
        "expires_at": now + (LASTS if ttl is None else ttl),
    }
    if rows.insert_new(session, Message, [row]):
        offer(session, session.get_one(Message, row["id"]), by=by)
    message = session.get_one(Message, row["id"], populate_existing=True)
    return Sent(message.id, message.state)


def offer(session: Session, message: Message, *, by: Actor) -> bool:
    """Offer a kept message to whoever waits for it, else let it start a process; was it taken?"""
    known, unknown = _takers(session, message)
    if message.correlation and not known and len(unknown) > 1:
        raise MessageAmbiguous(name=message.name, count=len(unknown))
    if not message.correlation and len(unknown) > 1:
        raise MessageAmbiguous(name=message.name, count=len(unknown))
    takers = known or unknown
    if any(_give(session, message, one, by=by) for one in takers):
        return True
    return not _is_awaited(session, takers) and _begin(session, message, by=by)


def _is_awaited(session: Session, instance_ids: Sequence[UUID]) -> bool:
    """Tell whether a suspended instance waits: the message is kept for it and begins no other."""
    query = select(Instance.id).where(
        Instance.id.in_(instance_ids), Instance.status == locking.SUSPENDED
    )
    return session.scalar(query.limit(1)) is not None


def _begin(session: Session, message: Message, *, by: Actor) -> bool:
    values, correlation = message.payload["values"], message.payload["correlation"]
    instance = starting.by_message(session, message.name, values, correlation, by=by)
    if instance is None:
        return False
    if not waits.claim_message(session, message.id, instance.id):
        raise NobodyWaits(instance=instance.id, name=message.name)
    return True


def deliver_to(
    session: Session, instance_id: UUID, name: str, payload: Mapping[str, Any], *, by: Actor
) -> Instance:
    """Deliver a message to one instance, in this step.

    Raises:
        NobodyWaits: it does not wait for this message.
        InstanceNotFound, InstanceEnded, StepFailed: as every step.
    """
    values = variables.check(payload)

    def happen(step: Step) -> None:
        step.note("message.received", fields=received(name, values))
        if not step.deliver(name, values):
            raise NobodyWaits(instance=instance_id, name=name)

    return instances.move(session, instance_id, happen, by=by)


def offerable(session: Session, limit: int = 100) -> list[str]:
    """Return the ids of kept messages that somebody waits for, oldest first.

    A sender and a case that comes to wait at the same moment do not see one another; whichever
    commits last, the worker brings them together. A case that is stuck is left in peace.
    """
    waited = exists().where(
        Subscription.kind == "message",
        Subscription.name == Message.name,
        # Others of the name can never be taken, and must not stand before those that can.
        or_(
            Subscription.correlation == Message.correlation,
            Subscription.correlation == "",
            Message.correlation == "",
        ),
        Instance.id == Subscription.instance_id,
        Instance.status == "running",
    )
    query = select(Message.id).where(
        Message.state == "buffered",
        Message.expires_at > clock.now(),
        or_(waited, Message.name.in_(triggers.names(session, "message"))),
    )
    return list(session.scalars(query.order_by(Message.received_at, Message.id).limit(limit)))


def offer_again(session: Session, message_id: str, *, by: Actor) -> bool:
    """Offer a kept message once more; return whether it was taken.

    Raises:
        MessageAmbiguous, StepFailed: as `send`.
    """
    message = session.get(Message, message_id, with_for_update=True)
    return message is not None and message.state == "buffered" and offer(session, message, by=by)


def signal(session: Session, name: str, *, payload: Mapping[str, Any], by: Actor) -> Sent:
    """Let a signal reach every instance that waits for it, and start the processes it starts.

    Raises:
        VariableInvalid: the payload cannot be kept.
        StepFailed: the first step of an instance it starts failed.
    """
    values = variables.check(payload)
    waiting = select(Subscription.instance_id).where(
        Subscription.kind == "signal", Subscription.name == name
    )
    # In one order, so that two signals at once do not wait for each other.
    for instance_id in session.scalars(waiting.distinct().order_by(Subscription.instance_id)).all():
        instance = locking.lock(session, instance_id)
        instance.counter += 1
        session.add(
            Job(
                instance_id=instance_id,
                number=instance.counter,
                kind="hear",
                due_at=clock.now(),
                state="held" if instance.status == locking.SUSPENDED else "waiting",
                payload={"name": name, "payload": values},
            )
        )
    session.flush()
    starting.by_signal(session, name, values, by=by)
    return Sent(str(new_id()), "delivered")


def expire(session: Session) -> int:
    """Mark messages whose time is over without a taker; return how many."""
    late = (
        update(Message)
        .where(Message.state == "buffered", Message.expires_at <= clock.now())
        .values(state="expired")
    )
    return int(getattr(session.execute(late), "rowcount", 0))


def _takers(session: Session, message: Message) -> tuple[list[UUID], list[UUID]]:
    """Return the instances whose correlation may be the message's, and those that ask for none."""
    query = select(Subscription.instance_id, Subscription.correlation).where(
        Subscription.kind == "message", Subscription.name == message.name
    )
    if message.correlation:
        query = query.where(Subscription.correlation.in_((message.correlation, "")))
    found = session.execute(query.order_by(Subscription.instance_id).limit(MOST_TRIED)).all()
    known = dict.fromkeys(one for one, correlation in found if correlation)
    unknown = dict.fromkeys(one for one, correlation in found if not correlation)
    return list(known), list(unknown)


def _give(session: Session, message: Message, instance_id: UUID, *, by: Actor) -> bool:
    """Give a message to an instance if it takes it; it is then delivered for good."""
    try:
        step = Step.open(session, instance_id, by)
    except (locking.InstanceEnded, locking.InstanceNotFound, locking.InstanceSuspended):
        return False
    values, correlation = message.payload["values"], message.payload["correlation"]
    step.note("message.received", fields=received(message.name, values))
    if not step.deliver(message.name, values, correlation):
        return False
    if not waits.claim_message(session, message.id, instance_id):
        raise NobodyWaits(instance=instance_id, name=message.name)
    step.finish()
    return True
