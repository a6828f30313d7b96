"""Drawings with a fault: the rule, the element, the path, and that the mended twin is sound."""

from __future__ import annotations

import pytest

from engine.bpmn.soundness import prove
from tests.engine.bpmn.soundness import sketch
from tests.engine.bpmn.soundness.drawn import DRAWN, Drawn
from tests.engine.bpmn.soundness.game import Game
from tests.engine.bpmn.soundness.replay import Replay

ALL = [pytest.param(one, id=f"{one.rule}: {one.name}") for one in DRAWN]
LED_TO = [one for one in ALL if not one.id.startswith("dead-element")]


@pytest.mark.parametrize("one", ALL)
def test_the_fault_is_told_once_and_at_its_element(one: Drawn) -> None:
    proof = prove(sketch.models(one.text), "p")

    assert proof.verdict == "unsound"
    assert [(found.rule, found.element) for found in proof.problems] == [(one.rule, one.element)]
    (found,) = proof.problems
    assert found.kind == "unsound"
    assert found.elements[0] == one.element
    assert "{" not in found.message + found.message_zh


@pytest.mark.parametrize("one", ALL)
def test_the_mended_twin_is_sound(one: Drawn) -> None:
    proof = prove(sketch.models(one.twin), "p")

    assert (proof.verdict, proof.problems) == ("sound", ())
    assert proof.safe and proof.option_to_complete
    assert proof.proper_completion and proof.no_dead_elements


@pytest.mark.parametrize("one", ALL)
def test_brute_force_agrees_on_both(one: Drawn) -> None:
    assert not Game(sketch.models(one.text), "p").play().sound
    assert Game(sketch.models(one.twin), "p").play().sound


@pytest.mark.parametrize("one", LED_TO)
def test_the_engine_walks_the_path_to_the_fault(one: Drawn) -> None:
    models = sketch.models(one.text)
    (found,) = prove(models, "p").problems

    assert found.path
    assert Replay(models, found).holds()


def test_what_a_token_comes_to_just_before_all_is_terminated_is_not_dead() -> None:
    text = "start s\nuser a\nxor x\nend t terminate\ns > a > x > t\na > t"

    assert prove(sketch.models(text), "p").verdict == "sound"
