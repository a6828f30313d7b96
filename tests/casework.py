"""Casework in tests: plugged into the engine as the program does it, with the demonstration's staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from engine import clock
from engine.calendar import holidays, workdays
from engine.casework import closing, operations, reference
from engine.casework.demonstration import people
from engine.db import Database, transaction
from engine.people.identity import Actor
from engine.process.wiring import Wiring
from tests.conftest import Servers

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def plugged(wiring: Wiring) -> Wiring:
    """Return a wiring with the operations and hooks of casework in it."""
    return replace(
        wiring,
        operations=operations.OPERATIONS,
        on_step=closing.on_step,
        on_finished=closing.on_finished,
    )


def look_ahead(session: Session) -> None:
    """Give the calendar a year more than the published ones: tests run on any day of the year.

    The years are plain weeks and invented.
    """
    last = workdays.last_day(session)
    assert last is not None
    for year in range(last.year + 1, date.today().year + 2):
        holidays.load(session, year, [], "invented for the tests")


def catalogue(servers: Servers, database: Database) -> None:
    """Load catalogue, calendar and processes into a fresh database, as of the first of the year.

    The work is done once a run and kind of database; every test gets a copy of its own.
    """

    def prepare() -> None:
        with clock.at(NEW_YEAR), transaction(database) as session:
            reference.load(session, by=Actor.system())
            look_ahead(session)

    servers.prepared(database, "tongban_catalogue", prepare)


def staff(servers: Servers, database: Database, folder: Path) -> dict[str, Actor]:
    """Load catalogue, calendar and processes, and the people of the demonstration, by login.

    The work is done once a run and kind of database; every test gets a copy of its own.
    """

    def prepare() -> dict[str, Actor]:
        with transaction(database) as session:
            reference.load(session, by=Actor.system())
            look_ahead(session)
            return people.create(session, folder / "accounts.json")

    return dict(servers.prepared(database, "tongban_staff", prepare))
