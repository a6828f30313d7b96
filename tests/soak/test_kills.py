"""Kill -9 under load, far more often than `make test` does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Servers
from tests.faults.killing import kill_under_load
from tests.soak.conftest import SEED, share
from tests.soak.report import Line


@pytest.mark.parametrize("kind, kills", [("postgresql", 200), ("sqlite", 50)])
def test_killed_processes_lose_nothing_and_do_nothing_twice(
    kind: str, kills: int, servers: Servers, tmp_path: Path, line: Line
) -> None:
    line.facts |= kill_under_load(
        servers,
        kind,
        tmp_path,
        kills=share(kills),
        seed=SEED,
        between=(0.5, 2.5),
        at_once=12,
    )
