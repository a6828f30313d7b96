"""Memory: a fresh database that lives as long as one trace.

The tables are made once a program from the models, without the steps by which installations came
to them, and copied from then on.
"""

from __future__ import annotations

import sqlite3
from functools import cache

from engine.db import Database
from engine.models import Base
from engine.process.wiring import Wiring


def in_memory(wiring: Wiring) -> Database:
    """Return an empty database with all tables, in memory."""
    database = Database("sqlite://", wiring)
    connection = database.engine.raw_connection()
    try:
        driver = connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.deserialize(_template())
    finally:
        connection.close()
    return database


@cache
def _template() -> bytes:
    database = Database("sqlite://")
    Base.metadata.create_all(database.engine)
    connection = database.engine.raw_connection()
    try:
        driver = connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return driver.serialize()
    finally:
        connection.close()
        database.dispose()
