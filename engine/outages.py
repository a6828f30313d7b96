"""Outages: what a program can wait for when the database cannot serve it, by name.

A driver says in many words that the server is gone, that a lock is held or that a disk is full;
here each becomes one error that screens, interface and worker understand. What is not named is a
defect, of the program or of a statement, and stays what it was.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm.exc import StaleDataError

from engine.errors import Conflict, EngineError, Unavailable

LOCK_SECONDS = 5.0
_DISK_FULL, _TOO_MANY_CONNECTIONS = "53100", "53300"
_HELD = ("55P03", "40P01")  # no lock in time; a deadlock, of which the server ended this side
_SHUTDOWN, _CONNECTION = "57P0", "08"  # what the codes begin with
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)

log = logging.getLogger(__name__)


class DatabaseBusy(Unavailable):
    """Try again in a few seconds; the step was rolled back and nothing is half done."""

    code = "database-busy"
    message = "The database is busy: no lock within {seconds:g} seconds."


class DatabaseOutage(Unavailable):
    """Wait until the database can serve again; the programs need no restart."""


class DatabaseAway(DatabaseOutage):
    """Try again when the server runs; repeat a request with its key, for it may have been done."""

    code = "database-away"
    message = (
        "The database does not answer. Nothing is half done; try again in {seconds:g} seconds."
    )


class DatabaseFull(DatabaseOutage):
    """Make room on the disk of the database; the step was rolled back and nothing is damaged."""

    code = "database-full"
    message = "The database cannot write: its disk is full or fails. Nothing of this was kept."


class StoreFull(Unavailable):
    """Make room on the disk of the file store and send the file again; nothing of it was kept."""

    code = "store-full"
    message = "The file store cannot write: its disk is full or fails. Nothing of this was kept."


class Overtaken(Conflict):
    """Look again and repeat: somebody else changed the same rows at the same moment."""

    code = "overtaken"
    message = "Somebody else changed the same thing at the same moment; nothing of this was kept."


@contextmanager
def named() -> Iterator[None]:
    """Let errors of the database out of the block under the name they have here.

    Raises:
        DatabaseBusy, DatabaseAway, DatabaseFull, Overtaken: instead of the driver's words.
    """
    try:
        yield
    except SQLAlchemyError as error:
        found = name_of(error)
        if found is None:
            raise
        raise found from error


def name_of(error: SQLAlchemyError) -> EngineError | None:
    """Return what an error of the database means to whoever asked; None for a defect."""
    if isinstance(error, PoolExhausted):
        return DatabaseBusy(seconds=LOCK_SECONDS)
    if isinstance(error, StaleDataError):
        return overtaken()
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error.orig)
    return _of_postgresql(error)


def overtaken() -> Overtaken:
    """Return the error of whoever came second, and leave a word of it.

    Who changes a case holds its row: two of them at once are a defect of locking, which is found
    here instead of losing what the first has written.
    """
    log.error("rows were changed that somebody held", stack_info=True)
    return Overtaken()


def of_file(error: OSError) -> Unavailable | None:
    """Return what an error of the lock file beside the database means; None for a defect."""
    return DatabaseFull(seconds=60) if error.errno in _NO_ROOM else None


@contextmanager
def storing() -> Iterator[None]:
    """Name what keeps a file from being stored.

    Raises:
        StoreFull: there is no room, or the disk fails.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StoreFull(seconds=60) from error
        raise


def _of_sqlite(error: sqlite3.Error) -> Unavailable | None:
    # The lower byte is the kind; the rest tells at which call it happened.
    kind = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy(seconds=LOCK_SECONDS)
    if kind in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return DatabaseFull(seconds=60)
    return DatabaseAway(seconds=5) if kind == sqlite3.SQLITE_CANTOPEN else None


def _of_postgresql(error: DBAPIError) -> Unavailable | None:
    state = getattr(error.orig, "sqlstate", None)
    if state in _HELD:
        return DatabaseBusy(seconds=LOCK_SECONDS)
    if state == _DISK_FULL:
        return DatabaseFull(seconds=60)
    if state is None:  # said by the driver: it could not connect, or lost what it had
        lost = error.connection_invalidated or error.statement is None
        away = lost and isinstance(error, OperationalError)
    else:
        away = state.startswith((_SHUTDOWN, _CONNECTION)) or state == _TOO_MANY_CONNECTIONS
    return DatabaseAway(seconds=5) if away or error.connection_invalidated else None
