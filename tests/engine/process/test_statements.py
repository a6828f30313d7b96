"""How many statements a step costs: counted on the connection, the same on both databases.

BEGIN and COMMIT are not counted; an insert of several rows counts once. More statements than
these are round trips, and on PostgreSQL round trips cost as much as the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.orm import Session

from engine import clock, schema
from engine.db import Database, reading, transaction
from engine.models import Instance, Task
from engine.people.identity import Actor
from engine.process import instances, tasks
from engine.process.wiring import Wiring
from tests.conftest import MASTER_KEY
from tests.engine.process import world
from tests.postgres import Cluster


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Collect the first words of every statement inside the block."""
    seen: list[str] = []

    def note(*args: object) -> None:
        statement = str(args[2])
        if not statement.startswith("BEGIN"):
            seen.append(" ".join(statement.split()[:3]))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_completing_a_task_takes_six_statements(database: Database) -> None:
    with transaction(database) as session:
        who = world.people(session)
        world.deploy_casework(session)
        instance_id = world.begin(session, "casework", purpose="试", amount=150)
    for element in ("Apply", "Review", "CheckPlace", "CheckPapers"):
        with transaction(database) as session:
            key = world.key_of(session, instance_id, element)

        with counted(database) as seen, transaction(database) as session:
            tasks.complete(session, key, by=who["li"], variables={})

        assert len(seen) <= 6, (element, seen)


def test_a_draft_costs_one_statement_more_and_goes(database: Database) -> None:
    with transaction(database) as session:
        who = world.people(session)
        world.deploy_casework(session)
        instance_id = world.begin(session, "casework", purpose="试", amount=150)
        key = world.key_of(session, instance_id, "Apply")
        tasks.save_draft(session, key, by=who["li"], content={"note": "写到一半"})

    with counted(database) as seen, transaction(database) as session:
        tasks.complete(session, key, by=who["li"], variables={})

    assert len(seen) <= 7, seen
    assert "DELETE FROM draft" in seen


def test_the_server_counts_the_same_six() -> None:
    """Asked of PostgreSQL itself, which sees also what a driver adds."""
    cluster = Cluster(**{"shared_preload_libraries": "pg_stat_statements"})
    database = Database(cluster.create("counted"), Wiring(master_key=MASTER_KEY))
    try:
        schema.upgrade(database)
        with transaction(database) as session:
            session.execute(text("CREATE EXTENSION pg_stat_statements"))
            who = world.people(session)
            world.deploy_casework(session)
            instance_id = world.begin(session, "casework", purpose="试", amount=150)
            key = world.key_of(session, instance_id, "Apply")
            session.execute(text("SELECT pg_stat_statements_reset()"))

        with transaction(database) as session:
            tasks.complete(session, key, by=who["li"], variables={})

        with reading(database) as session:
            found = session.execute(text("SELECT query, calls FROM pg_stat_statements")).all()
    finally:
        database.dispose()
        cluster.stop()
    aside = ("BEGIN", "COMMIT", "ROLLBACK", "SET ", "SHOW ", "SELECT pg_stat_statements_reset")
    counted_there = {query: calls for query, calls in found if not query.startswith(aside)}
    assert 3 <= sum(counted_there.values()) <= 6, counted_there


def _due_tomorrow(session: Session, instance: Instance, _by: Actor) -> None:
    due = clock.now() + timedelta(days=1)
    session.execute(update(Task).where(Task.instance_id == instance.id).values(due_at=due))


class TestWhatAHookChanges:
    """The answer to a step tells what is kept, also where a hook has changed it."""

    @pytest.fixture
    def wiring(self) -> Wiring:
        return Wiring(on_step=_due_tomorrow, master_key=MASTER_KEY)

    def test_the_due_time_of_a_new_task_is_told(self, database: Database) -> None:
        with transaction(database) as session:
            who = world.people(session)
            world.deploy(session, world.two_tasks())
            instance_id = world.begin(session)

        with transaction(database) as session:
            done = world.complete(session, instance_id, "A", who["li"])
            told = instances.after(done.step).waiting
            assert told == instances.view(session, instance_id).waiting
            assert told[0]["due"] is not None
