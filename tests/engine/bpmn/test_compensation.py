"""Compensation: what completed is undone in reverse order, saved and loaded at every step."""

from __future__ import annotations

import pytest

from engine.bpmn import migration, workflow
from engine.bpmn.bundle import Bundle
from engine.bpmn.errors import BpmnError
from tests.engine.bpmn.diagrams import (
    again,
    begin,
    boundary,
    bundle,
    complete,
    element,
    end,
    error,
    extensions,
    flows,
    gateway,
    happened,
    process,
    ready,
    script,
    start,
    subprocess,
    user,
)

CANCEL = "<bpmn:cancelEventDefinition/>"


def undo(activity: str = "", wait: str = "true") -> str:
    target = f' activityRef="{activity}"' if activity else ""
    return f'<bpmn:compensateEventDefinition{target} waitForCompletion="{wait}"/>'


def throw(identity: str, activity: str = "", wait: str = "true") -> str:
    return element("intermediateThrowEvent", identity, undo(activity, wait))


def undone_by(activity: str, handler: str, kind: str = "userTask", inside: str = "") -> str:
    return (
        boundary(f"c_{activity}", activity, undo())
        + element(kind, handler, inside, isForCompensation="true")
        + f'<bpmn:association id="x_{activity}" associationDirection="One" '
        f'sourceRef="c_{activity}" targetRef="{handler}"/>\n'
    )


def test_everything_is_undone_in_reverse_order_with_the_variables_of_its_completion():
    made = bundle(
        process(
            "p",
            start(),
            user("a") + undone_by("a", "undo_a"),
            user("b") + undone_by("b", "undo_b"),
            user("plain"),
            throw("t"),
            end(),
            flows("s a; a b; b plain; plain t; t e"),
        )
    )
    run = begin(made, {"room": 1})
    complete(run, "a", room=2)
    run = again(run)
    complete(run, "b", room=3)
    complete(run, "plain", room=4)
    run = again(run)

    assert ready(run) == ["undo_b"]
    assert run.ready_tasks()[0].data == {"room": 3}
    complete(run, "undo_b", freed=[3])
    run = again(run)
    assert ready(run) == ["undo_a"]
    assert run.ready_tasks()[0].data == {"room": 2}
    complete(run, "undo_a", freed=[3, 2])
    assert run.is_completed() and run.variables == {"room": 4, "freed": [3, 2]}


def test_what_ran_at_the_same_time_is_undone_at_the_same_time():
    made = bundle(
        process(
            "p",
            start(),
            user("a") + undone_by("a", "undo_a"),
            gateway("parallel", "g"),
            user("b") + undone_by("b", "undo_b"),
            user("c") + undone_by("c", "undo_c"),
            gateway("parallel", "j"),
            element("endEvent", "e", undo()),
            flows("s a; a g; g b; g c; b j; c j; j e"),
        )
    )
    run = begin(made)
    for name in "abc":
        complete(run, name)
        run = again(run)
    assert ready(run) == ["undo_b", "undo_c"]
    complete(run, "undo_b")
    assert ready(run) == ["undo_c"]
    complete(run, "undo_c")
    run = again(run)
    assert ready(run) == ["undo_a"]
    complete(run, "undo_a")
    assert run.is_completed() and happened(run, "completed")[-1] == "e"


def test_one_activity_is_undone_for_each_time_it_completed_and_only_once():
    made = bundle(
        process(
            "p",
            start(),
            gateway("exclusive", "m"),
            user("a") + undone_by("a", "undo_a"),
            gateway("exclusive", "x", "f_x_b"),
            user("b") + undone_by("b", "undo_b"),
            throw("one", "a"),
            user("between"),
            throw("all"),
            end(),
            flows("s m; m a; a x; x m [more]; x b; b one; one between; between all; all e"),
        )
    )
    run = begin(made)
    complete(run, "a", n=1, more=True)
    complete(run, "a", n=2, more=False)
    complete(run, "b", n=3)
    seen = []
    while ready(run) == ["undo_a"]:
        run = again(run)
        seen.append(run.ready_tasks()[0].data["n"])
        complete(run, "undo_a")
    assert seen == [2, 1] and ready(run) == ["between"]
    complete(run, "between")
    assert ready(run) == ["undo_b"]
    complete(run, "undo_b")
    assert run.is_completed()


def test_a_subprocess_without_handler_undoes_what_is_inside_and_one_with_handler_does_not():
    def inside(name: str) -> str:
        body = start(f"s{name}") + user(name) + undone_by(name, f"undo_{name}")
        return subprocess(f"sub{name}", body + flows(f"s{name} {name}"))

    made = bundle(
        process(
            "p",
            start(),
            inside("a"),
            inside("b") + undone_by("subb", "black_box"),
            throw("t"),
            end(),
            flows("s suba; suba subb; subb t; t e"),
        )
    )
    run = begin(made)
    complete(run, "a")
    run = again(run)
    complete(run, "b")
    run = again(run)
    assert ready(run) == ["black_box"]
    complete(run, "black_box")
    run = again(run)
    assert ready(run) == ["undo_a"]
    complete(run, "undo_a", back=True)
    assert run.is_completed() and run.variables == {"back": True}
    assert happened(run, "taken")[-1] == "f_t_e"


