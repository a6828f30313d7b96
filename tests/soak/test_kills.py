"""Kill -9 under load: nothing acknowledged is lost, nothing is applied twice."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest

from engine.process.wiring import Wiring
from tests.conftest import MASTER_KEY, Servers
from tests.soak.checker import check
from tests.soak.conftest import SEED, share
from tests.soak.load import Client, Journal
from tests.soak.report import Line
from tests.soak.rig import Rig

CLIENTS = 4


@pytest.mark.parametrize("kind, kills", [("postgresql", 20), ("sqlite", 5)])
def test_killed_processes_lose_nothing_and_do_nothing_twice(
    kind: str, kills: int, servers: Servers, tmp_path: Path, line: Line
) -> None:
    made = servers.new(kind, Wiring(master_key=MASTER_KEY))
    chance = random.Random(SEED)
    rig = Rig(made.url.render_as_string(hide_password=False), tmp_path, chance)
    journal = Journal(tmp_path / "journal.jsonl")
    stopping = False
    clients = [
        Client(rig.address, rig.token, journal, SEED + number, lambda: stopping)
        for number in range(CLIENTS)
    ]
    try:
        rig.start()
        for client in clients:
            client.start()
        for _ in range(share(kills)):
            time.sleep(0.5 + chance.random() * 2)
            rig.kill()
        stopping = True
        for client in clients:
            client.join(300)
        assert [fault for client in clients for fault in client.faults] == []
        assert not any(client.is_alive() for client in clients)
        line.facts |= {f"kills of the {name}": count for name, count in rig.kills.items()}
        line.facts["requests sent again"] = sum(client.repeated for client in clients)
        told = journal.read()
        line.facts |= check(rig.database, told)
        _notices(rig, told)
    finally:
        stopping = True
        rig.stop()
        servers.discard(made)


def _notices(rig: Rig, told: list[dict[str, Any]]) -> None:
    """The checker itself: it must miss an answer that was lost and one that was too many."""
    last = next(one for one in reversed(told) if one["what"] == "complete" and one["number"])
    others = [one for one in told if one["key"] != last["key"]]
    invented = {**last, "key": "another", "number": last["number"] + 100}
    for wrong in (others, [*told, invented], [*told, {**last, "key": "another"}]):
        with pytest.raises(AssertionError):
            check(rig.database, wrong)
