"""Killed processes lose nothing that was acknowledged and do nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Servers
from tests.faults.killing import kill_under_load

SEED = 20  # which process is killed when; what it is doing then nobody knows


@pytest.mark.slow
@pytest.mark.parametrize("kind, kills", [("postgresql", 20), ("sqlite", 5)])
def test_killed_processes_lose_nothing_and_do_nothing_twice(
    kind: str, kills: int, servers: Servers, tmp_path: Path
) -> None:
    facts = kill_under_load(
        servers,
        kind,
        tmp_path,
        kills=kills,
        seed=SEED,
        between=(0.1, 0.6),
        at_once=3,
        hurried=True,
    )

    servers.count(kind)
    assert sum(int(str(n)) for what, n in facts.items() if what.startswith("kills")) == kills