def test_a_compensation_event_subprocess_runs_with_the_data_of_completion_and_may_go_on_inside():
    handler = subprocess(
        "h",
        start("hs", undo())
        + script("note", "noted = n")
        + throw("inner", "a")
        + end("he")
        + flows("hs note; note inner; inner he"),
        by_event=True,
    )
    body = start("ss") + user("a") + undone_by("a", "undo_a") + handler + flows("ss a")
    made = bundle(
        process(
            "p",
            start(),
            subprocess("sub", body),
            user("b"),
            throw("t", "sub"),
            end(),
            flows("s sub; sub b; b t; t e"),
        )
    )
    run = begin(made)
    complete(run, "a", n=1)
    run = again(run)
    complete(run, "b", n=2)
    run = again(run)
    assert ready(run) == ["undo_a"]
    complete(run, "undo_a")
    assert run.is_completed() and run.variables == {"n": 2, "noted": 1}


def test_a_called_process_is_undone_like_a_subprocess():
    made = bundle(
        process(
            "p",
            start(),
            element("callActivity", "call", calledElement="q"),
            throw("t", "call"),
            end(),
            flows("s call; call t; t e"),
        ),
        process("q", start("qs"), user("a") + undone_by("a", "undo_a"), flows("qs a")),
    )
    run = begin(made)
    complete(run, "a")
    run = again(run)
    assert ready(run) == ["undo_a"] and len(run.dump()) == 2
    complete(run, "undo_a")
    assert run.is_completed()
    assert happened(run, "ended") == ["q", "p"]


@pytest.mark.parametrize("order, first", [("true", ["undo"]), ("false", ["undo", "undo"])])
def test_instances_of_a_repetition_are_undone_one_by_one(order, first):
    repeat = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}">'
        "<bpmn:loopDataInputRef>rooms</bpmn:loopDataInputRef>"
        '<bpmn:inputDataItem id="room" name="room"/></bpmn:multiInstanceLoopCharacteristics>'
    )
    made = bundle(
        process(
            "p",
            start(),
            user("a", repeat) + undone_by("a", "undo"),
            throw("t"),
            end(),
            flows("s a; a t; t e"),
        )
    )
    run = begin(made, {"rooms": [7, 8]})
    complete(run, "a")
    complete(run, "a")
    assert ready(run) == first
    seen = []
    while not run.is_completed():
        run = again(run)
        seen.append(run.ready_tasks()[-1].data["room"])
        run.complete(run.ready_tasks()[-1].id)
        run.advance()
    assert seen == [8, 7] and run.variables == {"rooms": [7, 8]}


def test_a_throw_that_does_not_wait_goes_on_while_the_process_stays_open():
    made = bundle(
        process(
            "p",
            start(),
            user("a") + undone_by("a", "undo_a"),
            throw("t", "a", wait="false"),
            user("b"),
            flows("s a; a t; t b"),
        )
    )
    run = begin(made)
    complete(run, "a")
    assert ready(run) == ["b", "undo_a"]
    complete(run, "b")
    run = again(run)
    assert not run.is_completed()
    complete(run, "undo_a")
    assert run.is_completed()


@pytest.mark.parametrize("deep", [False, True])
def test_a_cancelled_transaction_undoes_before_it_is_left(deep):
    if deep:
        out = element("endEvent", "x", error()) + subprocess(
            "es",
            start("ess", error()) + element("endEvent", "ese", CANCEL) + flows("ess ese"),
            by_event=True,
        )
    else:
        out = element("endEvent", "x", CANCEL)
    body = (
        start("ts")
        + user("a")
        + undone_by("a", "undo_a")
        + user("other")
        + out
        + flows("ts a; ts other; a x")
    )
    made = bundle(
        process(
            "p",
            start(),
            element("transaction", "tx", body),
            boundary("cancelled", "tx", CANCEL),
            user("after"),
            end(),
            flows("s tx; tx e; cancelled after"),
        )
    )
    run = begin(made)
    complete(run, "a")
    run = again(run)
    assert ready(run) == ["undo_a"]
    complete(run, "undo_a")
    assert ready(run) == ["after"] and "f_tx_e" not in happened(run, "taken")


def test_what_ended_abnormally_is_not_undone():
    body = start("ss") + user("a") + undone_by("a", "undo_a")
    body += element("endEvent", "x", "<bpmn:terminateEventDefinition/>") + flows("ss a; a x")
    made = bundle(
        process(
            "p", start(), subprocess("sub", body), throw("t"), end(), flows("s sub; sub t; t e")
        )
    )
    run = begin(made)
    complete(run, "a")
    assert run.is_completed() and "undo_a" not in happened(run, "entered")


