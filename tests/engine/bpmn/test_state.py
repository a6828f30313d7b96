"""Saved state: small, stable, free of specifications, and readable for as long as cases live."""

from __future__ import annotations

import pytest

from engine.bpmn import workflow
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
    message,
    operation,
    process,
    ready,
    start,
    subprocess,
    timer,
    user,
)

# Written by format 1; a change of the format keeps it and adds its own.
FORMAT_1 = {
    0: b'[[1,9,2,{}],[[0,"p",[["n",1,1],["form",2,{"a":[1]}],["form",1,{}]],2,'
    b'[[1,"watch",8,4,0,0,0],[4,"call",32,0,0,[0,2],{"flow":"f_g_call"}],'
    b'[5,"a",16,0,0,0,{"flow":"f_g_a"}],[6,"b",8,2,5,0,{"due":"2026-02-01T00:00:00+00:00"}]]]]]',
    4: b'[[1],[[4,"q",[["n",1,1],["form",1,{}]],2,[[8,"sub",32,0,0,0,{"flow":"f_qs_sub"}]]],'
    b'[8,"q#sub",[["n",1,1],["form",1,{}]],2,[[9,"inside",16,0,0,0,{"flow":"f_ss_inside"}]]]]]',
}


def diagram():
    return bundle(
        '<bpmn:message id="m" name="m"/>',
        process(
            "p",
            start(),
            gateway("parallel", "g"),
            element("callActivity", "call", calledElement="q"),
            user("a"),
            boundary("b", "a", timer("2026-02-01T00:00:00Z", "timeDate")),
            gateway("parallel", "j"),
            end(),
            flows("s g; g call; g a; call j; a j; j e"),
            subprocess(
                "watch", start("ws", message("m")) + end("we") + flows("ws we"), by_event=True
            ),
        ),
        process(
            "q",
            start("qs"),
            subprocess("sub", start("ss") + user("inside") + flows("ss inside")),
            flows("qs sub"),
        ),
    )


def test_a_state_of_format_1_is_loaded_and_goes_on():
    run = workflow.load(diagram(), FORMAT_1)

    assert ready(run) == ["a", "inside"]
    assert {t.element: t.data["form"] for t in run.ready_tasks()} == {"a": {"a": [1]}, "inside": {}}
    assert [w.element for w in run.waiting()] == ["ws", "b"]
    complete(run, "inside", done=True)
    complete(run, "a")
    assert run.is_completed()
    assert run.variables == {"n": 1, "form": {"a": [1]}, "done": True}


def test_saving_what_was_loaded_gives_the_same_bytes():
    run = begin(diagram(), {"n": 1, "form": {}})
    blobs = run.dump()

    assert sorted(blobs) == [0, 4]
    other = again(run)
    other._top.loaded = {}  # write the scopes that did not change anew as well
    assert other.dump() == again(run).dump() == blobs
    old = workflow.load(diagram(), FORMAT_1).dump()  # which wrote variables in another order
    assert workflow.load(diagram(), old).dump() == old


def test_a_state_holds_no_specification_and_no_value_twice():
    text = "x" * 1000
    blobs = begin(diagram(), {"text": text}).dump()

    assert blobs[0].count(text.encode()) == 1
    assert b"userTask" not in blobs[0]


def test_an_unknown_format_and_an_orphaned_scope_are_refused():
    with pytest.raises(ValueError, match="format 9"):
        workflow.load(diagram(), {0: b"[[9],[]]"})
    with pytest.raises(ValueError, match="lost its activity"):
        workflow.load(diagram(), {0: FORMAT_1[0], 7: FORMAT_1[4].replace(b"[[4,", b"[[7,")})


HOT = (
    '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">'
    "hot</bpmn:condition></bpmn:conditionalEventDefinition>"
)


