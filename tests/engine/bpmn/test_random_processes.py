"""Random processes: the engine against an independent interpreter, saved between all steps.

Blocks are nested at random (sequence, choice, parallel, inclusive, loop, call, sub-process,
repetition, a boundary event that never fires, a discriminator, tokens in numbers, compensation).
The interpreter walks the blocks and knows nothing of diagrams; after each completed task both
must wait for the same tasks, and one that was never saved must have the same state.
"""

from __future__ import annotations

import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn import parser, workflow
from tests.engine.bpmn.blocks import BLOCKS, Block, Diagram, numbered
from tests.engine.bpmn.diagrams import Hands, document, ready
from tests.engine.bpmn.interpreter import Walker


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BLOCKS, st.integers(0, 2**32))
def test_engine_and_interpreter_wait_for_the_same_tasks(block: Block, seed: int) -> None:
    chance = random.Random(seed)
    numbers: dict[int, str] = {}
    own = numbered(block, numbers, [0])
    diagram = Diagram(block)
    decisions: dict[str, int] = {}

    def decide() -> None:
        for name, ways in diagram.choices.items():
            if ways == 0:
                decisions[name] = int(chance.random() < 0.4)
            elif name.startswith("inclusive"):
                decisions[name] = chance.randrange(1, 1 << ways)
            else:
                decisions[name] = chance.randrange(ways)

    def pick(name: str, index: int | None = None) -> Any:
        if index is not None:
            return bool(decisions[name] >> index & 1)
        return decisions[name] if not name.startswith("loop") else bool(decisions[name])

    probes, hands = {"pick": pick}, Hands()
    files = {"t.bpmn": document(diagram.main, *diagram.processes)}
    made = parser.bundle(files, "p", probes=frozenset(probes))
    decide()
    walker = Walker(own, numbers, pick)
    run = workflow.start(made, probes=probes, now=hands)
    run.advance()
    kept = workflow.start(made, probes=probes, now=hands)  # never saved
    kept.advance()
    written: dict[str, int] = {}
    for step in range(40):
        blobs = run.dump()
        assert kept.dump() == blobs
        if blobs:
            run = workflow.load(made, blobs, probes=probes, now=hands)
        assert ready(run) == sorted(walker.waiting())
        assert run.is_completed() == walker.done
        assert run.variables == written
        if walker.done:
            break
        task = chance.choice(run.ready_tasks())
        decide()
        written |= {task.element: step, "last": step}
        for one in (run, kept):
            one.complete(task.id, {task.element: step, "last": step})
            one.advance()
        assert walker.complete(task.element)
