"""Multiplying: a drawing that doubles its tokens for ever fails soon; what is merely large runs."""

from __future__ import annotations

import time

import pytest

from engine.bpmn import standing
from engine.bpmn.bundle import Bundle
from engine.bpmn.errors import StepFailed
from engine.db import Database, reading, transaction
from engine.process import incidents, steps, tasks
from tests.engine.bpmn.diagrams import (
    again,
    begin,
    bundle,
    complete,
    element,
    end,
    flows,
    gateway,
    process,
    ready,
    script,
    start,
    subprocess,
    user,
)
from tests.engine.process import world

SOON = 8.0  # seconds of the processor; measured 0.3


def doubling(kind: str, links: str) -> tuple[str, ...]:
    return (
        start(),
        user("first"),
        gateway("exclusive", "m"),
        gateway("parallel", "f"),
        gateway(kind, "j"),
        element("task", "a"),
        user("b"),
        end(),
        flows(f"s first; first m; m f; f m; {links}; j b; b e"),
    )


DOUBLING = {
    "waiting before an inclusive join": doubling("inclusive", "f j; f b; b j"),
    "coming to an inclusive join twice": doubling("inclusive", "f a; a j; f j"),
    "starving at a parallel join": doubling("parallel", "f j; a j"),
    "waiting for a person": doubling("exclusive", "f j; a j"),
}


@pytest.mark.parametrize("parts", DOUBLING.values(), ids=DOUBLING)
def test_tokens_that_multiply_fail_the_step_in_seconds(parts: tuple[str, ...]) -> None:
    run = begin(bundle(process("p", *parts)))
    began = time.process_time()

    with pytest.raises(StepFailed, match="more than 2000 tokens on one level at once"):
        complete(run, "first")

    assert time.process_time() - began < SOON


def test_a_case_whose_tokens_multiply_stays_where_it_was_with_an_incident(
    database: Database,
) -> None:
    parts = DOUBLING["coming to an inclusive join twice"]
    with transaction(database) as session:
        who = world.people(session)
        world.deploy(session, process("p", *parts))
        instance_id = world.begin(session)
        key = world.key_of(session, instance_id, "first")
    began = time.process_time()

    with pytest.raises(StepFailed):
        with steps.run(database, instance_id=instance_id, task_number=key.number) as session:
            tasks.complete(session, key, by=who["li"], variables={})

    assert time.process_time() - began < SOON
    with reading(database) as session:
        (incident,) = incidents.open_of(session, instance_id)
        assert "tokens on one level at once: they multiply" in incident.message


MANY = (
    "<bpmn:multiInstanceLoopCharacteristics>"
    '<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">n</bpmn:loopCardinality>'
    "</bpmn:multiInstanceLoopCharacteristics>"
)
INSIDE = (
    start("s2")
    + gateway("inclusive", "g")
    + user("u")
    + element("task", "v")
    + gateway("inclusive", "j")
    + end("e2")
    + flows("s2 g; g u [True]; g v [True]; u j; v j; j e2")
)


def thousandfold() -> Bundle:
    return bundle(process("p", start(), subprocess("t", MANY + INSIDE), end(), flows("s t; t e")))


def test_a_thousand_blocks_side_by_side_run_and_each_joins_by_itself() -> None:
    began = time.process_time()
    run = begin(thousandfold(), {"n": 1000})
    assert ready(run) == ["u"] * 1000

    run = again(run)
    for task in run.ready_tasks():
        run.complete(task.id)
    run.advance()

    assert run.is_completed()
    assert time.process_time() - began < SOON


def test_an_instance_holds_so_many_tokens_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "MOST_TOKENS", 50)

    assert ready(begin(thousandfold(), {"n": 10})) == ["u"] * 10
    with pytest.raises(StepFailed, match="more than 50 tokens at once"):
        begin(thousandfold(), {"n": 30})


def test_ten_thousand_rounds_through_an_inclusive_join_run() -> None:
    made = bundle(
        process(
            "p",
            start(),
            gateway("inclusive", "m"),
            script("t", "x = x + 1"),
            gateway("exclusive", "g", "f_g_e"),
            end(),
            flows("s m; m t; t g; g m [x < 10000]; g e"),
        )
    )
    began = time.process_time()

    run = begin(made, {"x": 0})

    assert run.is_completed() and run.variables == {"x": 10000}
    assert time.process_time() - began < SOON


def test_a_quantity_that_nobody_can_count_fails_the_step() -> None:
    task = element("userTask", "a", completionQuantity="9" * 18)
    run = begin(bundle(process("p", start(), task, user("b"), end(), flows("s a; a b; b e"))))

    with pytest.raises(StepFailed, match="tokens on one level at once"):
        complete(run, "a")
