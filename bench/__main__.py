"""`make bench`: one durable step against the bare statements it cannot do without.

Both sides run in turn, A B A B, on a fresh SQLite file, and CPU time of this process is taken. The
floor is five statements in one transaction: insert, read and update a row with a small blob, and
ask two small questions. Quote the ratio, not the milliseconds.
"""

from __future__ import annotations

import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import insert, select, text, update

from engine import schema
from engine.db import Database, transaction
from engine.models import CalendarDay, Office, SourceFile, Task
from engine.people import users
from engine.people.identity import Actor
from engine.process import definitions, instances, tasks
from engine.process.tasks import TaskKey
from engine.process.wiring import Wiring

ROUNDS = 5
STEPS = 100
DIAGRAM = Path(__file__).parent.parent / "tests" / "engine" / "approval.bpmn"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db", Wiring(master_key=bytes(32)))
        schema.upgrade(database)
        clerk = _prepare(database)
        engine_side, floor_side = [], []
        for number in range(ROUNDS):
            keys = [_start(database, clerk) for _ in range(STEPS)]
            engine_side.append(_cpu(lambda: [_complete(database, key, clerk) for key in keys]))
            floor_side.append(_cpu(lambda: [_floor(database, number, i) for i in range(STEPS)]))
        database.dispose()
    engine_ms = 1000 * statistics.median(engine_side) / STEPS
    floor_ms = 1000 * statistics.median(floor_side) / STEPS
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}")
    print(f"{ROUNDS} rounds of {STEPS} steps in turn, SQLite with synchronous=FULL, CPU time")
    print(f"durable step: {engine_ms:.2f} ms; bare statements: {floor_ms:.2f} ms")
    print(f"ratio: {engine_ms / floor_ms:.2f}")


def _prepare(database: Database) -> Actor:
    with transaction(database) as session:
        files = {DIAGRAM.name: DIAGRAM.read_bytes()}
        definitions.deploy(session, files, by=Actor.system())
        session.add(
            Office(
                id="bench",
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
            office_id="bench",
            roles={("intake", "bench")},
            by=Actor.system(),
        )
        return users.actor(session, added.user.id)


def _start(database: Database, by: Actor) -> TaskKey:
    with transaction(database) as session:
        instance = instances.start(session, "approval", by=by, office_id="bench")
        number = session.scalar(select(Task.number).where(Task.instance_id == instance.id))
        assert number is not None
        return TaskKey(instance.id, number)


def _complete(database: Database, key: TaskKey, by: Actor) -> None:
    with transaction(database) as session:
        tasks.complete(session, key, by=by, variables={"amount": 150})


def _floor(database: Database, number: int, step: int) -> None:
    key = f"{number}-{step}"
    with transaction(database) as session:
        session.execute(insert(SourceFile), [{"sha256": key, "content": b"x" * 700}])
        session.execute(select(SourceFile.content).where(SourceFile.sha256 == key)).one()
        session.execute(
            update(SourceFile).where(SourceFile.sha256 == key).values(content=b"y" * 700)
        )
        session.execute(select(CalendarDay.day).limit(1)).all()
        session.execute(text("select count(*) from office")).one()


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
