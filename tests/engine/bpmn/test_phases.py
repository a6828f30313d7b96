"""Phases: gateways, events and tasks that keep something between two tokens, saved in between."""

from __future__ import annotations

import pytest

from engine.bpmn import migration, parser, workflow
from engine.bpmn.errors import StepFailed
from tests.engine.bpmn.diagrams import (
    Hands,
    again,
    begin,
    boundary,
    bundle,
    complete,
    document,
    element,
    end,
    flows,
    gateway,
    happened,
    message,
    process,
    ready,
    script,
    start,
    subprocess,
    timer,
    user,
)

ROOT = '<bpmn:message id="m" name="m"/><bpmn:signal id="sig" name="sig"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="sig"/>'
ANY_SIGNAL = "<bpmn:signalEventDefinition/>"


def complex_gateway(identity: str, condition: str) -> str:
    inside = (
        '<bpmn:activationCondition xsi:type="bpmn:tFormalExpression">'
        f"{condition}</bpmn:activationCondition>"
    )
    return element("complexGateway", identity, inside)


PLAIN = process(
    "p",
    start(),
    gateway("exclusive", "m"),
    gateway("parallel", "f"),
    user("a"),
    user("b"),
    user("c"),
    complex_gateway("g", "activationCount &gt;= 2"),
    user("z"),
    user("late"),
    gateway("exclusive", "x", "f_x_e"),
    end(),
    flows(
        "s m; m f; f a; f b; f c; a g; b g; c g; g z [waitingForStart]; "
        "g late [not waitingForStart and n > 2]; z x; x m [again]; x e; late e"
    ),
)
DISCRIMINATOR = bundle(PLAIN)


def test_a_complex_gateway_fires_on_some_waits_for_the_rest_and_starts_anew():
    run = begin(DISCRIMINATOR)
    for name in "ab":
        complete(run, name, n=1)
        run = again(run)
    assert ready(run) == ["c", "z"]
    complete(run, "c", n=3)
    run = again(run)
    assert ready(run) == ["late", "z"]
    complete(run, "late", again=True)
    complete(run, "z", again=True)
    assert ready(run) == ["a", "b", "c"]
    complete(run, "c", n=1)
    complete(run, "a", n=1)
    assert ready(run) == ["b", "z"]


def test_a_complex_gateway_that_is_never_activated_keeps_its_tokens():
    made = bundle(
        process(
            "p",
            start(),
            user("a"),
            user("b"),
            complex_gateway("g", "activationCount &gt; 2"),
            end(),
            flows("s a; s b; a g; b g; g e"),
        )
    )
    run = begin(made)
    complete(run, "a")
    complete(run, "b")
    assert not run.is_completed() and ready(again(run)) == []


def test_a_complex_gateway_none_of_whose_conditions_holds_says_so():
    made = bundle(
        process(
            "p",
            start(),
            user("a"),
            user("b"),
            complex_gateway("g", "activationCount == 1"),
            end(),
            flows("s a; s b; a g; b g; g e [waitingForStart and n > 5]"),
        )
    )
    with pytest.raises(StepFailed, match="no condition"):
        complete(begin(made), "a", n=1)


def test_tokens_that_one_execution_takes_are_joined_with_their_newest_values():
    made = bundle(
        process(
            "p",
            start(),
            user("a"),
            user("b"),
            element("userTask", "z", startQuantity="2"),
            boundary("w", "z", timer("PT1H")),
            end(),
            flows("s a; s b; a z; b z; z e; w e"),
        )
    )
    run = begin(made)
    complete(run, "a", x=1, y=1)
    run = again(run)
    assert ready(run) == ["b"] and run.waiting() == []
    complete(run, "b", x=2)
    run = again(run)
    assert [t.data for t in run.ready_tasks()] == [{"x": 2, "y": 1}]
    complete(run, "z")
    assert run.is_completed() and happened(run, "completed").count("z") == 1


def test_parts_of_an_event_are_kept_while_others_are_still_to_come():
    hands = Hands()
    inside = message("m") + timer("PT1H")
    event = element(
        "boundaryEvent",
        "b",
        inside,
        attachedToRef="a",
        cancelActivity="false",
        parallelMultiple="true",
    )
    made = bundle(ROOT + process("p", start(), user("a"), event, user("x"), flows("s a; b x")))
    run = begin(made, {}, now=hands)
    assert [(w.element, w.type) for w in run.waiting()] == [("b", "message"), ("b", "timer")]
    for _ in range(2):
        assert run.deliver("m", {"v": 1}) and not run.deliver("m")
        run = again(run, now=hands)
        hands.forward(hours=1)
        run.fire_timers(hands.at)
        run.advance()
        run = again(run, now=hands)
    assert ready(run) == ["a", "x", "x"] and run.variables == {"v": 1}


def test_the_first_of_several_events_ends_the_wait_for_the_others():
    made = bundle(
        ROOT
        + process(
            "p",
            start(),
            element("intermediateCatchEvent", "c", message("m") + SIGNAL + timer("PT1H")),
            user("a"),
            flows("s c; c a"),
        )
    )
    run = again(begin(made))
    assert len(run.waiting()) == 3 and run.signal("sig") == 1
    assert not run.deliver("m")
    run.advance()
    assert ready(run) == ["a"] and again(run).waiting() == []


def test_an_event_gateway_and_an_event_subprocess_hear_several_events():
    started = start("es", message("m") + SIGNAL, isInterrupting="false")
    made = bundle(
        ROOT
        + process(
            "p",
            start(),
            gateway("eventBased", "g"),
            element("intermediateCatchEvent", "c", SIGNAL + timer("PT1H")),
            element("intermediateCatchEvent", "d", timer("PT2H")),
            user("a"),
            flows("s g; g c; g d; c a"),
            subprocess("x", started + user("h") + flows("es h"), by_event=True),
        )
    )
    run = again(begin(made))
    assert run.deliver("m")
    run.advance()
    run = again(run)
    assert ready(run) == ["h"] and run.signal("sig") == 2
    run.advance()
    assert ready(run) == ["a", "h", "h"] and len(run.waiting()) == 2


