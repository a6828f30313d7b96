"""Saved state: small, stable, free of specifications, and readable for as long as cases live."""

from __future__ import annotations

import pytest

from engine.bpmn import workflow
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
    assert again(run).dump() == blobs
    assert workflow.load(diagram(), FORMAT_1).dump() == FORMAT_1


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
