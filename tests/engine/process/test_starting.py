"""Starting: processes that a message, a signal or a timer begins, the newest version alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn.errors import StepFailed
from engine.db import Database, reading, transaction
from engine.errors import Conflict
from engine.models import Instance, StartTrigger
from engine.process import definitions, instances, messages, worker
from engine.process.operations import OperationCall
from engine.process.wiring import Wiring
from tests.conftest import MASTER_KEY
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world
from tests.engine.process.world import SYSTEM

PAID = '<bpmn:message id="M" name="paid"/>'
SIGNAL = '<bpmn:signal id="S" name="storm"/>'
STORM = '<bpmn:signalEventDefinition signalRef="S"/>'


def begun_by(event: str, key: str = "p", task: str = "A", script: str = "") -> str:
    first = d.script("First", script) if script else d.user("First")
    return d.process(
        key,
        d.start("s", event),
        first,
        d.user(task),
        d.end(),
        d.flows(f"s First; First {task}; {task} e"),
    )


def deploy(database: Database, *parts: str) -> None:
    with transaction(database) as session:
        definitions.deploy(session, {"t.bpmn": d.document(*parts)}, by=SYSTEM)


def send(database: Database, **more: Any) -> messages.Sent:
    with transaction(database) as session:
        return messages.send(session, "paid", by=SYSTEM, **more)


def all_of(session: Session) -> list[Instance]:
    return list(session.scalars(select(Instance).order_by(Instance.process_key, Instance.id)))


def test_a_message_nobody_waits_for_starts_one_instance(database: Database) -> None:
    deploy(database, PAID, begun_by(d.message("M")))

    sent = send(database, payload={"amount": 7}, message_id="once")
    again = send(database, payload={"amount": 7}, message_id="once")

    assert (sent.state, again.state) == ("delivered", "delivered")
    with reading(database) as session:
        (instance,) = all_of(session)
        assert (instance.variables, instance.status) == ({"amount": 7}, "running")
        assert world.open_elements(session, instance.id) == ["First"]


def test_a_message_that_came_before_its_process_is_kept_and_starts_it(database: Database) -> None:
    assert send(database).state == "buffered"

    deploy(database, PAID, begun_by(d.message("M")))
    worker.run_once(database)

    with reading(database) as session:
        assert len(all_of(session)) == 1


def test_an_instance_that_waits_gets_the_message_before_a_process_is_started(
    database: Database,
) -> None:
    catch = d.element("intermediateCatchEvent", "C", d.message("M"))
    waits = d.process("q", d.start("qs"), catch, d.end("qe"), d.flows("qs C; C qe"))
    deploy(database, PAID, waits, begun_by(d.message("M")))
    with transaction(database) as session:
        instances.start(session, "q", by=SYSTEM)

    send(database)

    with reading(database) as session:
        assert [(one.process_key, one.status) for one in all_of(session)] == [("q", "completed")]


def test_only_the_newest_version_listens(database: Database) -> None:
    deploy(database, PAID, begun_by(d.message("M")))
    deploy(database, PAID, begun_by(d.message("M"), task="B"))
    send(database)

    deploy(database, PAID, world.two_tasks())
    assert send(database).state == "buffered"

    with reading(database) as session:
        assert [one.version for one in all_of(session)] == [2]
        assert session.scalars(select(StartTrigger)).all() == []


def test_a_start_that_fails_leaves_the_message_and_no_instance(database: Database) -> None:
    deploy(database, PAID, begun_by(d.message("M"), script="x = amount + 1"))

    with pytest.raises(StepFailed):
        send(database)

    with reading(database) as session:
        assert all_of(session) == []


def test_a_signal_starts_every_process_that_listens(database: Database) -> None:
    deploy(database, SIGNAL, begun_by(STORM))
    deploy(database, SIGNAL, begun_by(STORM, "q"))
    deploy(database, world.two_tasks().replace('"p"', '"r"'))

    with transaction(database) as session:
        messages.signal(session, "storm", payload={"force": 9}, by=SYSTEM)

    with reading(database) as session:
        found = all_of(session)
        assert [(one.process_key, one.variables) for one in found] == [
            ("p", {"force": 9}),
            ("q", {"force": 9}),
        ]


def test_a_timer_starts_an_instance_at_each_of_its_instants(database: Database) -> None:
    with clock.at(d.START_AT):
        deploy(database, begun_by(d.timer("R2/PT1H", "timeCycle")))

    counts = []
    for minutes in (59, 60, 90, 120, 180):
        with clock.at(d.START_AT + timedelta(minutes=minutes)):
            worker.run_once(database)
        with reading(database) as session:
            counts.append(len(all_of(session)))

    assert counts == [0, 1, 1, 2, 2]


def test_a_timed_start_that_fails_is_tried_again_later(database: Database) -> None:
    with clock.at(d.START_AT):
        deploy(database, begun_by(d.timer("PT1H"), script="x = y"))
    due = d.START_AT + timedelta(hours=1)

    with clock.at(due):
        worker.run_once(database)

    with reading(database) as session:
        assert all_of(session) == []
        assert session.scalars(select(StartTrigger.due_at)).all() == [due + timedelta(hours=1)]


def test_later_messages_must_agree_with_the_one_that_started(database: Database) -> None:
    key = (
        '<bpmn:message id="N" name="more"/>'
        '<bpmn:correlationProperty id="order" name="order">'
        + "".join(
            f'<bpmn:correlationPropertyRetrievalExpression messageRef="{one}">'
            "<bpmn:messagePath>order</bpmn:messagePath>"
            "</bpmn:correlationPropertyRetrievalExpression>"
            for one in "MN"
        )
        + "</bpmn:correlationProperty>"
    )
    catch = d.element("intermediateCatchEvent", "C", d.message("N"))
    process = d.process(
        "p", d.start("s", d.message("M")), catch, d.user("A"), d.end(), d.flows("s C; C A; A e")
    )
    deploy(database, PAID, key, process)
    for number in (1, 2):
        send(database, payload={"order": number})

    with transaction(database) as session:
        messages.send(session, "more", payload={"order": 2}, correlation={"order": 2}, by=SYSTEM)

    with reading(database) as session:
        reached = [
            one.variables["order"]
            for one in all_of(session)
            if world.open_elements(session, one.id)
        ]
        assert reached == [2]


def refuse(_call: OperationCall) -> None:
    raise Conflict()


def break_down(_call: OperationCall) -> None:
    raise ZeroDivisionError


class TestOperationsThatRefuse:
    """Whatever a first step raises, the worker lives on and does the rest of its round."""

    @pytest.fixture(params=[refuse, break_down])
    def wiring(self, request: pytest.FixtureRequest) -> Wiring:
        return Wiring(operations={"op": request.param}, master_key=MASTER_KEY)

    def test_a_timer_does_not_stop_the_worker(self, database: Database) -> None:
        with clock.at(d.START_AT):
            self.deploy(database, d.timer("PT1H"))

        with clock.at(d.START_AT + timedelta(hours=2)):
            worker.run_once(database)

        with reading(database) as session:
            later = d.START_AT + timedelta(hours=3)
            assert session.scalars(select(StartTrigger.due_at)).all() == [later]

    def test_a_kept_message_does_not_stop_the_worker(self, database: Database) -> None:
        assert send(database).state == "buffered"
        self.deploy(database, d.message("M"))

        worker.run_once(database)

        with reading(database) as session:
            assert all_of(session) == []

    def deploy(self, database: Database, event: str) -> None:
        asks = d.operation("O", "op")
        process = d.process("p", d.start("s", event), asks, d.end(), d.flows("s O; O e"))
        deploy(database, PAID, process)
