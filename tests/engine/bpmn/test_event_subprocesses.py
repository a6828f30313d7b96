"""Event sub-processes: they interrupt or run beside, reach into called processes, and survive."""

from __future__ import annotations

import pytest

from engine.bpmn.bundle import Bundle
from tests.engine.bpmn.diagrams import (
    Hands,
    again,
    begin,
    bundle,
    complete,
    element,
    end,
    error,
    extensions,
    flows,
    gateway,
    happened,
    message,
    operation,
    process,
    ready,
    script,
    start,
    subprocess,
    timer,
    user,
)

STOP = '<bpmn:message id="m_stop" name="case.stopped"/><bpmn:message id="m_note" name="note"/>'


def stopped(inside: str = "") -> str:
    """The event sub-process every matter category has."""
    return subprocess(
        "Stopped",
        start("Event_CaseStopped", message("m_stop"), isInterrupting="true")
        + gateway("exclusive", "kind", default="f_kind_terminate")
        + operation("withdraw", "case.withdraw")
        + operation("terminate", "case.terminate")
        + end("stopped_end")
        + flows(
            "Event_CaseStopped kind; kind withdraw [stop_kind == 'withdraw'];"
            "kind terminate; withdraw stopped_end; terminate stopped_end"
        )
        + inside,
        by_event=True,
    )


def calling() -> Bundle:
    return bundle(
        STOP,
        process(
            "p",
            start(),
            element("callActivity", "call", calledElement="q"),
            user("after"),
            end(),
            flows("s call; call after; after e"),
            stopped(),
        ),
        process(
            "q",
            start("qs"),
            script("set_inside", "accepted = True"),
            gateway("parallel", "fork"),
            user("inside"),
            subprocess(
                "nested", start("ns") + user("deep") + end("ne") + flows("ns deep; deep ne")
            ),
            end("qe"),
            flows("qs set_inside; set_inside fork; fork inside; fork nested; inside qe; nested qe"),
        ),
    )