def test_a_scope_that_only_a_scope_below_has_changed_is_saved():
    watch = start("ws", HOT, isInterrupting="false") + user("w") + flows("ws w")
    made = bundle(
        process("p", start(), element("callActivity", "c", calledElement="q"), flows("s c")),
        process(
            "q",
            start("qs"),
            element("callActivity", "d", calledElement="r"),
            subprocess("watch", watch, by_event=True),
            flows("qs d"),
        ),
        process("r", start("rs"), user("a"), user("b"), user("x"), flows("rs a; a b; b x")),
    )
    run = kept = begin(made, {"hot": True})
    assert len(run.dump()) == 3
    for name, hot in (("a", False), ("b", True)):  # nothing happens in q when it cools down
        run = again(run)
        for one in (run, kept):
            complete(one, name, hot=hot)
        assert run.dump() == kept.dump()

    assert ready(run) == ["w", "w", "x"]


def test_a_variable_that_became_too_deep_to_be_written_fails_the_step_by_name():
    made = bundle(
        process("p", start(), user("u"), operation("o", "wrap"), user("v"), flows("s u; u o; o v"))
    )
    deep = []
    for _ in range(248):
        deep = [deep]
    run = begin(made, {"x": deep}, operations=lambda context: {"x": [context.variables["x"]]})
    complete(run, "u")

    with pytest.raises(StepFailed, match="p failed: its variables cannot be kept"):
        run.dump()


def test_an_ended_instance_has_no_state():
    run = begin(bundle(process("p", start(), end(), flows("s e"))))

    assert run.is_completed() and run.dump() == {}


def test_choosing_a_flow_overrides_conditions_for_this_run_only():
    made = bundle(
        process(
            "p",
            start(),
            user("u"),
            gateway("exclusive", "g", "f_g_b"),
            user("a"),
            user("b"),
            flows("s u; u g; g a [never]; g b"),
        )
    )
    run = begin(made, {"never": False})
    saved = run.dump()
    run.choose("g", ["f_g_a"])
    complete(run, "u")
    other = workflow.load(made, saved)
    complete(other, "u")

    assert (ready(run), ready(other)) == (["a"], ["b"])


# Written when complex gateways, numbers of tokens and several events were added to format 1.
PHASES = {
    0: b'[[1,12,2,{}],[[0,"p",[["k",2,2]],1,[[2,"a",32,0,0,0,{"flow":"f_s_a","gathers":true}],'
    b'[5,"h",16,0,0,0,{"flow":"f_s_h"}],[6,"b",8,2,5,0,{"came":{"v":1}}],'
    b'[8,"b#1",8,3,6,0,{"due":"2026-01-05T02:00:00+00:00"}],'
    b'[10,"g",32,0,0,0,{"used":["f_c_g"]}],[11,"d",16,0,0,0,{"flow":"f_s_d"}]]]]]'
}


def test_a_state_with_phases_is_loaded_and_goes_on():
    made = bundle(
        '<bpmn:message id="m" name="m"/>',
        process(
            "p",
            start(),
            element("userTask", "a", startQuantity="2"),
            user("h"),
            element(
                "boundaryEvent",
                "b",
                message("m") + timer("PT1H"),
                attachedToRef="h",
                cancelActivity="false",
                parallelMultiple="true",
            ),
            user("c"),
            user("d"),
            element(
                "complexGateway",
                "g",
                '<bpmn:activationCondition xsi:type="bpmn:tFormalExpression">activationCount == 1'
                "</bpmn:activationCondition>",
            ),
            flows("s a; s h; s c; s d; b a; c g; d g; g a"),
        ),
    )
    run = workflow.load(made, PHASES)
    assert run.dump() == PHASES and ready(run) == ["d", "h"]
    assert [(w.element, w.due is None) for w in run.waiting()] == [("b", False)]

    run.fire_timers(run.waiting()[0].due)
    run.advance()
    assert ready(run) == ["a", "d", "h"] and run.variables == {"k": 2, "v": 1}
    for name in ("a", "d", "h"):
        complete(run, name)
    assert run.is_completed()
