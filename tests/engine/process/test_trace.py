"""Trace: commands, events and the clock that stands still; the same run every time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.bpmn.errors import StepFailed
from engine.db import Database, transaction
from engine.process import definitions
from engine.process.definitions import DeploymentRejected
from engine.process.forms import FormInvalid
from engine.process.trace import Trace, plan, protocol
from engine.process.trace.errors import CommandInvalid, NothingWaits, ProcessNotNamed
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world
from tests.engine.process.world import SYSTEM

SIGNAL = '<bpmn:signal id="S" name="storm"/>'
PAID = '<bpmn:message id="M" name="paid"/>'
LOGGING = d.process("p", d.start(), d.script("A", 'log("one", 2)'), d.end(), d.flows("s A; A e"))


@pytest.fixture
def opened() -> Iterator[list[Trace]]:
    made: list[Trace] = []
    yield made
    for one in made:
        one.close()


@pytest.fixture
def trace(opened: list[Trace]) -> Any:
    def make(*parts: str, probes: dict[str, bool] | None = None, **files: bytes) -> Trace:
        named = {name.replace("_", "."): data for name, data in files.items()}
        opened.append(Trace({"t.bpmn": d.document(*parts)} | named, probes=probes))
        return opened[-1]

    return make


def path(events: list[dict[str, Any]], kind: str = "entered") -> list[str]:
    return [one["element"] for one in events if one["event"] == kind]


def waiting(trace: Trace) -> list[tuple[str, str]]:
    return [(one["type"], one["element"]) for one in trace.status()["waiting"]]


def test_a_run_goes_from_task_to_task(trace: Any) -> None:
    run = trace(world.two_tasks())

    started = run.start(None, {"amount": 3})
    run.complete("A", {"seen": True})
    finished = run.complete("B")

    assert path(started) == ["s", "A"]
    assert path(started, "taken") == ["f_s_A"]
    assert path(finished, "ended") == ["p"]
    status = run.status()
    assert (status["status"], status["waiting"], status["incidents"]) == ("completed", [], [])
    (instance,) = status["instances"]
    assert instance == {
        "instance": "1",
        "process": "p",
        "status": "completed",
        "ended_by": "none",
        "error_code": None,
        "variables": {"amount": 3, "seen": True},
    }


def test_events_have_the_promised_shape(trace: Any) -> None:
    run = trace(LOGGING, probes={"log": False})

    call = next(one for one in run.start() if one["event"] == "call")

    assert call == {
        "at": "2026-01-05T01:00:00.000000Z",
        "instance": "1",
        "process": "p",
        "event": "call",
        "element": "A",
        "type": "scriptTask",
        "name": "log",
        "args": ["one", 2],
        "code": None,
    }


def test_the_same_commands_give_the_same_lines(opened: list[Trace]) -> None:
    catch = d.element("intermediateCatchEvent", "C", '<bpmn:signalEventDefinition signalRef="S"/>')
    parts = SIGNAL + d.process(
        "p", d.start(), catch, d.user("A"), d.end(), d.flows("s C; C A; A e")
    )
    told = []
    for _ in range(2):
        run = Trace({"t.bpmn": d.document(parts)})
        opened.append(run)
        events = [one for _ in range(5) for one in run.start()]
        events += run.signal("storm") + run.advance("PT1H")
        told.append(json.dumps([events, run.status()]))

    assert told[0] == told[1]
    assert told[0].count('"entered", "element": "A"') == 5


def test_a_probe_that_raises_leaves_by_the_error_it_names(trace: Any) -> None:
    error = '<bpmn:error id="E" errorCode="late"/>'
    process = d.process(
        "p",
        d.start(),
        d.script("A", 'throw_error("late")'),
        d.boundary("B", "A", d.error("E")),
        d.user("Mend"),
        d.end(),
        d.flows("s A; A e; B Mend; Mend e"),
    )
    run = trace(error, process, probes={"throw_error": True})

    events = run.start()

    assert waiting(run) == [("userTask", "Mend")]
    assert [one["code"] for one in events if one["event"] == "error"] == ["late"]


def test_a_probe_exists_in_its_trace_alone(trace: Any, database: Database) -> None:
    assert not trace(LOGGING, probes={"log": False}).refused
    assert trace(LOGGING).refused

    with transaction(database) as session, pytest.raises(DeploymentRejected) as rejected:
        definitions.deploy(session, {"t.bpmn": d.document(LOGGING)}, by=SYSTEM)

    errors = [one for one in rejected.value.problems if one.severity == "error"]
    assert [(one.kind, one.element) for one in errors] == [("unsafe", "A")]


def test_time_stands_still_until_it_is_moved(trace: Any) -> None:
    catch = d.element("intermediateCatchEvent", "T", d.timer("PT0S"))
    later = d.element("intermediateCatchEvent", "U", d.timer("PT2H"))
    run = trace(d.process("p", d.start(), catch, later, d.end(), d.flows("s T; T U; U e")))

    run.start()
    assert waiting(run) == [("timer", "T")]
    run.advance("PT1H")
    assert waiting(run) == [("timer", "U")]
    (wait,) = run.status()["waiting"]
    assert wait["due"] == "2026-01-05T03:00:00.000000Z"

    events = run.advance("P1D")

    assert {one["at"] for one in events} == {"2026-01-05T03:00:00.000000Z"}
    assert run.status()["status"] == "completed"


def test_an_event_can_be_fired_by_hand_before_its_time(trace: Any) -> None:
    catch = d.element("intermediateCatchEvent", "T", d.timer("P1D"))
    run = trace(d.process("p", d.start(), catch, d.end(), d.flows("s T; T e")))
    run.start()

    events = run.fire("T")

    assert path(events, "timer") == ["T"]
    assert events[0]["at"] == "2026-01-05T01:00:00.000000Z"
    with pytest.raises(NothingWaits):
        run.fire("T")


def test_chosen_flows_take_the_place_of_conditions(trace: Any) -> None:
    process = d.process(
        "p",
        d.start(),
        d.gateway("exclusive", "G", default="f_G_B"),
        d.user("A"),
        d.user("B"),
        d.end(),
        d.flows("s G; G A [missing > 1]; G B; A e; B e"),
    )
    run = trace(process)

    run.choose("G", ["f_G_A"])
    run.start()

    assert waiting(run) == [("userTask", "A")]
    with pytest.raises(CommandInvalid):
        run.choose("G", ["f_A_e"])


def test_a_held_task_stays_held_while_other_things_happen(trace: Any) -> None:
    process = d.process(
        "p",
        d.start(),
        d.element("task", "A"),
        d.boundary("T", "A", d.timer("PT1H"), interrupting=False),
        d.user("Remind"),
        d.end(),
        d.flows("s A; A e; T Remind; Remind e"),
    )
    run = trace(process)

    run.pause(["A"])
    run.start()
    run.advance("PT1H")

    assert waiting(run) == [("userTask", "A"), ("userTask", "Remind")]
    run.complete("Remind")
    run.complete("A")
    assert run.status()["status"] == "completed"


def test_a_drawing_that_nobody_marked_as_executable_is_traced(opened: list[Trace]) -> None:
    drawing = d.document(world.two_tasks()).replace(b'isExecutable="true"', b"")
    opened.append(Trace({"t.bpmn": drawing}))

    assert path(opened[0].start()) == ["s", "A"]


def test_message_and_signal_starts_of_the_files_are_active(trace: Any) -> None:
    first = d.process("p", d.start(), d.end("e", d.message("M")), d.flows("s e"))
    second = d.process(
        "q", d.start("qs", d.message("M")), d.user("A"), d.end("qe"), d.flows("qs A; A qe")
    )
    run = trace(PAID, first, second)

    events = run.fire("s")

    assert [one["instance"] for one in events if one["event"] == "started"] == ["1", "2"]
    assert waiting(run) == [("userTask", "A")]


def test_a_failing_start_is_an_incident_and_leaves_nothing(trace: Any) -> None:
    run = trace(d.process("p", d.start(), d.script("A", "x = y"), d.end(), d.flows("s A; A e")))

    with pytest.raises(StepFailed):
        run.start()

    status = run.status()
    assert (status["status"], status["instances"]) == ("incident", [])
    assert status["incidents"][0]["element"] == "A"
    run.start(None, {"y": 1})
    assert run.status()["status"] == "completed"


def test_a_failing_step_leaves_the_task_open_and_an_incident(trace: Any) -> None:
    process = d.process(
        "p", d.start(), d.user("A"), d.script("B", "x = y"), d.end(), d.flows("s A; A B; B e")
    )
    run = trace(process)
    run.start()

    with pytest.raises(StepFailed):
        run.complete("A")

    assert (run.status()["status"], waiting(run)) == ("incident", [("userTask", "A")])
    run.complete("A", {"y": 1})
    assert run.status()["status"] == "completed"


def test_the_form_of_a_task_is_asked(trace: Any) -> None:
    form = b'{"id":"apply","type":"default","components":[{"type":"textfield","key":"name","validate":{"required":true}}]}'
    asks = world.two_tasks('<tongban:form key="apply"/>')
    run = trace(asks, apply_form=form)
    run.start()

    with pytest.raises(FormInvalid):
        run.complete("A", {})

    run.complete("A", {"name": "x"})
    assert waiting(run) == [("userTask", "B")]


def test_operations_do_nothing_but_return_what_was_prepared(trace: Any) -> None:
    process = d.process(
        "p", d.start(), d.operation("O", "weigh"), d.user("A"), d.end(), d.flows("s O; O A; A e")
    )
    run = trace(process)
    played = plan.read({"operations": {"O": [{"weight": 7}]}})

    events = list(played.play(run, None))

    assert [one["name"] for one in events if one["event"] == "call"] == ["weigh"]
    assert run.status()["instances"][0]["variables"] == {"weight": 7}


def test_several_processes_must_be_named(trace: Any) -> None:
    other = d.process("q", d.start("qs"), d.end("qe"), d.flows("qs qe"))
    run = trace(world.two_tasks(), other)

    with pytest.raises(ProcessNotNamed):
        run.start()

    assert path(run.start("q")) == ["qs", "qe"]


def test_a_plan_fills_in_tasks_as_they_open_and_lets_time_pass(trace: Any) -> None:
    process = d.process(
        "p",
        d.start(),
        d.user("A"),
        d.element("intermediateCatchEvent", "T", d.timer("PT1H")),
        d.user("B"),
        d.element("intermediateCatchEvent", "C", d.message("M")),
        d.end(),
        d.flows("s A; A T; T B; B C; C e"),
    )
    run = trace(PAID, process)
    told = plan.read(
        {
            "tasks": {"A": [{"a": 1}], "B": [{"b": 2}]},
            "messages": [{"name": "paid", "at": "PT3H", "payload": {"c": 3}}],
            "advance": "P1D",
        }
    )

    events = list(told.play(run, "p"))

    at = {one["element"]: one["at"][11:16] for one in events if one["event"] == "completed"}
    assert (at["A"], at["B"], at["C"]) == ("01:00", "02:00", "04:00")
    assert run.status()["instances"][0]["variables"] == {"a": 1, "b": 2, "c": 3}


@pytest.mark.parametrize(
    "found",
    [
        [],
        {"other": 1},
        {"variables": []},
        {"tasks": {"A": {}}},
        {"messages": [{"at": "PT1S"}]},
        {"messages": [{"name": "m", "at": "soon"}]},
        {"signals": [{"name": "s", "correlation": {}}]},
        {"advance": "-P1D"},
    ],
)
def test_a_plan_that_is_none_is_refused_with_a_sentence(found: Any) -> None:
    with pytest.raises(CommandInvalid):
        plan.read(found)


@pytest.mark.parametrize(
    "line",
    [
        b"xx",
        b"[]",
        b"\xff",
        b"{}",
        b'{"op":7}',
        b'{"op":"close"}',
        b'{"op":"start","proces":"p"}',
        b'{"op":"start","process":1}',
        b'{"op":"start","process":"nobody"}',
        b'{"op":"start","process":"p","element":"nowhere"}',
        b'{"op":"start","process":"p","element":"B"}',
        b'{"op":"start","process":"p","variables":{"_x":1}}',
        b'{"op":"complete"}',
        b'{"op":"complete","number":true}',
        b'{"op":"complete","element":"B"}',
        b'{"op":"complete","instance":"x","element":"A"}',
        b'{"op":"message"}',
        b'{"op":"message","name":"paid","correlation":[]}',
        b'{"op":"fire","element":"A"}',
        b'{"op":"choose","gateway":"A"}',
        b'{"op":"choose","gateway":"A","flows":[1]}',
        b'{"op":"choose","gateway":"nowhere","flows":[]}',
        b'{"op":"advance","by":"soon"}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_cannot_be_done_is_answered_and_the_session_goes_on(
    trace: Any, line: bytes
) -> None:
    run = trace(PAID, world.two_tasks())
    protocol.answer(run, b'{"op":"start"}')

    error, status = protocol.answer(run, line)

    assert set(error) == {"error", "message"}
    assert (status["status"], waiting(run)) == ("waiting", [("userTask", "A")])
    *events, _ = protocol.answer(run, b'{"op":"complete","element":"A"}')
    assert path(events) == ["B"]


def test_refused_files_say_why_and_nothing_runs(trace: Any) -> None:
    run = trace(d.process("p", d.start(), d.user("A"), d.end(), d.flows("s A; A nowhere")))

    status = run.status()

    assert status["status"] == "refused"
    assert {one["severity"] for one in status["problems"]} == {"error"}
    assert "error" in protocol.answer(run, b'{"op":"start"}')[0]
    assert "error" in protocol.answer(run, b'{"op":"signal","name":"x"}')[0]


def test_what_never_rests_is_stopped_and_shown(trace: Any) -> None:
    loops = d.process("p", d.start("s", d.message("M")), d.end("e", d.message("M")), d.flows("s e"))
    run = trace(PAID, loops)
    run.machine.most_jobs = 20

    *events, error, status = protocol.answer(run, b'{"op":"message","name":"paid"}')

    assert error["error"] == "never-rests"
    assert len(path(events, "ended")) == len(status["instances"]) > 10


def test_the_document_names_every_command_with_its_fields() -> None:
    text = (Path(__file__).parents[3] / "docs/trace.md").read_text()
    rows = {row.split("|")[1].strip(): row.split("|")[2] for row in text.splitlines() if "|" in row}

    for name, command in protocol.COMMANDS.items():
        named = set(re.findall(r"`([a-z]+)`", rows[f"`{name}`"]))
        assert named == set(command.fields), name


def test_a_call_of_an_outside_system_waits_for_its_answer(trace: Any) -> None:
    call = d.extensions('<tongban:connector name="register" operation="look"/>')
    process = d.process(
        "p",
        d.start(),
        d.element("serviceTask", "C", call),
        d.user("A"),
        d.end(),
        d.flows("s C; C A; A e"),
    )
    run = trace(process)

    run.start()
    assert waiting(run) == [("connector", "C")]
    run.advance("P1D")
    run.complete("C", {"found": True})

    assert waiting(run) == [("userTask", "A")]
    status = run.status()
    assert (status["status"], status["instances"][0]["variables"]) == ("waiting", {"found": True})


def test_personal_fields_of_a_form_do_not_become_variables(trace: Any) -> None:
    form = b'{"id":"apply","type":"default","components":[{"type":"textfield","key":"name"}]}'
    inside = '<tongban:form key="apply"/><tongban:personal fields="name"/>'
    run = trace(world.two_tasks(inside), apply_form=form)
    run.start()

    run.complete("A", {"name": "x"})

    assert waiting(run) == [("userTask", "B")]
    assert run.status()["instances"][0]["variables"] == {}


def test_tasks_can_belong_to_offices_that_the_variables_name(trace: Any) -> None:
    run = trace(world.two_tasks('<tongban:office role="handling"/>'))

    run.start(None, {"handling_office": "somewhere"})

    assert waiting(run) == [("userTask", "A")]
