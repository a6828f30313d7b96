"""The database: SQLite in a file or PostgreSQL, and the two ways to use a session.

`transaction()` is for steps that write: one step, one transaction, one commit, made by the caller.
`reading()` never writes. On SQLite a read that turns into a write fails at once when somebody else
writes, and writers that poll for the lock starve one another; so a writing transaction first takes
a lock file, fairly, and then BEGIN IMMEDIATE. Waiting is limited to five seconds.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, MetaData, create_engine, event, text
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator

from engine import outages
from engine.outages import LOCK_SECONDS, DatabaseBusy

SILENCE_SECONDS = 10

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def metadata() -> MetaData:
    """Return an empty MetaData with the naming convention that migrations rely on."""
    return MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[datetime]):
    """A UTC instant. SQLite returns naive values; the zone is put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values and store everything as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back that SQLite does not keep."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One database and what the program plugged into it.

    Args:
        url: a SQLAlchemy URL, `sqlite:///path` or `postgresql+psycopg://…`.
        wiring: handed to every session as `session.info["wiring"]`; the composition of the
            program (operations, hooks, file store) lives there and nowhere in module state.
    """

    def __init__(self, url: str, wiring: Any = None) -> None:
        if url.startswith("postgresql://"):
            url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self.url = make_url(url)
        self.wiring = wiring
        self.lock_path = _lock_path(self.url.database) if self.is_sqlite else None
        self.engine = create_engine(self.url, **self._engine_arguments())
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self.sessions = sessionmaker(
            self.engine, expire_on_commit=False, info={"wiring": wiring, "database": self}
        )

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    def _engine_arguments(self) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "json_serializer": _TO_JSON,
            "json_deserializer": _from_json,
            "hide_parameters": True,  # an error of the database must not repeat personal data
        }
        if not self.is_sqlite:
            options = f"-c lock_timeout={int(LOCK_SECONDS * 1000)} -c timezone=UTC"
            arguments |= {
                "pool_pre_ping": True,
                "pool_size": 10,
                "max_overflow": 10,
                "pool_timeout": LOCK_SECONDS,
                "connect_args": {
                    "options": options,
                    "connect_timeout": 5,
                    # A server that is cut off says nothing: what it has not confirmed by then
                    # is given up, and whoever asked is told that the database is away.
                    "tcp_user_timeout": SILENCE_SECONDS * 1000,
                    "keepalives_idle": SILENCE_SECONDS,
                    "keepalives_interval": 2,
                    "keepalives_count": 3,
                },
            }
        elif self.lock_path is None:
            arguments |= {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        else:
            self.lock_path.parent.mkdir(parents=True, exist_ok=True)
            arguments["connect_args"] = {"timeout": LOCK_SECONDS, "check_same_thread": False}
        return arguments

    def version(self) -> str:
        """Return the name and version of the server, as shown at the end of a test run."""
        if self.is_sqlite:
            return f"SQLite {sqlite3.sqlite_version}"
        with self.engine.connect() as connection:
            found = connection.execute(text("show server_version")).scalar_one()
        return f"PostgreSQL {found}"

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


@contextmanager
def transaction(database: Database) -> Iterator[Session]:
    """Open a session that writes; commit at the end of the block, roll back on any exception.

    Raises:
        DatabaseBusy, DatabaseAway, DatabaseFull: it cannot serve now; see `outages`.
        Overtaken: a row that this session read has changed since.
    """
    with outages.named(), ExitStack() as stack:
        if database.lock_path is not None:
            stack.enter_context(_file_lock(database.lock_path))
        session = stack.enter_context(database.sessions())
        session.connection(execution_options={"writes": True})
        yield session
        session.commit()


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """Open a session for questions only; whatever it changed is rolled back.

    Raises:
        DatabaseBusy, DatabaseAway, DatabaseFull: it cannot serve now; see `outages`.
    """
    with outages.named(), database.sessions() as session:
        try:
            yield session
        finally:
            session.rollback()


@contextmanager
def snapshot(database: Database) -> Iterator[Session]:
    """Open a session for questions that all see the same moment, however long they take.

    Raises:
        DatabaseBusy, DatabaseAway, DatabaseFull: it cannot serve now; see `outages`.
    """
    with outages.named(), database.sessions() as session:
        try:
            if not database.is_sqlite:  # in SQLite's WAL every reader sees one moment
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session
        finally:
            session.rollback()


_TO_JSON = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _from_json(text: str) -> Any:
    # Most lists are empty, and a case of a thousand tasks has two thousand of them.
    return [] if text == "[]" else json.loads(text)


def _lock_path(database: str | None) -> Path | None:
    if not database or database == ":memory:":
        return None
    return Path(database + ".lock")


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours; the driver would delay it
    connection.execute("pragma journal_mode=WAL")
    connection.execute("pragma synchronous=FULL")
    connection.execute("pragma foreign_keys=ON")
    connection.execute(f"pragma busy_timeout={int(LOCK_SECONDS * 1000)}")


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        found = outages.of_file(error)
        if found is None:
            raise
        raise found from error
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise DatabaseBusy(seconds=LOCK_SECONDS) from error
                time.sleep(0.002)
        yield
    finally:
        os.close(descriptor)
