"""Migrations: every way up and down, on both kinds of database, empty and with rows in place.

The models are the truth about tables; a migration that leaves anything different from them is
found here, and so is a file that does not say its place by four digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Table, insert, inspect, select

from engine import schema
from engine.db import Database, reading, transaction
from engine.models import Base, Instant, new_id

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
CASE = new_id()
DEFINITION = new_id()
DEPLOYMENT = new_id()

# Rows of several tables, in the order in which foreign keys ask for them.
ROWS: list[tuple[str, dict[str, Any]]] = [
    ("department", {"id": "customs", "name": "海关", "name_en": "Customs"}),
    ("calendar_day", {"day": date(2026, 1, 1), "working": False, "name": "元旦"}),
    ("deployment", {"id": DEPLOYMENT}),
    ("bundle", {"hash": "b" * 64}),
    ("source_file", {"sha256": "f" * 64}),
    ("definition", {"id": DEFINITION, "deployment_id": DEPLOYMENT, "sha256": "f" * 64}),
    ("instance", {"id": CASE, "definition_id": DEFINITION, "bundle_hash": "b" * 64}),
    ("event", {"instance_id": CASE, "sequence": 1, "at": NOW}),
    ("event_value", {"instance_id": CASE, "number": 1, "field": "office"}),
    ("case_data", {"instance_id": CASE, "field": "name"}),
    ("document", {"instance_id": CASE, "number": 1}),
    ("matter_version", {"hash": "a" * 64, "matter_no": 11}),
    ("matter_edition", {"matter_no": 11, "number": 1, "hash": "a" * 64}),
    ("matter_event", {"matter_no": 11, "sequence": 1}),
    ("office", {"id": "500103-zwzx"}),
    ("evaluation", {"instance_id": CASE, "number": 1, "office_id": "500103-zwzx"}),
    ("case_archive", {"instance_id": CASE}),
    ("credit_entry", {"instance_id": CASE, "number": 1}),
    ("clock_stop", {"instance_id": CASE, "number": 1, "stopped_on": date(2026, 1, 6)}),
]


@pytest.fixture
def fresh(database: Database) -> Iterator[Database]:
    """A migrated database of each kind, left at head."""
    assert schema.is_current(database)
    yield database


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def filled(table: Table, given: dict[str, Any]) -> dict[str, Any]:
    """Complete a row: a plain value for every column that must have one."""
    row = dict(given)
    for column in table.columns:
        if column.name in row or column.nullable or column.foreign_keys:
            continue
        kind = column.type.python_type
        if isinstance(column.type, Instant):
            row[column.name] = NOW
        elif kind is date:
            row[column.name] = NOW.date()
        elif kind is str:
            row[column.name] = column.name[: column.type.length or 8]
        elif isinstance(column.type, JSON):
            row[column.name] = {"名称": "示例"}
        else:
            row[column.name] = kind()
    return row


def put_rows(database: Database) -> dict[str, dict[str, Any]]:
    """Insert a row in each of several tables and return them."""
    kept = {}
    with transaction(database) as session:
        for name, given in ROWS:
            table = Base.metadata.tables[name]
            kept[name] = filled(table, given)
            session.execute(insert(table).values(kept[name]))
    return kept


def rows(database: Database) -> dict[str, dict[str, Any]]:
    found = {}
    with reading(database) as session:
        for name, _ in ROWS:
            table = Base.metadata.tables[name]
            for row in session.execute(select(table)).mappings():
                found[name] = dict(row)
    return found


def test_up_down_and_up_again_gives_the_same_tables(fresh: Database) -> None:
    before = tables(fresh)

    schema.downgrade(fresh, "base")
    assert tables(fresh) == set()
    assert schema.revision(fresh) is None

    schema.upgrade(fresh)
    assert tables(fresh) == before == set(Base.metadata.tables)


def test_head_equals_the_models(fresh: Database) -> None:
    with fresh.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_comparison_sees_a_missing_index(fresh: Database) -> None:
    with fresh.engine.begin() as connection:
        connection.exec_driver_sql("drop index ix_deadline_due_on")
        context = MigrationContext.configure(connection)
        found = compare_metadata(context, Base.metadata)

    assert [difference[0] for difference in found] == ["add_index"]


def test_a_database_with_rows_is_upgraded_without_losing_one(fresh: Database) -> None:
    kept = put_rows(fresh)

    schema.upgrade(fresh)

    found = rows(fresh)
    assert found.keys() == kept.keys()
    for name, row in kept.items():
        assert {column: found[name][column] for column in row} == row


def test_rows_do_not_hinder_the_way_down_and_up(fresh: Database) -> None:
    put_rows(fresh)

    schema.downgrade(fresh, "base")
    schema.upgrade(fresh)

    assert rows(fresh) == {}
    put_rows(fresh)
    assert len(rows(fresh)) == len(ROWS)


def test_every_step_can_be_taken_alone_with_rows_in_place(fresh: Database) -> None:
    put_rows(fresh)
    chain = [script.revision for script in _scripts().walk_revisions()]

    for revision in [*chain[1:], "base"]:
        schema.downgrade(fresh, revision)
        assert schema.revision(fresh) == (None if revision == "base" else revision)
    for revision in reversed(chain):
        schema.upgrade(fresh, revision)
        assert schema.revision(fresh) == revision


def test_there_is_one_head_and_every_migration_is_numbered_and_explained() -> None:
    scripts = _scripts()
    numbers = []
    for script in scripts.walk_revisions():
        name = re.fullmatch(r"(\d{4})_[a-z0-9_]+\.py", script.path.rpartition("/")[2])
        assert name, script.path
        assert script.revision == name[1]
        assert script.doc and script.doc.strip()
        numbers.append(int(name[1]))

    assert len(scripts.get_heads()) == 1
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(schema.MIGRATIONS))


def test_the_state_of_running_cases_survives_the_way_down_and_up(fresh: Database) -> None:
    put_rows(fresh)
    instance, scope = (Base.metadata.tables[name] for name in ("instance", "scope"))
    with transaction(fresh) as session:
        session.execute(instance.update().values(state=b"process", scopes=1))
        session.execute(insert(scope).values(instance_id=CASE, number=7, state=b"call"))

    schema.downgrade(fresh, "0001")
    with reading(fresh) as session:
        found = session.execute(select(scope.c.number, scope.c.state).order_by(scope.c.number))
        assert [(number, bytes(state)) for number, state in found] == [
            (0, b"process"),
            (7, b"call"),
        ]
    schema.upgrade(fresh)

    with reading(fresh) as session:
        state, count = session.execute(select(instance.c.state, instance.c.scopes)).one()
        assert (bytes(state), count) == (b"process", 1)
        assert session.scalars(select(scope.c.number)).all() == [7]


def test_papers_from_before_the_kept_code_stay_as_they_are(fresh: Database) -> None:
    put_rows(fresh)
    document = Base.metadata.tables["document"]
    with transaction(fresh) as session:
        session.execute(document.update().values(paper="receipt", paper_no="500103-1-SJ-1"))

    schema.downgrade(fresh, "0007")
    assert "code_hash" not in {one["name"] for one in inspect(fresh.engine).get_columns("document")}
    schema.upgrade(fresh)

    with reading(fresh) as session:
        row = session.execute(select(document)).mappings().one()
    assert (row["paper"], row["paper_no"]) == ("receipt", "500103-1-SJ-1")
    assert row["office_id"] is row["code_hash"] is row["withdrawn_at"] is None


def test_a_limit_without_a_known_end_survives_the_way_down_and_up(fresh: Database) -> None:
    put_rows(fresh)
    deadline = Base.metadata.tables["deadline"]
    ends = {"promised": None, "delivery": date(2026, 1, 16)}
    with transaction(fresh) as session:
        for kind, due_on in ends.items():
            row = filled(deadline, {"instance_id": CASE, "kind": kind, "days": 10})
            session.execute(insert(deadline).values(row | {"due_on": due_on}))

    schema.downgrade(fresh, "0012")
    with reading(fresh) as session:
        assert None not in session.scalars(select(deadline.c.due_on)).all()
    schema.upgrade(fresh)

    with reading(fresh) as session:
        assert dict(session.execute(select(deadline.c.kind, deadline.c.due_on)).all()) == ends


def test_what_was_loaded_before_editions_are_the_first_editions(fresh: Database) -> None:
    schema.downgrade(fresh, "0011")
    version = Base.metadata.tables["matter_version"]
    days = {"a": 1, "b": 2, "c": 2, "d": 3}  # b was replaced on its own day
    with transaction(fresh) as session:
        for letter, day in days.items():
            row = {"hash": letter * 64, "matter_no": 11, "content": {"name": letter}}
            at = datetime(2026, 3, day, 4, ord(letter) - 97, tzinfo=UTC)
            session.execute(insert(version).values(**row, added_at=at))

    schema.upgrade(fresh)

    edition = Base.metadata.tables["matter_edition"]
    with reading(fresh) as session:
        found = session.execute(select(edition).order_by(edition.c.number)).mappings().all()
        assert [(row["hash"][0], row["effective_from"], row["effective_to"]) for row in found] == [
            ("a", None, date(2026, 3, 2)),
            ("b", date(2026, 3, 2), date(2026, 3, 2)),
            ("c", date(2026, 3, 2), date(2026, 3, 3)),
            ("d", date(2026, 3, 3), None),
        ]
        assert {(row["state"], row["origin"]) for row in found} == {("published", "files")}
        assert found[0]["content"] == {"name": "a"}
