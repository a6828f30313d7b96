"""Our own processes: each of them is proved sound, and quickly."""

from __future__ import annotations

import time
from pathlib import Path

from engine.process import checking

PROCESSES = Path(__file__).parents[2] / "processes"


def test_every_process_is_proved_sound_within_the_time_of_a_check() -> None:
    found = {
        str(path.relative_to(PROCESSES)): path.read_bytes()
        for path in sorted(PROCESSES.rglob("*"))
        if path.suffix in checking.TYPES
    }

    began = time.monotonic()
    report = checking.check(found, profile="release")
    took = time.monotonic() - began

    verdicts = {
        one["process"]: one["soundness"]["verdict"] for one in report.as_json()["processes"]
    }
    assert len(verdicts) >= 10
    assert set(verdicts.values()) == {"sound"}, verdicts
    assert took < 3