def test_a_signal_is_heard_inside_first_and_ends_an_activity_once():
    handler = subprocess(
        "x",
        start("es", SIGNAL) + element("endEvent", "ee", SIGNAL) + flows("es ee"),
        by_event=True,
    )
    made = bundle(
        ROOT
        + process(
            "p",
            start(),
            subprocess("sub", start("ss") + user("a") + flows("ss a") + handler),
            boundary("b", "sub", SIGNAL),
            user("after"),
            flows("s sub; b after"),
        )
    )
    run = begin(made)
    assert run.signal("sig") == 1
    run.advance()
    assert ready(run) == ["after"] and "ee" in happened(run, "entered")


def test_what_a_drawing_leaves_open_waits_until_it_is_fired_by_hand():
    made = parser.bundle(
        {
            "t.bpmn": document(
                process(
                    "p",
                    start(),
                    element("receiveTask", "r"),
                    boundary("t", "r", "<bpmn:timerEventDefinition/>", interrupting=False),
                    element("intermediateCatchEvent", "c", ANY_SIGNAL),
                    element("intermediateThrowEvent", "d", ANY_SIGNAL),
                    user("a"),
                    flows("s r; s c; t d; c a"),
                ).replace('isExecutable="true"', 'isExecutable="false"')
            )
        },
        "p",
        drawings=True,
    )
    run = again(begin(made))
    assert [(w.element, w.due) for w in run.waiting()] == [
        ("r", None),
        ("t", None),
        ("c", None),
    ]
    run.fire(next(w.id for w in run.waiting() if w.element == "t"))
    run.advance()
    assert ready(run) == ["a"] and [w.element for w in run.waiting()] == ["r", "t"]
    assert [thrown.name for thrown in run.outbox] == [""]


def test_a_gateway_that_nothing_decides_fails_unless_a_trace_chooses():
    xml = process(
        "p", start(), gateway("exclusive", "g"), user("a"), user("b"), flows("s g; g a; g b")
    )
    made = parser.bundle({"t.bpmn": document(xml)}, "p", drawings=True)
    with pytest.raises(StepFailed, match="no condition says") as failed:
        begin(made)
    assert failed.value.element == "f_g_a"
    run = workflow.start(made)
    run.choose("g", ["f_g_b"])
    run.advance()
    assert ready(run) == ["b"]


def test_a_paused_task_waits_until_it_is_completed_by_hand():
    made = bundle(process("p", start(), script("a", "n = 1"), user("b"), flows("s a; a b")))
    run = workflow.start(made)
    run.pause({"a"})
    run.advance()
    assert ready(run) == ["a"] and run.variables == {}
    complete(run, "a")
    assert ready(run) == ["b"] and run.variables == {"n": 1}


@pytest.mark.parametrize("behavior, heard", [("None", 3), ("One", 1)])
def test_a_repetition_throws_as_its_instances_complete(behavior, heard):
    repeat = (
        f'<bpmn:multiInstanceLoopCharacteristics behavior="{behavior}" '
        f'{behavior.lower()}BehaviorEventRef="sed"><bpmn:loopCardinality>3</bpmn:loopCardinality>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    made = bundle(
        '<bpmn:signal id="sig" name="sig"/><bpmn:signalEventDefinition id="sed" signalRef="sig"/>',
        process(
            "p",
            start(),
            user("a", repeat),
            boundary("b", "a", SIGNAL, interrupting=False),
            user("x"),
            flows("s a; b x"),
        ),
    )
    run = begin(made)
    for _ in range(3):
        run = again(run)
        complete(run, "a")
    assert ready(run) == ["x"] * heard


def test_flows_of_an_activated_complex_gateway_may_be_called_otherwise_in_a_new_version():
    run = begin(DISCRIMINATOR)
    complete(run, "a", n=1)
    complete(run, "b", n=1)
    names = {"f_a_g": "from_a", "f_b_g": "from_b", "f_c_g": "from_c"}
    text = document(PLAIN).decode()
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    renamed = parser.bundle({"t.bpmn": text.encode()}, "p")
    blobs, obstacles = migration.translate(run.dump(), run.bundle, renamed, names)
    run = workflow.load(renamed, blobs)
    complete(run, "c", n=3)

    assert obstacles == [] and ready(run) == ["late", "z"]


def test_people_choose_in_an_ad_hoc_subprocess_until_its_condition_holds():
    inside = (
        user("look")
        + user("ask")
        + user("answer")
        + flows("ask answer")
        + '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">clear'
        "</bpmn:completionCondition>"
    )
    made = bundle(
        process(
            "p",
            start(),
            element("adHocSubProcess", "hear", inside),
            user("decide"),
            flows("s hear; hear decide"),
        )
    )
    run = begin(made, {"clear": False})
    assert ready(run) == ["ask", "look"]
    complete(run, "ask", asked=1)
    run = again(run)
    assert ready(run) == ["answer", "ask", "look"]
    complete(run, "look", seen=True)
    assert ready(run) == ["answer", "ask", "look"]
    assert [t.data["seen"] for t in run.ready_tasks() if t.element == "look"] == [True]
    run = again(run)
    complete(run, "answer", clear=True)

    assert ready(run) == ["decide"]
    assert sorted(happened(run, "cancelled")) == ["ask", "look"]
    assert run.variables == {"clear": True, "asked": 1, "seen": True}
