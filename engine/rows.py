"""Rows: bulk writes past the unit of work, said once for both databases.

The hot path of a step writes plain dictionaries, a statement a table however many rows there are.
Statements are made once a table and stay in SQLAlchemy's cache. What is pending in the session is
not flushed: the caller flushes a parent before its children.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import Table, bindparam, inspect, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, make_transient, make_transient_to_detached
from sqlalchemy.orm.exc import StaleDataError

Row = Mapping[str, Any]
Model = type[DeclarativeBase]
T = TypeVar("T", bound=DeclarativeBase)
FEW = 16  # rows that are worth a statement of their own number


def add(session: Session, model: Model, rows: Sequence[Row]) -> None:
    """Insert rows that are new, in one statement; every row names the same columns."""
    connection, table = session.connection(), _table(model)
    if len(rows) <= FEW and len(rows[0]) == len(table.columns):
        connection.execute(_insert_few(table, len(rows), replacing=False), _numbered(rows))
    else:
        connection.execute(table.insert(), rows)


def put(session: Session, model: Model, rows: Sequence[Row]) -> None:
    """Insert rows, or replace what is there under their keys; every row names every column."""
    connection, table = session.connection(), _table(model)
    if len(rows) <= FEW:
        connection.execute(_insert_few(table, len(rows), replacing=True), _numbered(rows))
    else:
        connection.execute(_upsert(table, _dialect(session)), rows)


def insert_new(session: Session, model: Model, rows: Sequence[Row]) -> int:
    """Insert rows whose key is not there yet; return how many were new.

    On PostgreSQL this waits for another transaction that is inserting the same key.
    """
    statement = _insert_new(_table(model), _dialect(session))
    connection, keep = session.connection(), {"preserve_rowcount": True}
    return sum(connection.execute(statement, row, execution_options=keep).rowcount for row in rows)


def replace(session: Session, model: Model, key: Row, values: Row, seen: Any = None) -> int:
    """Update one row; return how many there were, 0 or 1.

    Args:
        key: its primary key, by column.
        values: the new values, by column.
        seen: the version it must still have, where the model has versions and that matters.
    """
    statement = _update(model, tuple(sorted(values)), seen is not None)
    named = {f"key_{name}": value for name, value in key.items()}
    return session.connection().execute(statement, {**values, **named, "seen": seen}).rowcount


def write(session: Session, thing: DeclarativeBase) -> None:
    """Update the row of a loaded object by what was changed of it.

    Does what a flush does for this one object, and costs a third of it.

    Raises:
        StaleDataError: the row has another version than the one that was read.
    """
    state = inspect(thing)
    before = state.committed_state
    if not before:
        return
    key = {column.name: state.dict[column.name] for column in state.mapper.primary_key}
    version = state.mapper.version_id_col
    seen = None if version is None else before.get(version.name, state.dict[version.name])
    values = {name: state.dict[name] for name in before}
    if replace(session, type(thing), key, values, seen) != 1:
        raise StaleDataError(f"a row of {thing.__tablename__} has changed since it was read")
    settle(session, thing)


def settle(session: Session, thing: DeclarativeBase) -> None:
    """Let the session take an object as it is for what the database has."""
    if inspect(thing).session is not None:
        make_transient(thing)
    make_transient_to_detached(thing)
    session.add(thing)


def kept(session: Session, model: type[T], row: Row) -> T:
    """Return a row that was just written as the session's own object, without reading it.

    It is made as a query makes it: no constructor runs and no attribute counts as changed.
    """
    thing = cast(T, inspect(model).class_manager.new_instance())
    inspect(thing).dict.update(row)
    settle(session, thing)
    return thing


@lru_cache(maxsize=256)
def _update(model: Model, names: tuple[str, ...], versioned: bool) -> Any:
    table = _table(model)
    statement = update(table).values({name: bindparam(name) for name in names})
    for column in table.primary_key:
        statement = statement.where(column == bindparam(f"key_{column.name}"))
    if not versioned:
        return statement
    version = inspect(model).version_id_col
    assert version is not None
    return statement.where(version == bindparam("seen"))


@lru_cache(maxsize=256)
def _insert_few(table: Table, count: int, *, replacing: bool) -> Any:
    """Return one statement for a few whole rows: a list of rows is sent one after the other."""
    names = table.columns.keys()
    rows = ", ".join(f"({', '.join(f':{name}_{n}' for name in names)})" for n in range(count))
    words = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {rows}"
    if replacing:
        keys = ", ".join(table.primary_key.columns.keys())
        changed = [one.name for one in table.columns if not one.primary_key]
        words += f" ON CONFLICT ({keys}) DO UPDATE SET "
        words += ", ".join(f"{name} = excluded.{name}" for name in changed)
    return text(words).bindparams(
        *(
            bindparam(f"{one.name}_{n}", type_=one.type)
            for n in range(count)
            for one in table.columns
        )
    )


def _numbered(rows: Sequence[Row]) -> Row:
    return {f"{name}_{n}": value for n, row in enumerate(rows) for name, value in row.items()}


@lru_cache(maxsize=64)
def _upsert(table: Table, dialect: str) -> Any:
    statement = _insert(table, dialect)
    changed = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    keys = [column.name for column in table.primary_key]
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


@lru_cache(maxsize=64)
def _insert_new(table: Table, dialect: str) -> Any:
    return _insert(table, dialect).on_conflict_do_nothing()


def _insert(table: Table, dialect: str) -> Any:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def _table(model: Model) -> Table:
    return cast(Table, model.__table__)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
