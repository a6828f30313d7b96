"""The proof of soundness against two thousand random drawings; `make test` looks at two hundred."""

from __future__ import annotations

import pytest

from engine.bpmn import instance
from tests.engine.bpmn.soundness.test_chance import agree, walk
from tests.soak.conftest import SEED, share
from tests.soak.report import Line

FIRST = SEED % 1_000_000
SEEDS = range(FIRST, FIRST + share(2_000))


def test_proof_and_game_agree_on_random_drawings(line: Line) -> None:
    line.facts |= {"drawings": len(SEEDS), "from number": FIRST}

    differ = agree(SEEDS, but=len(SEEDS) // 500)

    line.facts["the proof is stricter at"] = ", ".join(differ) or "none"


def test_the_engine_walks_every_path_of_random_drawings(
    monkeypatch: pytest.MonkeyPatch, line: Line
) -> None:
    monkeypatch.setattr(instance, "MOST_STEPS", 1_000)
    line.facts |= {"drawings": len(SEEDS), "from number": FIRST}

    left = walk(SEEDS, but=len(SEEDS) // 1_000)

    line.facts["another order of the engine's own steps at"] = ", ".join(left) or "none"