def test_an_error_of_a_handler_looks_outwards_and_leaves_the_throw():
    def refuse(context):
        raise BpmnError("no")

    body = start("ss") + script("a", "x = 1")
    call = extensions('<tongban:operation name="refuse"/>')
    body += undone_by("a", "undo_a", "serviceTask", call)
    made = bundle(
        '<bpmn:error id="no" errorCode="no"/>',
        process(
            "p",
            start(),
            subprocess("sub", body + throw("t") + end("se") + flows("ss a; a t; t se")),
            boundary("failed", "sub", error("no")),
            user("mend"),
            flows("s sub; failed mend"),
        ),
    )
    run = begin(made, operations=refuse)
    assert ready(run) == ["mend"] and again(run).dump() == run.dump()


# Written when compensation was added; the sixth piece of a scope is what it remembers.
STORED = {
    0: b'[[1,10,3,{}],[[0,"p",[["n",3,5],["n",2,4]],1,[[8,"t",32,0,0,0,{"flow":"f_more_t"}],['
    b'9,"sub",32,0,0,[1],{"undoes":6}]],[[6,"sub",2,[1],[[5,"a",4,[1],0,9,10]],8,9]]],[9,"'
    b'p#sub",[["n",2,4]],1,[[10,"undo_a",16,0,0,0,{"undoes":5}]],[[5,"a",4,[0],0,9,10]]]]]',
}


def test_a_stored_state_with_memories_is_loaded_and_goes_on():
    body = start("ss") + user("a") + undone_by("a", "undo_a") + flows("ss a")
    made = bundle(
        process(
            "p",
            start(),
            subprocess("sub", body),
            script("more", "n = 5"),
            throw("t"),
            end(),
            flows("s sub; sub more; more t; t e"),
        )
    )
    run = workflow.load(made, STORED)
    assert run.ready_tasks()[0].data == {"n": 4}
    assert again(run).dump() == run.dump()
    complete(run, "undo_a")
    assert run.is_completed() and run.variables == {"n": 5}


def test_nothing_is_remembered_without_a_handler():
    run = begin(bundle(process("p", start(), user("a"), user("b"), flows("s a; a b"))))
    complete(run, "a", text="x" * 100)
    assert b'"a"' not in run.dump()[0]


@pytest.mark.parametrize(
    "parts, rule, bad",
    [
        (user("a") + boundary("c", "a", undo()), "compensation-without-handler", "c"),
        (user("a") + throw("t", "nowhere"), "compensation-target", "t"),
        (
            user("a") + subprocess("sub", user("b")) + throw("t", "b"),
            "compensation-target",
            "t",
        ),
    ],
)
def test_compensation_that_cannot_happen_is_refused_by_name(parts, rule, bad):
    from engine.bpmn import parser
    from tests.engine.bpmn.diagrams import document

    files = {"t.bpmn": document(process("p", start(), parts, flows("s a")))}
    found = [(p.rule, p.element, p.kind) for p in parser.parse(files).errors]
    assert (rule, bad, "unsupported") in found


def test_a_handler_whose_throw_was_interrupted_goes_on_and_nothing_is_undone_twice():
    stop = '<bpmn:messageEventDefinition messageRef="m"/>'
    beside = subprocess(
        "es",
        start("ess", '<bpmn:signalEventDefinition signalRef="sig"/>', isInterrupting="false")
        + subprocess("y", start("ys") + user("x") + flows("ys x"))
        + throw("inner")
        + flows("ess y; y inner"),
        by_event=True,
    )
    made = bundle(
        '<bpmn:message id="m" name="m"/><bpmn:signal id="sig" name="sig"/>',
        process(
            "p",
            start(),
            user("a") + undone_by("a", "undo_a"),
            user("b"),
            boundary("off", "b", stop),
            throw("last"),
            end(),
            flows("s a; a b; off last; last e"),
            beside,
        ),
    )
    run = begin(made)
    complete(run, "a")
    run.signal("sig")
    run.advance()
    complete(run, "x")
    run = again(run)
    assert ready(run) == ["b", "undo_a"]  # the event sub-process waits for the handler
    run.deliver("m")
    run.advance()
    assert ready(run) == ["undo_a"] and "e" in happened(run, "entered")
    complete(run, "undo_a")
    assert run.is_completed() and happened(run, "entered").count("undo_a") == 0


@pytest.mark.parametrize(
    "inner, obstacles",
    [
        (user("a") + undone_by("a", "undo_a"), []),
        (user("a"), [("a", "undo-gone")]),
        (user("b") + undone_by("b", "undo_b"), [("a", "undo-gone")]),
    ],
)
def test_a_new_version_must_still_know_how_to_undo_what_was_done(inner, obstacles):
    def version(inside: str, first: str) -> Bundle:
        body = start("ss") + inside + flows(f"ss {first}")
        parts = subprocess("sub", body) + user("z") + throw("t") + flows("s sub; sub z; z t")
        return bundle(process("p", start(), parts))

    old = version(user("a") + undone_by("a", "undo_a"), "a")
    run = begin(old)
    complete(run, "a")
    new = version(inner, "b" if 'id="b"' in inner else "a")
    _, found = migration.translate(run.dump(), old, new, {})
    assert [(one.element, one.reason) for one in found] == obstacles
