"""Happenings: events, event sub-processes and compensation, as rows of the table of constructs."""

from __future__ import annotations

from tests.engine.bpmn.constructs import Executed
from tests.engine.bpmn.diagrams import (
    boundary,
    element,
    error,
    flows,
    gateway,
    message,
    process,
    start,
    subprocess,
    timer,
    user,
)

ROOT = (
    '<bpmn:message id="m" name="m"/><bpmn:signal id="sig" name="sig"/>'
    '<bpmn:escalation id="esc" name="esc" escalationCode="esc"/>'
)
SIGNAL = '<bpmn:signalEventDefinition signalRef="sig"/>'
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="esc"/>'
UNDO = "<bpmn:compensateEventDefinition/>"
CONDITION = (
    '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">ok'
    "</bpmn:condition></bpmn:conditionalEventDefinition>"
)


def catch(inside: str, **more: str) -> str:
    return ROOT + process(
        "p",
        start(),
        element("intermediateCatchEvent", "c", inside, **more),
        user("a"),
        flows("s c; c a"),
    )


def throw(inside: str) -> str:
    parts = element("intermediateThrowEvent", "t", inside) + user("a")
    return ROOT + process("p", start(), parts, flows("s t; t a"))


def hanging(inside: str, interrupting: bool = True) -> str:
    parts = user("a") + boundary("b", "a", inside, interrupting) + user("x")
    return ROOT + process("p", start(), parts, flows("s a; b x"))


def out_of(inside: str, definition: str, interrupting: bool = True) -> str:
    body = start("ss") + user("a") + element("endEvent", "se", inside) + flows("ss a; a se")
    parts = subprocess("sub", body) + boundary("b", "sub", definition, interrupting) + user("x")
    return ROOT + process("p", start(), parts, user("z"), flows("s sub; sub z; b x"))


TX = element(
    "transaction",
    "tx",
    start("ts") + user("a") + element("endEvent", "te", "<bpmn:cancelEventDefinition/>")
    + flows("ts a; a te"),
)  # fmt: skip
LINK = '<bpmn:linkEventDefinition name="L"/>'
_S, _C, _T = "Start of the process", "Intermediate catch event", "Throwing event"
_B = "Boundary event"

ROWS = (
    Executed(
        _S,
        "Message, signal or timer: begun by its event",
        ROOT + process("p", start("s", message("m")), user("a"), flows("s a")),
        "s a",
        start="s",
    ),
    Executed(
        _S,
        "Instantiating receive task",
        ROOT
        + process(
            "p",
            element("receiveTask", "r", messageRef="m", instantiate="true"),
            user("a"),
            flows("r a"),
        ),
        "r a",
        start="r",
    ),
    Executed(
        _S,
        "Several start events: the first plain one, or the one that is named",
        process("p", start(), start("s2"), user("a"), user("b"), flows("s a; s2 b")),
        "s2 b",
        start="s2",
    ),
    Executed(
        _S,
        "No start event: every node that no flow leads to",
        process("p", user("a"), user("b"), user("c"), flows("a c")),
        "a b c",
        "a",
    ),
    Executed(_C, "Message", catch(message("m")), "s c a", "m:m"),
    Executed(_C, "Signal", catch(SIGNAL), "s c a", "s:sig"),
    Executed(_C, "Timer: date, duration or cycle", catch(timer("PT1H")), "s c a", "+PT1H"),
    Executed(_C, "Condition", catch(CONDITION), "s c a", variables={"ok": True}),
    Executed(_C, "Multiple: the first of its events", catch(message("m") + SIGNAL), "s c a", "m:m"),
    Executed(
        _C,
        "Parallel multiple: all of its events",
        catch(message("m") + timer("PT1H"), parallelMultiple="true"),
        "s c a",
        "+PT1H m:m",
    ),
    Executed(_T, "Message", throw(message("m")), "s t a"),
    Executed(
        _T,
        "Signal: heard in the instance at once, then in others",
        ROOT
        + process(
            "p",
            start(),
            gateway("parallel", "g"),
            element("intermediateCatchEvent", "c", SIGNAL),
            user("a"),
            user("b"),
            element("endEvent", "e", SIGNAL),
            flows("s g; g c; g a; c b; a e"),
        ),
        "s g c a e b",
        "a",
    ),
    Executed(_T, "Escalation, also when nobody catches it", throw(ESCALATION), "s t a"),
    Executed(_T, "Multiple: messages, signals, escalations", throw(message("m") + SIGNAL), "s t a"),
    Executed(_B, "Message, interrupting", hanging(message("m")), "s a b x", "m:m"),
    Executed(_B, "Message, not interrupting", hanging(message("m"), False), "s a b x .", "m:m x a"),
    Executed(_B, "Signal", hanging(SIGNAL), "s a b x", "s:sig"),
    Executed(
        _B,
        "Timer cycle, not interrupting: as often as it says",
        hanging(timer("R2/PT1H", "timeCycle"), False),
        "s a b x b x",
        "+PT1H +PT1H +PT1H",
    ),
    Executed(_B, "Condition", hanging(CONDITION), "s a b x", variables={"ok": True}),
    Executed(
        _B,
        "Multiple: any of its events",
        hanging(message("m") + timer("PT1H"), False),
        "s a b x b x",
        "+PT1H m:m +PT1H",
    ),
    Executed(_B, "Error", out_of(error(), error()), "s sub ss a se b x", "a"),
    Executed(
        _B,
        "Escalation, not interrupting",
        out_of(ESCALATION, ESCALATION, False),
        "s sub ss a se b x z",
        "a",
    ),
    Executed(
        _B,
        "Cancel of a transaction",
        process(
            "p",
            start(),
            TX,
            boundary("b", "tx", "<bpmn:cancelEventDefinition/>"),
            user("x"),
            flows("s tx; b x"),
        ),
        "s tx ts a te b x",
        "a",
    ),
    Executed(
        _T,
        "Link events: a throw jumps to the one catch of its name",
        process(
            "p",
            start(),
            element("intermediateThrowEvent", "t", LINK),
            element("intermediateCatchEvent", "c", LINK),
            user("a"),
            flows("s t; c a"),
        ),
        "s t c a .",
        "a",
    ),
)
