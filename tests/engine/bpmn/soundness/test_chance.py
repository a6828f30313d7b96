"""Random drawings: the proof against the brute-force game, and its paths against the engine."""

from __future__ import annotations

import pytest

from engine.bpmn import instance
from engine.bpmn.soundness import Proof, prove
from tests.engine.bpmn.soundness import chance, sketch
from tests.engine.bpmn.soundness.game import Game, TooLarge, Verdict
from tests.engine.bpmn.soundness.replay import Replay

SEEDS = range(200)
MOST_STATES = 3_000


def test_proof_and_game_agree_and_hardly_anything_is_not_proven() -> None:
    agree(SEEDS)


def test_the_engine_walks_every_path_to_the_fault_it_claims(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(instance, "MOST_STEPS", 1_000)  # doubled tokens may multiply for ever

    walk(SEEDS)


def agree(seeds: range) -> None:
    """Compare the proof with the game, property by property."""
    verdicts = {"sound": 0, "unsound": 0, "not-proven": 0}
    for seed in seeds:
        models = sketch.models(chance.drawing(seed))
        proof = prove(models, "p", seconds=10)
        verdicts[proof.verdict] += 1
        try:
            played = Game(models, "p").play(MOST_STATES)
        except TooLarge:
            continue
        if proof.verdict != "not-proven":
            assert told(proof) == known(proof, played), f"seed {seed}"
    assert verdicts["unsound"] >= 0.4 * len(seeds)
    assert verdicts["not-proven"] <= 0.05 * len(seeds)


def told(proof: Proof) -> tuple[object, ...]:
    twice = proof.safe is False or proof.proper_completion is False
    return (
        proof.verdict == "sound",
        twice,
        proof.option_to_complete is not False,
        proof.no_dead_elements is not False,
    )


def known(proof: Proof, played: Verdict) -> tuple[object, ...]:
    """What the game knows; where a token is doubled neither looks at what follows from that."""
    twice = bool(played.doubled or played.improper)
    completes = proof.option_to_complete is not False if twice else not played.stuck
    alive = proof.no_dead_elements is not False if twice else not played.dead
    return (played.sound, twice, completes, alive)


def walk(seeds: range) -> None:
    """Let the engine walk every path."""
    walked, failed = 0, []
    for seed in seeds:
        models = sketch.models(chance.drawing(seed))
        for problem in prove(models, "p", seconds=10).problems:
            if problem.kind == "unsound" and problem.rule != "dead-element":
                walked += 1
                if not Replay(models, problem).holds():
                    failed.append((seed, problem.rule, problem.element))
    assert walked > len(seeds) / 4
    # Where a sub-process holds nothing that waits, the engine is through it before its events come.
    assert len(failed) <= walked / 100, failed
