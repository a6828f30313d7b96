"""Rows: bulk writes past the unit of work, said once for both databases.

The hot path of a step writes plain dictionaries, a statement a table however many rows there are.
Statements are made once a table and stay in SQLAlchemy's cache. What is pending in the session is
not flushed: the caller flushes a parent before its children.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

Row = Mapping[str, Any]
Model = type[DeclarativeBase]


def add(session: Session, model: Model, rows: Sequence[Row]) -> None:
    """Insert rows that are new, in one statement."""
    session.connection().execute(_table(model).insert(), rows)


def put(session: Session, model: Model, rows: Sequence[Row]) -> None:
    """Insert rows, or replace what is there under their keys; every row names every column."""
    session.connection().execute(_upsert(_table(model), _dialect(session)), rows)


def insert_new(session: Session, model: Model, rows: Sequence[Row]) -> int:
    """Insert rows whose key is not there yet; return how many were new.

    On PostgreSQL this waits for another transaction that is inserting the same key.
    """
    statement = _insert(_table(model), _dialect(session)).on_conflict_do_nothing()
    connection, keep = session.connection(), {"preserve_rowcount": True}
    return sum(connection.execute(statement, row, execution_options=keep).rowcount for row in rows)


@lru_cache(maxsize=64)
def _upsert(table: Table, dialect: str) -> Any:
    statement = _insert(table, dialect)
    changed = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    keys = [column.name for column in table.primary_key]
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def _insert(table: Table, dialect: str) -> Any:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def _table(model: Model) -> Table:
    return cast(Table, model.__table__)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
