"""Listening: what listens goes on to do so under a new version, and anew after it has fired."""

from __future__ import annotations

import pytest

from engine.bpmn import migration, workflow
from engine.bpmn.bundle import Bundle
from engine.bpmn.workflow import Run
from tests.engine.bpmn.diagrams import (
    Hands,
    again,
    begin,
    boundary,
    bundle,
    complete,
    element,
    end,
    flows,
    gateway,
    message,
    process,
    ready,
    start,
    timer,
    user,
)

NAMES = '<bpmn:message id="m" name="m"/><bpmn:message id="n" name="n"/>'
BOTH = message("m") + timer("PT1H")


def watched(definition: str, identity: str = "b", quantity: str = "1") -> Bundle:
    border = boundary(identity, "u", definition) if definition else ""
    return bundle(
        NAMES,
        process(
            "p",
            start(),
            element("userTask", "u", startQuantity=quantity),
            border,
            user("z"),
            user("y"),
            flows(f"s u; s y; u z; {identity} z" if border else "s u; s y; u z"),
        ),
    )


def carried(run: Run, new: Bundle, names: dict[str, str]) -> Run:
    blobs, obstacles = migration.translate(run.dump(), run.bundle, new, names)
    assert obstacles == []
    moved = workflow.load(new, blobs)
    moved.listen_anew(run.bundle, names)
    return again(moved)


@pytest.mark.parametrize(
    ("before", "after", "heard"),
    [
        (timer("PT1H"), message("m"), [("b", "message")]),
        (BOTH, message("m") + message("n"), [("b", "message"), ("b", "message")]),
        (BOTH, "", []),
        ("", BOTH, [("b", "message"), ("b", "timer")]),
    ],
)
def test_an_event_follows_the_new_drawing_in_kind_and_in_parts(before, after, heard):
    run = carried(begin(watched(before)), watched(after), {})

    assert [(one.element, one.type) for one in run.waiting()] == heard


def test_an_event_of_several_definitions_may_be_called_otherwise_and_keeps_its_time():
    run = begin(watched(BOTH))
    due = [one.due for one in run.waiting()]
    run = carried(run, watched(BOTH, "other"), {"b": "other"})

    assert [one.element for one in run.waiting()] == ["other", "other"]
    assert [one.due for one in run.waiting()] == due


def test_an_activity_that_still_gathers_tokens_does_not_listen_yet():
    run = carried(begin(watched("", quantity="2")), watched(timer("PT1H"), quantity="2"), {})

    assert run.waiting() == []


CONDITION = (
    '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">'
    "paid and x == 1</bpmn:condition></bpmn:conditionalEventDefinition>"
)
INSIDE = start("ss") + element("intermediateCatchEvent", "c", CONDITION) + user("z")


def test_a_condition_in_a_subprocess_sees_what_the_process_around_it_writes():
    many = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="xs" '
        'camunda:elementVariable="x"/>'
    )
    inside = INSIDE + flows("ss c; c z")
    made = bundle(
        process(
            "p",
            start(),
            gateway("parallel", "f"),
            element("subProcess", "sub", many + inside),
            user("a"),
            user("b"),
            flows("s f; f sub; f a; a b"),
        )
    )
    run = begin(made, {"xs": [1, 2], "paid": False})
    complete(run, "a", paid=True, x=1)  # the item of each instance stays its own

    assert ready(run) == ["b", "z"]


def test_a_condition_in_a_called_process_reads_the_variables_of_that_process():
    made = bundle(
        process(
            "p",
            start(),
            gateway("parallel", "f"),
            element("callActivity", "call", calledElement="q"),
            user("a"),
            user("b"),
            flows("s f; f call; f a; a b"),
        ),
        process("q", INSIDE, flows("ss c; c z")),
    )
    run = begin(made, {"x": 1, "paid": False})
    complete(run, "a", paid=True)

    assert ready(run) == ["b"]


@pytest.mark.parametrize("saved", [True, False])
def test_what_listens_anew_reads_the_variables_of_its_activity_saved_or_not(saved):
    hands = Hands()
    made = bundle(
        NAMES,
        process(
            "p",
            start(),
            gateway("parallel", "f"),
            user("a"),
            user("u"),
            element(
                "boundaryEvent",
                "b",
                message("m") + timer("wait"),
                attachedToRef="u",
                cancelActivity="false",
                parallelMultiple="true",
            ),
            end(),
            user("z"),
            flows("s f; f a; f u; a e; u e; b z"),
        ),
    )
    run = begin(made, {"wait": "PT1H"}, now=hands)
    complete(run, "a", wait="PT9H")  # of another branch
    run = again(run, now=hands) if saved else run
    run.deliver("m")
    hands.forward(hours=1)
    run.fire_timers()
    run.advance()

    assert ready(run) == ["u", "z"]
    hands.forward(hours=1)
    assert [one.due for one in run.waiting() if one.due] == [hands.at]
