"""Content: all rows of one moment, out of a database and into an empty one.

SQLite is copied by its own online backup. PostgreSQL is read table by table with COPY inside one
REPEATABLE READ transaction, which needs no other program and stops no writer; it goes back in the
order of the foreign keys, in one transaction.
"""

from __future__ import annotations

import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, func, inspect, select

from engine import schema
from engine.backup.archive import BackupDamaged, Manifest, Writer, copy_out
from engine.db import Database, snapshot, transaction
from engine.errors import Conflict
from engine.models import Base

SQLITE_COPY = "database.sqlite"
SEEDED = frozenset({"calendar_day"})  # filled by `db upgrade`, and by the backup again


class DatabaseNotEmpty(Conflict):
    """Restore into a new, empty database; nothing is ever overwritten."""

    code = "database-not-empty"
    message = "The database already has rows in the table {table}."


def require_empty(database: Database) -> None:
    """Raise unless the database has no tables, or tables without rows.

    Raises:
        DatabaseNotEmpty: naming the first table with rows.
    """
    with database.engine.connect() as connection:
        present = set(inspect(connection).get_table_names())
        for name in sorted(present - {"alembic_version"} - SEEDED):
            table = Base.metadata.tables.get(name)
            if table is None or connection.scalar(select(func.count()).select_from(table)):
                raise DatabaseNotEmpty(table=name)


def require_whole(manifest: Manifest) -> None:
    """Raise unless an archive has the rows of every table that it names.

    Raises:
        BackupDamaged: naming what is missing.
    """
    names = [SQLITE_COPY] if manifest.database == "sqlite" else map(_member, manifest.tables)
    for name in names:
        if name not in manifest.members:
            raise BackupDamaged(problem=f"{name} is missing")
    if manifest.database != "sqlite" and "instance" not in manifest.tables:
        raise BackupDamaged(problem="it names no tables")


def dump(database: Database, writer: Writer) -> None:
    """Write all rows of one moment."""
    if database.is_sqlite:
        _dump_sqlite(database, writer)
    else:
        _dump_postgresql(database, writer)


def load(database: Database, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Bring an empty database to the schema of the backup and put the rows in."""
    if database.is_sqlite:
        _load_sqlite(database, archive)
        return
    if schema.revision(database) is not None:
        schema.downgrade(database, "base")
    schema.upgrade(database, manifest.revision)
    with transaction(database) as session:
        cursor = _cursor(session.connection())
        for table, columns in manifest.tables.items():
            with archive.open(_member(table)) as file, cursor.copy(
                f"COPY {_quoted(table)} ({_list(columns)}) FROM STDIN"
            ) as copy:
                copy_out(file, copy.write)


def _dump_sqlite(database: Database, writer: Writer) -> None:
    with tempfile.TemporaryDirectory(dir=_folder(database)) as folder:
        path = Path(folder) / SQLITE_COPY
        with closing(sqlite3.connect(str(database.url.database))) as source:
            with closing(sqlite3.connect(path)) as target:
                source.backup(target)
                # One file without a log beside it; the database turns the log on again.
                target.execute("pragma journal_mode=DELETE")
        with path.open("rb") as file:
            writer.copy(SQLITE_COPY, file)


def _load_sqlite(database: Database, archive: zipfile.ZipFile) -> None:
    with tempfile.TemporaryDirectory(dir=_folder(database)) as folder:
        path = Path(folder) / SQLITE_COPY
        with archive.open(SQLITE_COPY) as file, path.open("wb") as copy:
            copy_out(file, copy.write)
        database.dispose()
        with closing(sqlite3.connect(path)) as source:
            with closing(sqlite3.connect(str(database.url.database))) as target:
                source.backup(target)


def _dump_postgresql(database: Database, writer: Writer) -> None:
    with snapshot(database) as session:
        cursor = _cursor(session.connection())
        # As they are there, and not as this program would have them: it may be newer.
        there = MetaData()
        there.reflect(session.connection())
        for table in there.sorted_tables:
            if table.name == "alembic_version":
                continue
            columns = [column.name for column in table.columns]
            query = f"COPY {_quoted(table.name)} ({_list(columns)}) TO STDOUT"
            with writer.member(_member(table.name)) as write, cursor.copy(query) as copy:
                for block in copy:
                    write(bytes(block))
            writer.manifest.tables[table.name] = columns


def _cursor(connection: Connection) -> Any:
    """Return a cursor of the driver, inside the transaction of the connection."""
    driver: Any = connection.connection.driver_connection
    return driver.cursor()


def _folder(database: Database) -> Path:
    return Path(str(database.url.database)).resolve().parent


def _member(table: str) -> str:
    return f"tables/{table}.copy"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _list(columns: list[str]) -> str:
    return ", ".join(_quoted(column) for column in columns)
