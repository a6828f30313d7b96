"""Casework in tests: plugged into the engine as the program does it, with the demonstration's staff."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.casework import closing, operations, reference
from engine.casework.demonstration import people
from engine.db import Database, transaction
from engine.people.identity import Actor
from engine.process.wiring import Wiring
from tests.conftest import Servers


def plugged(wiring: Wiring) -> Wiring:
    """Return a wiring with the operations and hooks of casework in it."""
    return replace(
        wiring,
        operations=operations.OPERATIONS,
        on_step=closing.on_step,
        on_finished=closing.on_finished,
    )


def staff(servers: Servers, database: Database, folder: Path) -> dict[str, Actor]:
    """Load catalogue, calendar and processes, and the people of the demonstration, by login.

    The work is done once a run and kind of database; every test gets a copy of its own.
    """

    def prepare() -> dict[str, Actor]:
        with transaction(database) as session:
            reference.load(session, by=Actor.system())
            return people.create(session, folder / "accounts.json")

    return dict(servers.prepared(database, "tongban_staff", prepare))
