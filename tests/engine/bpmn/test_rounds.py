"""Rounds: what goes round many times costs little, is bounded, and does not overtake itself."""

from __future__ import annotations

import time

import pytest

from engine.bpmn import compensation, workflow
from engine.bpmn.bundle import Bundle
from engine.bpmn.errors import StepFailed
from tests.engine.bpmn.diagrams import (
    again,
    begin,
    boundary,
    bundle,
    complete,
    element,
    end,
    flows,
    gateway,
    happened,
    process,
    ready,
    start,
    user,
)

UNDO = "<bpmn:compensateEventDefinition/>"


def rounds() -> Bundle:
    return bundle(
        process(
            "p",
            start(),
            gateway("exclusive", "j"),
            user("t"),
            boundary("c", "t", UNDO),
            element("task", "undo", isForCompensation="true"),
            '<bpmn:association id="x" associationDirection="One" sourceRef="c" '
            'targetRef="undo"/>\n',
            gateway("exclusive", "again", "f_again_j"),
            element("intermediateThrowEvent", "throw", UNDO),
            end(),
            flows("s j; j t; t again; again j; again throw [stop]; throw e"),
        )
    )


def test_thousands_of_rounds_are_undone_in_one_step_from_the_last_one_on():
    run = begin(rounds(), {"stop": False})
    for number in range(2000):
        complete(run, "t", n=number)
    run = again(run)

    began = time.process_time()
    complete(run, "t", stop=True)

    assert run.is_completed() and happened(run, "completed").count("undo") == 2001
    assert time.process_time() - began < 5  # measured 0.02 s; each pair compared it was 37 s


def test_what_can_be_undone_is_bounded_and_the_step_that_passes_the_bound_fails(monkeypatch):
    monkeypatch.setattr(compensation, "MOST_RECORDS", 3)
    run = begin(rounds(), {"stop": False})
    for _ in range(3):
        complete(run, "t")

    with pytest.raises(StepFailed, match="t failed: more than 3 activities wait to be undone"):
        complete(again(run), "t")


def test_tokens_that_come_together_do_not_overtake_one_another_at_an_inclusive_join():
    made = bundle(
        process(
            "p",
            start(),
            gateway("parallel", "f"),
            element("task", "a"),
            element("task", "b"),
            gateway("exclusive", "m"),
            gateway("inclusive", "g"),
            user("x"),
            gateway("exclusive", "d", "f_d_e"),
            end(),
            flows("s f; f a; f b; a m; b m; m g; g x; x d; d g [back]; d e"),
        )
    )
    run = begin(made, {"back": True})
    assert ready(run) == ["x"]  # the other waits: this one may still come round to the join

    complete(run, "x")
    assert ready(again(run)) == ["x"]
    complete(run, "x", back=False)
    assert run.is_completed()


@pytest.mark.parametrize(
    ("instances", "reason"), [(2, "a collection grew too large"), (1, "nested too deeply")]
)
def test_outputs_that_hold_those_of_the_round_before_stay_small(instances, reason):
    made = bundle(
        process(
            "p",
            start(),
            gateway("exclusive", "j"),
            user("u"),
            element("task", "t", collecting("x")),
            flows("s j; j u; u t; t j"),
        )
    )
    run = begin(made, {"x": "a", "n": instances})
    with pytest.raises(StepFailed, match=f"t failed: its outputs: .*{reason}"):
        for _ in range(100):
            complete(run, "u")

    assert len(run.dump()[0]) < 2_000_000


def collecting(name: str) -> str:
    return (
        f'<bpmn:ioSpecification><bpmn:dataOutput id="out" name="{name}"/><bpmn:inputSet/>'
        "<bpmn:outputSet><bpmn:dataOutputRefs>out</bpmn:dataOutputRefs></bpmn:outputSet>"
        "</bpmn:ioSpecification><bpmn:multiInstanceLoopCharacteristics>"
        '<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">n</bpmn:loopCardinality>'
        f"<bpmn:loopDataOutputRef>out</bpmn:loopDataOutputRef>"
        f'<bpmn:outputDataItem id="item" name="{name}"/>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


MANY = (
    '<bpmn:multiInstanceLoopCharacteristics camunda:collection="xs" camunda:elementVariable="x">'
    '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">'
    "numberOfActiveInstances == 1 and numberOfCompletedInstances == 2"
    "</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
)


def test_instances_keep_their_items_and_the_repetition_keeps_none_of_them():
    made = bundle(process("p", start(), element("userTask", "u", MANY), end(), flows("s u; u e")))
    run = begin(made, {"xs": ["first", "second", "third"]})
    assert run.dump()[0].count(b'"third"') == 2  # in the variable and as the item of one instance

    complete(run, "u")
    run = workflow.load(made, run.dump())
    assert [task.data["x"] for task in run.ready_tasks()] == ["second", "third"]
    complete(run, "u")
    assert run.is_completed()