class Called:
    """A dispatcher that remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, object]]] = []

    def __call__(self, context):
        self.calls.append((context.name, context.variables))
        return {"outcome": context.name}


def test_message_inside_a_called_process_cancels_everything_and_ends_the_process():
    called = Called()
    run = begin(calling(), {"matter": 39}, operations=called)
    assert ready(run) == ["deep", "inside"]

    run = again(run, operations=called)
    assert run.deliver("case.stopped", {"stop_kind": "withdraw"})
    run.advance()

    assert run.is_completed() and run.ended_by == "none"
    assert [name for name, _ in called.calls] == ["case.withdraw"]
    assert called.calls[0][1] == {"matter": 39, "accepted": True, "stop_kind": "withdraw"}
    assert run.variables["outcome"] == "case.withdraw"
    assert sorted(happened(run, "cancelled")) == ["call", "deep", "inside", "nested"]
    assert happened(run, "message") == ["Event_CaseStopped"]
    assert run.dump() == {}


def test_the_default_branch_of_the_stopped_event_is_taken_too():
    called = Called()
    run = begin(calling(), {}, operations=called)

    run.deliver("case.stopped", {"stop_kind": "terminate"})
    run.advance()

    assert [name for name, _ in called.calls] == ["case.terminate"]


def test_message_after_the_scope_has_ended_is_not_taken():
    run = begin(calling(), {}, operations=Called())
    for name in ("inside", "deep", "after"):
        complete(run, name)

    assert run.is_completed()
    assert run.deliver("case.stopped", {}) is False


def test_message_is_taken_only_once_while_the_event_subprocess_runs():
    made = bundle(
        STOP,
        process(
            "p",
            start(),
            user("a"),
            end(),
            flows("s a; a e"),
            subprocess(
                "Stopped",
                start("es", message("m_stop"))
                + user("clear")
                + end("ee")
                + flows("es clear; clear ee"),
                by_event=True,
            ),
        ),
    )
    run = begin(made)
    assert run.deliver("case.stopped") is True
    run.advance()
    run = again(run)

    assert ready(run) == ["clear"]
    assert run.waiting() == []
    assert run.deliver("case.stopped") is False
    complete(run, "clear")
    assert run.is_completed()


def test_two_instances_of_one_bundle_do_not_influence_each_other():
    made = calling()
    called = Called()
    first = begin(made, {"n": 1}, operations=called)
    second = begin(made, {"n": 2}, operations=called)

    first.deliver("case.stopped", {"stop_kind": "withdraw"})
    first.advance()

    assert first.is_completed()
    assert not second.is_completed() and ready(second) == ["deep", "inside"]
    third = begin(made, {"n": 3}, operations=called)
    assert ready(third) == ["deep", "inside"] and third.variables == {"n": 3, "accepted": True}
    for name in ("inside", "deep", "after"):
        complete(second, name)
    assert second.is_completed() and "outcome" not in second.variables


def test_message_is_heard_at_every_place_of_the_main_flow():
    for place in ([], ["inside"], ["inside", "deep"]):
        run = begin(calling(), {}, operations=Called())
        for name in place:
            complete(run, name)
        run = again(run, operations=Called())

        assert run.deliver("case.stopped", {"stop_kind": "withdraw"})
        run.advance()

        assert run.is_completed(), place


def beside() -> Bundle:
    return bundle(
        STOP,
        process(
            "p",
            start(),
            user("a"),
            end(),
            flows("s a; a e"),
            subprocess(
                "Noted",
                start("es", message("m_note"), isInterrupting="false")
                + user("read_note")
                + end("ee")
                + flows("es read_note; read_note ee"),
                by_event=True,
            ),
        ),
    )


def test_non_interrupting_message_runs_beside_and_can_come_again():
    run = begin(beside())
    for text in ("one", "two"):
        assert run.deliver("note", {"text": text})
        run.advance()
        run = again(run)

    assert ready(run) == ["a", "read_note", "read_note"]
    texts = [t.data["text"] for t in run.ready_tasks() if t.element == "read_note"]
    assert texts == ["one", "two"]
    complete(run, "a")
    assert not run.is_completed()
    complete(run, "read_note")
    complete(run, "read_note")
    assert run.is_completed()


def test_timer_start_of_an_event_subprocess_repeats_beside_the_flow():
    hands = Hands()
    made = bundle(
        process(
            "p",
            start(),
            user("a"),
            end(),
            flows("s a; a e"),
            subprocess(
                "Reminder",
                start("es", timer("R2/P1D", "timeCycle"), isInterrupting="false")
                + script("count", "reminded = True")
                + end("ee")
                + flows("es count; count ee"),
                by_event=True,
            ),
        )
    )
    run = begin(made, {}, now=hands)
    fired = []
    for _ in range(4):
        hands.forward(days=1, seconds=1)
        fired.append(run.fire_timers(hands.at))
        run.advance()
        run = again(run, now=hands)

    assert fired == [1, 1, 0, 0]
    assert ready(run) == ["a"] and run.variables == {"reminded": True}


@pytest.mark.parametrize("code, caught", [("E1", True), ("E2", False)])
def test_error_start_of_an_event_subprocess_catches_its_code(code, caught):
    made = bundle(
        '<bpmn:error id="err" name="x" errorCode="E1"/>',
        f'<bpmn:error id="thrown" name="y" errorCode="{code}"/>',
        process(
            "p",
            start(),
            element("callActivity", "call", calledElement="q"),
            end(),
            flows("s call; call e"),
            subprocess(
                "Failed",
                start("es", error("err")) + user("mend") + end("ee") + flows("es mend; mend ee"),
                by_event=True,
            ),
        ),
        process("q", start("qs"), user("b"), end("qe", error("thrown")), flows("qs b; b qe")),
    )
    run = begin(made)
    complete(run, "b")

    if caught:
        assert ready(run) == ["mend"]
    else:
        assert run.ended_by == "error" and run.error_code == "E2"


def test_event_subprocess_inside_a_called_process_ends_only_that_process():
    made = bundle(
        STOP,
        process(
            "p",
            start(),
            element("callActivity", "call", calledElement="q"),
            user("after"),
            end(),
            flows("s call; call after; after e"),
        ),
        process(
            "q",
            start("qs"),
            user("inside"),
            end("qe"),
            flows("qs inside; inside qe"),
            subprocess(
                "Stopped",
                start("es", message("m_stop"))
                + script("mark", "lapsed = True")
                + end("ee")
                + flows("es mark; mark ee"),
                by_event=True,
            ),
        ),
    )
    run = again(begin(made))

    assert run.deliver("case.stopped")
    run.advance()

    assert ready(run) == ["after"]
    assert run.variables == {"lapsed": True}


def test_instances_of_a_repeated_call_are_cancelled_too():
    made = bundle(
        STOP,
        process(
            "p",
            start(),
            element(
                "callActivity",
                "call",
                "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3"
                "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
                calledElement="q",
            ),
            end(),
            flows("s call; call e"),
            stopped(),
        ),
        process("q", start("qs"), user("inside"), end("qe"), flows("qs inside; inside qe")),
    )
    run = again(begin(made, {}, operations=Called()), operations=Called())
    assert ready(run) == ["inside"] * 3

    run.deliver("case.stopped", {"stop_kind": "withdraw"})
    run.advance()

    assert run.is_completed()
    assert happened(run, "cancelled").count("inside") == 3


def test_extensions_of_tasks_inside_an_event_subprocess_are_kept():
    made = bundle(
        STOP,
        process(
            "p",
            start(),
            user("a"),
            end(),
            flows("s a; a e"),
            subprocess(
                "Noted",
                start("es", message("m_note"), isInterrupting="false")
                + user("read", extensions('<tongban:office role="handling"/>'))
                + end("ee")
                + flows("es read; read ee"),
                by_event=True,
            ),
        ),
    )
    run = begin(made)
    run.deliver("note")
    run.advance()

    (task,) = [t for t in run.ready_tasks() if t.element == "read"]
    assert task.extensions.office == "handling"
