"""Handlers: event sub-processes and compensation, as rows of the table of constructs."""

from __future__ import annotations

from tests.engine.bpmn.constructs import Executed
from tests.engine.bpmn.constructs.happenings import CONDITION, ESCALATION, ROOT, SIGNAL, UNDO
from tests.engine.bpmn.diagrams import (
    boundary,
    element,
    error,
    flows,
    message,
    process,
    start,
    subprocess,
    timer,
    user,
)

_E, _K = "Event sub-process", "Compensation"


def beside(inside: str, interrupting: bool = True) -> str:
    started = start("es", inside, isInterrupting="true" if interrupting else "false")
    parts = subprocess("x", started + user("h") + flows("es h"), by_event=True)
    return ROOT + process("p", start(), user("a"), parts, flows("s a"))


def undone(inside: str) -> str:
    handled = (
        user("a")
        + boundary("c", "a", UNDO)
        + element("userTask", "u", isForCompensation="true")
        + '<bpmn:association id="as" associationDirection="One" sourceRef="c" targetRef="u"/>\n'
    )
    return process("p", start(), handled, inside)


IN_SUB = subprocess(
    "sub",
    start("ss")
    + user("a")
    + subprocess("h", start("hs", UNDO) + user("u") + flows("hs u"), by_event=True)
    + flows("ss a"),
)


ROWS = (
    Executed(
        _E, "Interrupting: in the place of its level", beside(message("m")), "s a x es h .", "m:m h"
    ),
    Executed(
        _E,
        "Not interrupting: beside its level",
        beside(message("m"), False),
        "s a x es h x es h .",
        "m:m m:m h h a",
    ),
    Executed(_E, "Timer", beside(timer("PT1H")), "s a x es h", "+PT1H"),
    Executed(_E, "Signal", beside(SIGNAL), "s a x es h", "s:sig"),
    Executed(_E, "Condition", beside(CONDITION), "s x es h", variables={"ok": True}),
    Executed(
        _E,
        "Escalation, not interrupting",
        ROOT
        + process(
            "p",
            start(),
            element("intermediateThrowEvent", "t", ESCALATION),
            user("a"),
            subprocess(
                "x",
                start("es", ESCALATION, isInterrupting="false") + user("h") + flows("es h"),
                True,
            ),
            flows("s t; t a"),
        ),
        "s t x a es h .",
        "a h",
    ),
    Executed(
        _E,
        "Error",
        ROOT
        + process(
            "p",
            start(),
            user("a"),
            element("endEvent", "e", error()),
            subprocess("x", start("es", error()) + user("h") + flows("es h"), by_event=True),
            flows("s a; a e"),
        ),
        "s a e x es h",
        "a",
    ),
    Executed(
        _K,
        "Handler of an activity, thrown for all that has completed",
        undone(element("endEvent", "e", UNDO) + flows("s a; a e")),
        "s a e u .",
        "a u",
        note="in reverse order of completion; what ran at the same time is undone at the same time; "
        "a handler reads the variables as they were at completion",
    ),
    Executed(
        _K,
        "Thrown for one activity",
        undone(
            element("intermediateThrowEvent", "t", UNDO.replace("/>", ' activityRef="a"/>'))
            + flows("s a; a t")
        ),
        "s a t u .",
        "a u",
    ),
    Executed(
        _K,
        "Compensation event sub-process; sub-processes and calls without one undo their inside",
        process("p", start(), IN_SUB, element("endEvent", "e", UNDO), flows("s sub; sub e")),
        "s sub ss a e h hs u .",
        "a u",
    ),
)
