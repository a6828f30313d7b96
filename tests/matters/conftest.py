"""One database of each kind for all journeys: what is prepared costs more than a case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.db import Database
from engine.files import FileStore
from engine.process.wiring import Wiring
from tests import casework
from tests.conftest import MASTER_KEY, Servers


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database with the whole catalogue and every process in it."""
    files = FileStore(tmp_path_factory.mktemp("files"))
    wiring = casework.plugged(Wiring(master_key=MASTER_KEY, files=files))
    made = servers.new(request.param, wiring)
    casework.catalogue(servers, made)
    yield made
    servers.discard(made)


@pytest.fixture(autouse=True)
def counted(database: Database, servers: Servers) -> None:
    """Every journey counts as a test of its kind of database."""
    servers.count("sqlite" if database.is_sqlite else "postgresql")
