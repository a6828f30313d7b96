"""The proof of soundness against two thousand random drawings; `make test` looks at two hundred."""

from __future__ import annotations

import pytest

from engine.bpmn import instance
from tests.engine.bpmn.soundness.test_chance import agree, walk

SEEDS = range(2_000)


@pytest.mark.soak
def test_proof_and_game_agree_on_two_thousand_drawings() -> None:
    agree(SEEDS)


@pytest.mark.soak
def test_the_engine_walks_every_path_of_two_thousand_drawings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(instance, "MOST_STEPS", 1_000)

    walk(SEEDS)
