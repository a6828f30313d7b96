"""Refused events: events and handlers that are not executed here, with the rule that says so."""

from __future__ import annotations

from tests.engine.bpmn.constructs import Refused
from tests.engine.bpmn.constructs.happenings import CONDITION, ROOT, SIGNAL, UNDO
from tests.engine.bpmn.diagrams import (
    boundary,
    element,
    end,
    error,
    flows,
    message,
    process,
    start,
    subprocess,
    timer,
    user,
)

_E = "Events"


def one(*parts: str, notation: str = "s a; a e") -> str:
    return process("p", start(), *parts, end(), flows(notation))


ROWS = (
    Refused(
        _E,
        "Conditional start event of a process",
        one(user("a"), start("c", CONDITION)),
        "conditional-start",
        "c",
        "before a case begins there is nothing that its condition could read",
    ),
    Refused(
        _E,
        "Several definitions with one of error, escalation, cancel or compensation to catch",
        one(user("a"), boundary("b", "a", error() + timer("P1D"))),
        "multiple-event",
        "b",
        "these look outwards for one catcher, the others are broadcast",
    ),
    Refused(
        _E,
        "Parallel multiple start event of a process",
        ROOT
        + process(
            "p", start("s", message("m") + SIGNAL, parallelMultiple="true"), user("a"), flows("s a")
        ),
        "parallel-multiple",
        "s",
        "its events would have to be kept before there is a case; an event-based gateway says it",
    ),
    Refused(
        _E,
        "Event sub-process without exactly one start event",
        one(user("a"), subprocess("x", user("y"), by_event=True)),
        "event-subprocess-start",
        "x",
        "nothing, or more than one thing, would start it",
    ),
    Refused(
        _E,
        "Cancel event outside a transaction",
        one(user("a"), boundary("b", "a", "<bpmn:cancelEventDefinition/>")),
        "cancel-outside-transaction",
        "b",
        "there is no transaction to cancel",
    ),
    Refused(
        _E,
        "Cancel end event of a transaction without a cancel event on its border",
        one(
            element(
                "transaction",
                "a",
                start("q")
                + element("endEvent", "x", "<bpmn:cancelEventDefinition/>")
                + flows("q x"),
            )
        ),
        "cancel-without-boundary",
        "x",
        "nothing says where the process goes on",
    ),
    Refused(
        _E,
        "Compensation boundary event without an associated compensation activity",
        one(user("a"), boundary("b", "a", UNDO)),
        "compensation-without-handler",
        "b",
        "there is nothing to do",
    ),
    Refused(
        _E,
        "Compensation of an activity that is not on the level of the throwing event",
        one(
            user("a"),
            element("endEvent", "t", UNDO.replace("/>", ' activityRef="nowhere"/>')),
        ),
        "compensation-target",
        "t",
        "it cannot be seen from there",
    ),
    Refused(
        _E,
        "Activity with two compensation handlers",
        one(
            user("a"),
            boundary("b", "a", UNDO),
            boundary("c", "a", UNDO),
            element("task", "u", isForCompensation="true"),
            '<bpmn:association id="x" sourceRef="b" targetRef="u"/>\n',
            '<bpmn:association id="y" sourceRef="c" targetRef="u"/>\n',
        ),
        "compensation-twice",
        "a",
        "the standard knows one",
    ),
)
