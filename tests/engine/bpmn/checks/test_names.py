"""What an expression reads is asked of all that can have been written before it."""

from __future__ import annotations

import json

import pytest

from engine.process import checking
from tests.engine.bpmn.checks.rows import A, B, E, S, document, flows, line, task
from tests.engine.bpmn.checks.rows_of_files import extension
from tests.engine.bpmn.checks.rows_of_the_standard import TIMER, catch, edge, gateway

ASKED = gateway(default="g_e") + B
WAY = "s a; a g; g b [y > 1]; g e; b e"
FORM = {"f.form": json.dumps({"components": [{"type": "number", "key": "y"}]}).encode()}
REPEATED = (
    "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    "<completionCondition>numberOfCompletedInstances &gt; 1</completionCondition>"
    "</multiInstanceLoopCharacteristics>"
)


def told(*parts: str, **files: bytes) -> list[tuple[str | None, str]]:
    report = checking.check({"t.bpmn": document(*parts), **files}, style=True)
    found = [one for one in report.problems if one.rule == "variable-never-written"]
    return [(one.element, one.message.split(" reads ")[1].split(",")[0]) for one in found]


@pytest.mark.parametrize(
    "writer",
    [
        task("<script>y = 1</script>", "scriptTask"),
        extension('<tongban:form key="f"/>'),
        extension('<tongban:operation name="x"/>', "serviceTask"),
        extension('<tongban:connector name="x" result="y"/>', "serviceTask"),
        extension('<tongban:decision key="d" result="y"/>', "businessRuleTask"),
        extension(""),
        '<callActivity id="a" calledElement="elsewhere"/>',
    ],
    ids=["script", "form", "operation", "connector", "decision", "free task", "call"],
)
def test_what_a_step_before_may_write_is_known(writer: str) -> None:
    assert told(line(writer + ASKED, WAY), **FORM) == []


@pytest.mark.parametrize(
    "writer",
    [
        A,
        extension('<tongban:form key="other"/>'),
        extension('<tongban:connector name="x" result="z"/>', "serviceTask"),
    ],
    ids=["nobody", "form without the field", "other result"],
)
def test_what_no_step_writes_is_doubted(writer: str) -> None:
    other = json.dumps({"components": [{"type": "number", "key": "z"}]}).encode()

    assert told(line(writer + ASKED, WAY), **{"other.form": other}) == [("g_b", "y")]


def test_what_is_written_only_later_is_doubted() -> None:
    later = B.replace("<task", "<scriptTask").replace("/>", "><script>y = 1</script></scriptTask>")

    assert told(line(A + gateway(default="g_e") + later, WAY)) == [("g_b", "y")]


def test_what_is_written_in_a_loop_back_may_be_there() -> None:
    later = B.replace("<task", "<scriptTask").replace("/>", "><script>y = 1</script></scriptTask>")
    way = "s a; a g; g b [y > 1]; g e; b a"

    assert told(line(A + gateway(default="g_e") + later, way)) == []


def test_a_boundary_event_knows_what_its_activity_may_have_written() -> None:
    writer = task("<script>y = 1</script>", "scriptTask")
    asked = gateway(default="g_e") + B

    assert told(line(writer + edge(TIMER) + asked, "s a; a e; x g; g b [y]; g e; b e")) == []


def test_a_called_process_knows_what_its_callers_wrote_and_gives_back_what_it_writes() -> None:
    called = (
        '!|<process id="q" isExecutable="true">'
        + line(task("<script>z = y</script>", "scriptTask"))
        .replace('id="s', 'id="qs')
        .replace('id="a', 'id="qa')
        .replace('id="e', 'id="qe')
        .replace('Ref="s"', 'Ref="qs"')
        .replace('Ref="a"', 'Ref="qa"')
        .replace('Ref="e"', 'Ref="qe"')
        + "</process>"
    )
    call = '<callActivity id="c" calledElement="q"/>'
    writer = task("<script>y = 1</script>", "scriptTask")
    way = "s a; a c; c g; g b [z > 1]; g e; b e"

    assert told(line(writer + call + ASKED, way), called) == []
    assert ("qa", "y") in told(line(A + call + ASKED, way), called)


def test_a_process_declares_what_it_is_started_with() -> None:
    given = (
        '<extensionElements><tongban:property name="variables" value="x, y"/></extensionElements>'
    )

    assert told(given + line(A + ASKED, WAY)) == []


def test_an_instance_of_a_repetition_knows_its_number() -> None:
    assert told(line(task(REPEATED))) == []


def test_a_message_may_bring_anything() -> None:
    message = '!<message id="m" name="m"/>'

    assert told(message, S + catch("a") + ASKED + E + flows(WAY)) == []
