"""Waking: a worker hears at once that there is something to do, where the database can tell it.

PostgreSQL tells those who listen when a transaction that wrote due jobs has committed. It only
shortens the wait: whoever hears nothing looks again a moment later all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import psycopg
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.db import Database

CHANNEL = "tongban_jobs"
SLICE = 0.2  # seconds after which a listening worker looks whether it shall stop


def notify(session: Session) -> None:
    """Tell the workers, when this transaction commits, that there are due jobs."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_notify(CHANNEL, "")))


class Ear:
    """Waits for the next round of a worker."""

    def __init__(self, connection: psycopg.Connection | None) -> None:
        self.connection = connection

    def wait(self, stop: Event, seconds: float) -> None:
        """Return when something is to be done, when told to stop, or after some seconds.

        Raises:
            psycopg.OperationalError: the database is away.
        """
        if self.connection is None:
            stop.wait(seconds)
            return
        left = seconds
        while left > 0 and not stop.is_set():
            if any(True for _ in self.connection.notifies(timeout=min(SLICE, left), stop_after=1)):
                return
            left -= SLICE


@contextmanager
def listening(database: Database) -> Iterator[Ear]:
    """Open an ear; on SQLite, or where the database is away, one that only waits."""
    if database.is_sqlite:
        yield Ear(None)
        return
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = psycopg.connect(address, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError:
        yield Ear(None)
        return
    with connection:
        connection.execute(f"LISTEN {CHANNEL}")
        yield Ear(connection)
