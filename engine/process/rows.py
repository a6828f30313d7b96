"""Rows: inserts that meet rows already there, said once for both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.models import Base

Row = Mapping[str, Any]


def insert_new(session: Session, table: type[Base], rows: Sequence[Row]) -> int:
    """Insert rows whose key is not there yet; return how many were new.

    On PostgreSQL this waits for another transaction that is inserting the same key.
    """
    statement = _insert(session, table).on_conflict_do_nothing()
    result: Any = session.execute(
        statement.values([dict(row) for row in rows]),
        execution_options={"preserve_rowcount": True},
    )
    return int(result.rowcount)


def put(session: Session, table: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows, or replace what is there under their keys."""
    keys = [column.name for column in table.__table__.primary_key]
    statement = _insert(session, table).values([dict(row) for row in rows])
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def _insert(session: Session, table: type[Base]) -> Any:
    rows_of = cast(Table, table.__table__)
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(rows_of)
    return postgresql.insert(rows_of)
