"""Fixtures of casework: the engine wired as the program wires it, and the demonstration's staff."""

from __future__ import annotations

import pytest

from engine.db import Database
from engine.people.identity import Actor
from engine.process.wiring import Wiring
from tests import casework
from tests.conftest import Servers


@pytest.fixture
def wiring(wiring: Wiring) -> Wiring:
    return casework.plugged(wiring)


@pytest.fixture
def staff(servers: Servers, database: Database, tmp_path) -> dict[str, Actor]:
    return casework.staff(servers, database, tmp_path)
