"""The same again from processes of their own, as several web workers are, and repeated requests."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from engine.db import Database, reading, transaction
from engine.errors import Conflict
from engine.models import Definition, Instance, Task
from engine.people.identity import Actor
from engine.process import definitions, idempotency, messages, tasks, worker
from engine.process.tasks import TaskKey
from engine.process.wiring import Wiring
from engine.record.verify import verify
from tests.conftest import MASTER_KEY
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world

ROUNDS = 3
CLIENTS = 4


def complete(url: str, key: tuple[UUID, int], by: Actor, at: float) -> str:
    """Complete a task in this process; all processes begin at one moment of the clock."""
    import time

    database = Database(url, Wiring(master_key=MASTER_KEY))
    try:
        time.sleep(max(0.0, at - time.time()))
        with transaction(database) as session:
            tasks.complete(session, TaskKey(*key), by=by, variables={})
        return "done"
    except Conflict as error:
        return error.code
    finally:
        database.dispose()


def test_of_several_processes_exactly_one_completes_a_task(database: Database) -> None:
    import time

    with transaction(database) as session:
        who = world.people(session, more=CLIENTS - 1)
        world.deploy(session, world.two_tasks())
    people = [who[f"clerk{n}"] for n in range(CLIENTS - 1)]
    people.append(people[0])
    url = database.url.render_as_string(hide_password=False)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(CLIENTS, mp_context=spawn) as pool:
        for _ in range(ROUNDS):
            with transaction(database) as session:
                case = world.begin(session)
                key = tuple(world.key_of(session, case, "A"))
            at = time.time() + 2.0
            calls = [pool.submit(complete, url, key, person, at) for person in people]

            told = sorted(call.result() for call in calls)

            assert told == ["done"] + ["task-already-completed"] * (CLIENTS - 1)
            with reading(database) as session:
                assert world.open_elements(session, case) == ["B"]
                assert verify(session, case).first_bad is None


def together(count: int, call: Any) -> list[Any]:
    """Do something in several threads at one moment."""
    gate = Barrier(count)

    def one(number: int) -> Any:
        gate.wait()
        return call(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_a_repeated_request_at_the_same_moment_is_done_once(database: Database) -> None:
    with transaction(database) as session:
        world.people(session)
        world.deploy(session, world.two_tasks())

    def request(_: int) -> bytes:
        with transaction(database) as session:
            stored = idempotency.replay(session, "token POST /instances", "key", "body")
            if stored is not None:
                return stored.body
            made = str(world.begin(session)).encode()
            idempotency.remember(session, "token POST /instances", "key", "body", 201, made)
            return made

    answers = together(6, request)

    assert len(set(answers)) == 1
    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(Instance)) == 1


def test_deployments_at_once_give_out_each_version_once(database: Database) -> None:
    def deploy(number: int) -> None:
        flows = d.flows(f"s T{number}; T{number} e")
        files = {
            "p.bpmn": d.document(d.process("p", d.start(), d.user(f"T{number}"), d.end(), flows))
        }
        with transaction(database) as session:
            definitions.deploy(session, files, by=world.SYSTEM)

    together(4, deploy)

    with reading(database) as session:
        versions = session.scalars(select(Definition.version).order_by(Definition.version)).all()
    assert versions == [1, 2, 3, 4]


def test_a_timer_fires_once_with_several_workers(database: Database) -> None:
    flows = d.flows("s A; A e; Late B; B e")
    late = d.boundary("Late", "A", d.timer("PT0S"), False)
    with transaction(database) as session:
        world.deploy(
            session, d.process("p", d.start(), d.user("A"), late, d.user("B"), d.end(), flows)
        )
        cases = [world.begin(session) for _ in range(10)]

    together(3, lambda _: worker.run_once(database))

    with reading(database) as session:
        for case in cases:
            assert world.open_elements(session, case) == ["A", "B"]
            assert verify(session, case).first_bad is None


def test_a_message_and_its_taker_at_the_same_moment_do_not_miss(database: Database) -> None:
    wait = d.element("intermediateCatchEvent", "Wait", d.message("M"))
    flows = d.flows("s First; First Wait; Wait Next; Next e")
    parts = (d.start(), d.user("First"), wait, d.user("Next"), d.end(), flows)
    with transaction(database) as session:
        world.deploy(session, '<bpmn:message id="M" name="paid"/>', d.process("p", *parts))

    for _ in range(10):
        with transaction(database) as session:
            case = world.begin(session)

        def act(number: int, case: UUID = case) -> None:
            with transaction(database) as session:
                if number:
                    messages.send(session, "paid", by=world.SYSTEM)
                else:
                    world.complete(session, case, "First")

        together(2, act)
        worker.run_once(database)

        with reading(database) as session:
            assert world.open_elements(session, case) == ["Next"]
        with transaction(database) as session:
            world.complete(session, case, "Next")
            open_tasks = select(func.count()).select_from(Task).where(Task.state == "open")
            assert session.scalar(open_tasks) == 0
