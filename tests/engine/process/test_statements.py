"""How many statements a step costs: counted on the connection, the same on both databases.

BEGIN and COMMIT are not counted; an insert of several rows counts once. More statements than
these are round trips, and on PostgreSQL round trips cost as much as the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from engine.db import Database, transaction
from engine.process import tasks
from tests.engine.process import world


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
