"""Several people at one task, and several tasks of one case, at the same moment."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from engine.db import Database, reading, transaction
from engine.errors import Conflict
from engine.models import Instance, Office, Task
from engine.people import users
from engine.people.identity import Actor
from engine.process import definitions, instances, tasks
from engine.process.tasks import TaskKey
from engine.record.verify import verify

APPROVAL = (Path(__file__).parents[1] / "engine" / "approval.bpmn").read_bytes()
ROUNDS = int(os.environ.get("TONGBAN_ROUNDS", "50"))
CLIENTS = 8


@pytest.fixture
def people(database: Database) -> list[Actor]:
    """Seven people at one window; the first one is there twice."""
    with transaction(database) as session:
        definitions.deploy(session, {"approval.bpmn": APPROVAL}, by=Actor.system())
        session.add(
            Office(
                id="window",
                name="窗口",
                name_en="Window",
                short_name="窗口",
                level="district",
                roles=["intake"],
            )
        )
        session.flush()
        found = []
        for number in range(CLIENTS - 1):
            added = users.add(
                session,
                login=f"clerk.{number}",
                name=f"Clerk {number}",
                office_id="window",
                roles={("intake", "window")},
                password="correct horse battery",
                by=Actor.system(),
            )
            found.append(users.actor(session, added.user.id))
    return [*found, found[0]]


def start(database: Database, by: Actor) -> TaskKey:
    with transaction(database) as session:
        instance = instances.start(session, "approval", by=by, office_id="window")
        return open_tasks(session, instance.id)[0]


def open_tasks(session, instance_id) -> list[TaskKey]:
    query = select(Task).where(Task.instance_id == instance_id, Task.state == "open")
    return [TaskKey(t.instance_id, t.number) for t in session.scalars(query.order_by(Task.number))]


def at_once(database: Database, calls: list[tuple[TaskKey, Actor]]) -> list[str]:
    """Complete tasks from one thread each, all let go together; return what each was told."""
    gate = Barrier(len(calls))

    def one(call: tuple[TaskKey, Actor]) -> str:
        key, by = call
        gate.wait()
        try:
            with transaction(database) as session:
                tasks.complete(session, key, by=by, variables={"amount": 150})
        except Conflict as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_of_eight_clients_exactly_one_completes_a_task(database, people):
    for _ in range(ROUNDS):
        key = start(database, people[0])

        told = at_once(database, [(key, person) for person in people])

        assert sorted(told) == ["done"] + ["task-already-completed"] * (CLIENTS - 1)
        with reading(database) as session:
            assert len(open_tasks(session, key.instance_id)) == 2
            assert session.get_one(Instance, key.instance_id).steps == 2
            assert verify(session, key.instance_id).first_bad is None


def test_two_tasks_of_one_case_completed_at_once_both_succeed(database, people):
    for _ in range(ROUNDS):
        key = start(database, people[0])
        at_once(database, [(key, people[0])])
        with reading(database) as session:
            left, right = open_tasks(session, key.instance_id)

        told = at_once(database, [(left, people[1]), (right, people[2])])

        assert told == ["done", "done"]
        with reading(database) as session:
            assert session.get_one(Instance, key.instance_id).status == "completed"
            assert verify(session, key.instance_id).first_bad is None
