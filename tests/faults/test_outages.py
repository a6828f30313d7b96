"""A database that goes away or has no room under load: refusals by name, then work goes on."""

from __future__ import annotations

import random
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from sqlalchemy import text

from engine import schema
from engine.db import Database, reading
from engine.process.wiring import Wiring
from tests.conftest import MASTER_KEY, Servers
from tests.faults.checker import check
from tests.faults.load import Journal, Load
from tests.faults.rig import PROGRAMS, Rig
from tests.postgres import Cluster, wait_until

pytestmark = pytest.mark.slow
LONG = 60.0  # seconds within which anything must happen, on a busy machine too
MORE = 20  # answers that show that work goes on
KILOBYTES = 64 * 1024


class Ground:
    """An installation under load, and what it must show after the fault."""

    def __init__(self, url: str, folder: Path) -> None:
        self.rig = Rig(url, folder, random.Random(0))
        journal = Journal(folder / "journal.jsonl")
        self.load = Load(self.rig.address, self.rig.token, journal, 0, clients=3, at_once=3)
        self.pids: dict[str, list[int]] = {}

    def begin(self) -> None:
        """Start everything and wait until work is done."""
        self.rig.start()
        self.pids = {name: self.rig.pids(name) for name in PROGRAMS}
        self.load.start()
        self.wait_for_more()

    def wait_for_more(self) -> None:
        """Wait until requests are answered, or a client has met a fault."""
        wanted = self.load.answered() + MORE
        wait_until(lambda: self.load.answered() >= wanted or self.load.faults(), LONG)

    def wait_for_refusal(self, code: str) -> None:
        """Wait until whoever wants to write is told why that cannot be, and when to come back."""
        wait_until(lambda: self._refusal().startswith(code) or self.load.faults(), LONG)

    def wait_for_no_room(self) -> None:
        """Wait until somebody had no room: a client, or the worker for which all cases wait."""

        def refused() -> bool:
            told = {code for client in self.load.clients for code in client.refusals}
            waits = "worker waits for the database (database-full)"
            return "database-full 60" in told or waits in self.rig.log("worker")

        wait_until(lambda: refused() or self.load.faults(), LONG)

    def _refusal(self) -> str:
        """Ask for what does not exist: it writes nothing but the key, and is refused anyway."""
        rig, key = self.rig, str(uuid4())
        headers = {"Authorization": f"Bearer {rig.token}", "Idempotency-Key": key}
        body = {"process_key": "none"}
        found = requests.post(f"{rig.address}/instances", json=body, headers=headers, timeout=LONG)
        return f"{found.json()['code']} {found.headers.get('Retry-After')}"

    def end(self) -> None:
        """Play all cases to their end; nothing is lost, nothing was started again."""
        self.load.finish()
        assert check(self.rig.database, self.load.journal.read())["cases"] > 0
        assert {name: self.rig.pids(name) for name in PROGRAMS} == self.pids
        for name in PROGRAMS:
            assert "Traceback" not in self.rig.log(name), self.rig.log(name)[-3000:]

    def close(self) -> None:
        """End whatever still runs."""
        self.load.stop()
        self.rig.stop()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A server of its own, for it is stopped."""
    made = Cluster()
    yield made
    made.stop()


def test_a_server_that_restarts_is_waited_for(cluster: Cluster, tmp_path: Path, servers) -> None:
    url = cluster.create("tongban")
    database = Database(url)
    schema.upgrade(database)
    database.dispose()
    ground = Ground(url, tmp_path)
    try:
        ground.begin()
        for mode in ("fast", "immediate"):
            cluster.halt(mode)
            ground.wait_for_refusal("database-away 5")
            cluster.start()
            ground.wait_for_more()
        ground.end()
        assert "worker waits for the database (database-away)" in ground.rig.log("worker")
        assert "worker goes on: the database is back" in ground.rig.log("worker")
    finally:
        ground.close()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process: Linux only")
def test_a_full_disk_damages_nothing_and_room_is_all_it_needs(
    servers: Servers, tmp_path: Path
) -> None:
    made = servers.new("sqlite", Wiring(master_key=MASTER_KEY))
    ground = Ground(made.url.render_as_string(), tmp_path)
    try:
        ground.begin()
        limit(ground.rig, KILOBYTES)
        ground.wait_for_no_room()
        with reading(made) as session:
            assert session.scalar(text("pragma integrity_check")) == "ok"
        limit(ground.rig, resource.RLIM_INFINITY)
        ground.wait_for_more()
        ground.end()
        with reading(made) as session:
            assert session.scalar(text("pragma integrity_check")) == "ok"
    finally:
        ground.close()
        servers.discard(made)


def limit(rig: Rig, size: int) -> None:
    """Let no file of the programs grow beyond a size: to a process the disk is full then."""
    for name in PROGRAMS:
        for pid in rig.pids(name):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
