"""Place: a fresh database of either kind with one office, one clerk and the measured diagrams."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from engine import schema
from engine.db import Database, transaction
from engine.models import Office, Task
from engine.people import tokens, users
from engine.people.identity import Actor
from engine.process import definitions, instances, tasks
from engine.process.tasks import TaskKey
from engine.process.wiring import Wiring
from tests.postgres import Cluster

HERE = Path(__file__).parent
OFFICE = "bench"
CASEWORK, LOOP, TIMER = "Process_casework", "Process_loop", "Process_timer"
MANY = "Process_many"  # a call activity of a thousand instances
FILES = ("casework.bpmn", "loop.bpmn", "timer.bpmn", "many.bpmn")
KEY = bytes(32)


@dataclass
class Place:
    """A database, somebody who works in it, and the token of a program that acts for them."""

    database: Database
    clerk: Actor
    token: str

    def start(self, process_key: str = CASEWORK) -> TaskKey:
        """Start an instance and return its first task; number 0 when it waits for none."""
        with transaction(self.database) as session:
            begun = instances.start(
                session,
                process_key,
                by=self.clerk,
                office_id=OFFICE,
                variables={"amount": 150, "applicant": "bench"},
            )
            query = select(func.min(Task.number)).where(Task.instance_id == begun.id)
            number = session.scalar(query)
            return TaskKey(begun.id, number or 0)

    def complete(self, key: TaskKey) -> list[TaskKey]:
        """Complete a task in a transaction of its own and return the tasks that are open then."""
        with transaction(self.database) as session:
            done = tasks.complete(session, key, by=self.clerk, variables={"amount": 150})
            return [TaskKey(one.instance_id, one.number) for one in done.step.left_open]

    def finish(self) -> None:
        """Run one casework instance from its start to its end."""
        todo = [self.start()]
        while todo:
            todo = todo[1:] + [k for k in self.complete(todo[0]) if k not in todo]


@contextmanager
def sqlite() -> Iterator[Place]:
    """A place in a fresh SQLite file."""
    with TemporaryDirectory() as folder:
        yield from _prepared(Database(f"sqlite:///{folder}/bench.db", Wiring(master_key=KEY)))


@contextmanager
def postgresql(**settings: str) -> Iterator[Place]:
    """A place in a server of its own, which waits for the disk as one in production does."""
    cluster = Cluster(fsync="on", **settings)
    try:
        yield from _prepared(Database(cluster.create("bench"), Wiring(master_key=KEY)))
    finally:
        cluster.stop()


def _prepared(database: Database) -> Iterator[Place]:
    schema.upgrade(database)
    with transaction(database) as session:
        definitions.deploy(
            session, {name: (HERE / name).read_bytes() for name in FILES}, by=Actor.system()
        )
        session.add(
            Office(
                id=OFFICE,
                name="bench",
                name_en="bench",
                short_name="bench",
                level="district",
                roles=["intake"],
            )
        )
        session.flush()
        added = users.add(
            session,
            login="bench.clerk",
            name="Bench",
            office_id=OFFICE,
            roles={("intake", OFFICE)},
            by=Actor.system(),
        )
        clerk = users.actor(session, added.user.id)
        token = tokens.issue(session, added.user.id).token
    try:
        yield Place(database, clerk, token)
    finally:
        database.dispose()


def cpu_ms(work: Callable[[], object]) -> float:
    """Return the CPU milliseconds of this process that some work takes."""
    begun = time.process_time()
    work()
    return 1000 * (time.process_time() - begun)


def wall_ms(work: Callable[[], object]) -> float:
    """Return the milliseconds that pass while some work is done."""
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)
