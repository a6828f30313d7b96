"""Messages and signals: to the right case, once, and kept for those who come later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from engine import clock
from engine.db import Database, reading, transaction
from engine.models import Job, Message, Subscription
from engine.process import definitions, instances, messages, worker
from engine.process.messages import MessageAmbiguous, NobodyWaits
from engine.record import history
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world
from tests.engine.process.world import SYSTEM

PAID = '<bpmn:message id="M" name="paid"/>'
SIGNAL = '<bpmn:signal id="S" name="storm"/>'


def catcher(event: str | None = None, before: str = "") -> str:
    event = event or d.message("M")
    wait = d.element("intermediateCatchEvent", "Wait", event)
    parts = (
        (d.user(before), d.flows(f"s {before}; {before} Wait")) if before else (d.flows("s Wait"),)
    )
    return d.process(
        "p", d.start(), wait, *parts, d.user("Next"), d.end(), d.flows("Wait Next; Next e")
    )


def correlated() -> tuple[str, ...]:
    """A message found by the number of an order."""
    key = (
        '<bpmn:correlationProperty id="order" name="order">'
        '<bpmn:correlationPropertyRetrievalExpression messageRef="M">'
        "<bpmn:messagePath>order</bpmn:messagePath>"
        "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    )
    subscription = (
        '<bpmn:correlationSubscription id="Sub" correlationKeyRef="Key">'
        '<bpmn:correlationPropertyBinding id="Bind" correlationPropertyRef="order">'
        "<bpmn:dataPath>order</bpmn:dataPath></bpmn:correlationPropertyBinding>"
        "</bpmn:correlationSubscription>"
    )
    collaboration = (
        '<bpmn:collaboration id="Co"><bpmn:participant id="Pa" processRef="p"/>'
        '<bpmn:correlationKey id="Key"><bpmn:correlationPropertyRef>order'
        "</bpmn:correlationPropertyRef></bpmn:correlationKey></bpmn:collaboration>"
    )
    process = catcher().replace("</bpmn:process>", subscription + "</bpmn:process>")
    return PAID, key, collaboration, process


def begin(database: Database, *parts: str, **variables: Any) -> UUID:
    with transaction(database) as session:
        world.deploy(session, *parts)
        return world.begin(session, **variables)


def elements(database: Database, instance_id: UUID) -> list[str]:
    with reading(database) as session:
        return world.open_elements(session, instance_id)


def send(database: Database, name: str = "paid", **more: Any) -> messages.Sent:
    with transaction(database) as session:
        return messages.send(session, name, by=SYSTEM, **more)


def test_a_message_reaches_the_case_that_waits(database: Database) -> None:
    case = begin(database, PAID, catcher())

    sent = send(database, payload={"amount": 5})

    assert sent.state == "delivered"
    assert elements(database, case) == ["Next"]
    with reading(database) as session:
        assert instances.get(session, case).variables["amount"] == 5
        assert session.scalar(select(func.count()).select_from(Subscription)) == 0
        received = [e for e in history.events(session, case) if e.type == "message.received"]
        assert {c.field: c.after for c in received[0].changes}["amount"] == 5


def test_only_the_case_with_the_same_correlation_hears_it(database: Database) -> None:
    one = begin(database, *correlated(), order=1)
    with transaction(database) as session:
        two = world.begin(session, order=2)

    assert send(database, correlation={"order": 2}).state == "delivered"

    assert elements(database, one) == []
    assert elements(database, two) == ["Next"]
    assert send(database, correlation={"order": 3}).state == "buffered"
    assert send(database, payload={"order": 1}).state == "delivered"
    assert elements(database, one) == ["Next"]


def test_the_same_id_is_delivered_once(database: Database) -> None:
    first = begin(database, PAID, catcher())
    sent = send(database, message_id="m-1")
    with transaction(database) as session:
        second = world.begin(session)

    again = send(database, message_id="m-1")
    worker.run_once(database)

    assert sent == again
    assert elements(database, first) == ["Next"]
    assert elements(database, second) == []


def test_a_name_alone_never_picks_one_of_several_cases(database: Database) -> None:
    one = begin(database, PAID, catcher())
    with transaction(database) as session:
        two = world.begin(session)

    with pytest.raises(MessageAmbiguous) as refused:
        send(database)

    assert refused.value.status == 409
    assert elements(database, one) == elements(database, two) == []


def test_a_message_without_taker_is_kept_and_then_expires(database: Database) -> None:
    with clock.at(d.START_AT):
        sent = send(database, ttl=timedelta(hours=1))
    assert sent.state == "buffered"

    with clock.at(d.START_AT + timedelta(hours=2)):
        worker.run_once(database)

    with reading(database) as session:
        assert session.get_one(Message, sent.id).state == "expired"


def test_a_kept_message_reaches_the_case_that_comes_to_wait_later(database: Database) -> None:
    case = begin(database, PAID, catcher(before="First"))
    sent = send(database, payload={"amount": 5})
    assert sent.state == "buffered"

    with transaction(database) as session:
        world.complete(session, case, "First")
    worker.run_once(database)

    assert elements(database, case) == ["Next"]
    with reading(database) as session:
        assert session.get_one(Message, sent.id).state == "delivered"


def test_a_message_to_one_case_says_when_nobody_waits(database: Database) -> None:
    case = begin(database, PAID, catcher(before="First"))

    with pytest.raises(NobodyWaits), transaction(database) as session:
        messages.deliver_to(session, case, "paid", {}, by=SYSTEM)

    assert elements(database, case) == ["First"]


def stoppable() -> str:
    inside = (
        d.start("t", d.message("M")) + d.user("Record") + d.end("x") + d.flows("t Record; Record x")
    )
    stop = d.subprocess("Stop", inside, by_event=True)
    return d.process("p", d.start(), d.user("A"), d.end(), stop, d.flows("s A; A e"))


def test_an_interrupting_message_ends_what_was_going_on(database: Database) -> None:
    case = begin(database, PAID, stoppable())

    with transaction(database) as session:
        messages.deliver_to(session, case, "paid", {"kind": "withdraw"}, by=SYSTEM)

    assert elements(database, case) == ["Record"]
    with transaction(database) as session:
        done = world.complete(session, case, "Record").instance
        assert done.status == "completed"
        assert done.variables["kind"] == "withdraw"


def test_a_thrown_message_leaves_as_a_job_and_reaches_another_case(database: Database) -> None:
    throw = d.element("intermediateThrowEvent", "Throw", d.message("M"))
    sender = d.process("sender", d.start(), throw, d.end(), d.flows("s Throw; Throw e"))
    case = begin(database, PAID, catcher())
    with transaction(database) as session:
        definitions.deploy(session, {"sender.bpmn": d.document(PAID, sender)}, by=SYSTEM)

    with transaction(database) as session:
        world.begin(session, "sender")
        assert session.scalars(select(Job.kind)).all() == ["message"]
    assert elements(database, case) == []
    worker.run_once(database)

    assert elements(database, case) == ["Next"]
    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_signal_reaches_every_case_that_waits(database: Database) -> None:
    event = '<bpmn:signalEventDefinition signalRef="S"/>'
    one = begin(database, SIGNAL, catcher(event))
    with transaction(database) as session:
        two = world.begin(session)
        messages.signal(session, "storm", payload={"level": 3}, by=SYSTEM)

    worker.run_once(database)

    assert elements(database, one) == elements(database, two) == ["Next"]
    with reading(database) as session:
        assert instances.get(session, two).variables["level"] == 3


def test_messages_that_nobody_can_take_do_not_stand_before_others(session: Session) -> None:
    message = "expected"
    row = {"name": message, "state": "buffered", "payload": {}, "received_at": clock.now()}
    row["expires_at"] = clock.now() + timedelta(days=1)
    kept = [row | {"id": f"other-{n}", "correlation": f"other-{n}"} for n in range(120)]
    kept.append(row | {"id": "mine", "correlation": "k", "received_at": clock.now()})
    world.deploy(session, world.two_tasks())
    instance_id = world.begin(session)
    session.execute(insert(Message), kept)
    session.add(
        Subscription(
            instance_id=instance_id,
            number=99,
            kind="message",
            name=message,
            correlation="k",
            token=1,
            element="W",
        )
    )
    session.flush()

    assert messages.offerable(session) == ["mine"]
