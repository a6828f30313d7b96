"""Drawn: what a drawing may leave open. It is traced, and no deployment takes it."""

from __future__ import annotations

from tests.engine.bpmn.constructs import Executed
from tests.engine.bpmn.constructs.happenings import catch, throw
from tests.engine.bpmn.diagrams import element, flows, gateway, process, start, user

_D = "Drawing"
_FIRED = "it waits until it is fired by hand"


def one(task: str) -> str:
    return process("p", start(), task, user("a"), flows("s t; t a"))


ROWS = (
    Executed(
        _D,
        "Message or signal event without a name",
        catch("<bpmn:messageEventDefinition/>"),
        "s c a",
        "!c",
        note=_FIRED + "; unnamed signals reach one another",
        open="event-without-name",
    ),
    Executed(
        _D,
        "Timer without a time",
        catch("<bpmn:timerEventDefinition/>"),
        "s c a",
        "!c",
        note=_FIRED,
        open="timer-without-time",
    ),
    Executed(
        _D,
        "Throwing event without a name",
        throw("<bpmn:messageEventDefinition/>"),
        "s t a",
        open="event-without-name",
    ),
    Executed(
        _D,
        "Receive task without a message",
        one(element("receiveTask", "t")),
        "s t a",
        "!t",
        note=_FIRED,
        open="receive-without-message",
    ),
    Executed(
        _D,
        "Send task without a message",
        one(element("sendTask", "t")),
        "s t a",
        note="it passes",
        open="send-without-message",
    ),
    Executed(
        _D,
        "Exclusive gateway where nothing decides",
        process(
            "p", start(), gateway("exclusive", "g"), user("a"), user("b"), flows("s g; g a; g b")
        ),
        "s g b",
        "@g:f_g_b",
        note="a trace chooses; unchosen it is an incident",
        open="undecided",
    ),
)
