"""Kill -9 under load, as often as wanted, and the proof that nothing was lost or done twice."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest

from engine.process.wiring import Wiring
from tests.conftest import MASTER_KEY, Servers
from tests.faults.checker import check
from tests.faults.load import Journal, Load
from tests.faults.rig import Rig


def kill_under_load(
    servers: Servers,
    kind: str,
    folder: Path,
    *,
    kills: int,
    seed: int,
    between: tuple[float, float],
    at_once: int,
    hurried: bool = False,
) -> dict[str, object]:
    """Kill processes at random moments while clients play cases; then compare everything.

    Args:
        servers: where the database is made.
        kind: of database.
        folder: for files, logs and the journal.
        kills: how many.
        seed: of all random choices.
        between: the shortest and the longest time between two kills, in seconds.
        at_once: how many cases each client has open together.
        hurried: see `Rig`.

    Returns:
        What was done and compared, counted.
    """
    made = servers.new(kind, Wiring(master_key=MASTER_KEY))
    chance = random.Random(seed)
    url = made.url.render_as_string(hide_password=False)
    rig = Rig(url, folder, chance, hurried=hurried)
    journal = Journal(folder / "journal.jsonl")
    load = Load(rig.address, rig.token, journal, seed, clients=4, at_once=at_once)
    try:
        rig.start()
        load.start()
        while sum(rig.kills.values()) < kills and not load.faults():
            time.sleep(chance.uniform(*between))
            rig.kill()
        load.finish()
        facts: dict[str, object] = {f"kills of the {name}": n for name, n in rig.kills.items()}
        facts["requests sent again"] = load.repeated()
        told = journal.read()
        facts |= check(rig.database, told)
        _notices(rig, told)
        return facts
    except AssertionError as error:
        defects = [line for line in rig.log("web").splitlines() if '"defect"' in line]
        error.add_note("\n".join(defects[:3]))
        raise
    finally:
        load.stop()
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
