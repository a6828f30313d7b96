"""Fixtures of casework: the engine wired as the program wires it, and the demonstration's staff."""

from __future__ import annotations

import pytest

from engine.casework import closing, operations, reference
from engine.casework.demonstration import people
from engine.db import Database, transaction
from engine.files import FileStore
from engine.people.identity import Actor
from engine.process.wiring import Wiring

MASTER_KEY = bytes(range(32))


@pytest.fixture
def wiring(tmp_path) -> Wiring:
    return Wiring(
        operations=operations.OPERATIONS,
        on_step=closing.on_step,
        on_finished=closing.on_finished,
        files=FileStore(tmp_path / "files"),
        master_key=MASTER_KEY,
    )


@pytest.fixture
def staff(database: Database, tmp_path) -> dict[str, Actor]:
    with transaction(database) as session:
        reference.load(session, by=Actor.system())
        return people.create(session, tmp_path / "accounts.json")
