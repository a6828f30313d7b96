"""Refused: what is legal, or at least readable, and not executed here, with the rule that says so."""

from __future__ import annotations

from tests.engine.bpmn.constructs import Refused, refused_events
from tests.engine.bpmn.constructs.happenings import ROOT, SIGNAL
from tests.engine.bpmn.constructs.repetitions import TWO, many
from tests.engine.bpmn.diagrams import (
    boundary,
    element,
    end,
    extensions,
    flows,
    gateway,
    message,
    process,
    start,
    subprocess,
    user,
)

_A, _G, _D, _L = "Activity", "Gateways", "Data", "Repetition"


def one(*parts: str, notation: str = "s a; a e") -> str:
    return process("p", start(), *parts, end(), flows(notation))


STORE = (
    '<bpmn:dataStoreReference id="store"/>',
    user(
        "a",
        '<bpmn:property id="prop"/><bpmn:dataInputAssociation id="dia">'
        "<bpmn:sourceRef>store</bpmn:sourceRef><bpmn:targetRef>prop</bpmn:targetRef>"
        "</bpmn:dataInputAssociation>",
    ),
)
ASSIGNED = user(
    "a",
    '<bpmn:property id="prop"/><bpmn:dataInputAssociation id="dia">'
    "<bpmn:targetRef>prop</bpmn:targetRef><bpmn:assignment>"
    '<bpmn:from xsi:type="bpmn:tFormalExpression">1</bpmn:from>'
    '<bpmn:to xsi:type="bpmn:tFormalExpression">prop</bpmn:to></bpmn:assignment>'
    "</bpmn:dataInputAssociation>",
)
THROWS = ROOT.replace(
    "<bpmn:signal", '<bpmn:signalEventDefinition id="sed" signalRef="sig"/><bpmn:signal', 1
)

ROWS = (
    Refused(
        _A,
        "Any other ad-hoc sub-process",
        one(element("adHocSubProcess", "a", user("b"))),
        "ad-hoc-subprocess",
        "a",
        "without a condition the standard does not say when it is complete; nobody chooses a script; "
        "in sequence, only one person at a time could have begun",
    ),
    Refused(
        _A,
        "Service task without operation or connector",
        one(element("serviceTask", "a")),
        "service-without-operation",
        "a",
        "there is nothing to call",
    ),
    Refused(
        _A,
        "Business rule task without a decision",
        one(element("businessRuleTask", "a")),
        "rule-without-decision",
        "a",
        "there is nothing to ask",
    ),
    Refused(
        _A,
        "Call activity without a called process",
        one(element("callActivity", "a")),
        "call-without-process",
        "a",
        "there is nothing to call",
    ),
    Refused(
        _A,
        "A quantity of tokens below 1",
        one(element("userTask", "a", startQuantity="0")),
        "quantity",
        "a",
        "the standard forbids it",
    ),
    Refused(
        _A,
        "Receive task or event gateway that starts the process although a flow leads to it",
        ROOT + one(element("receiveTask", "a", messageRef="m", instantiate="true")),
        "instantiating",
        "a",
        "the standard gives it no meaning",
    ),
    Refused(
        _A,
        "Sub-process with several or triggered start events",
        ROOT + one(subprocess("a", start("q", message("m")) + end("r") + flows("q r"))),
        "subprocess-start",
        "a",
        "only a flow from outside could tell which of them begins",
    ),
    Refused(
        _A,
        "An extension of another engine that changes what is done",
        one(element("userTask", "a", extensions('<camunda:executionListener class="x"/>'))),
        "extension",
        "a",
        "leaving it out would change the process",
    ),
    Refused(
        _G,
        "Complex gateway that joins without an activation condition",
        one(gateway("complex", "a"), user("b"), notation="s a; s b; b a; a e"),
        "complex-gateway-activation",
        "a",
        "the standard does not say when it fires",
    ),
    Refused(
        _G,
        "Joining complex gateway whose conditions do not say `waitingForStart`",
        one(
            gateway("complex", "a").replace(
                "></",
                '><bpmn:activationCondition xsi:type="bpmn:tFormalExpression">'
                "activationCount == 1</bpmn:activationCondition></",
            ),
            user("b"),
            notation="s a; s b; b a; a e [x]",
        ),
        "complex-gateway-condition",
        "a",
        "its flows would be taken a second time when it is reset",
    ),
    Refused(
        _G,
        "Event-based gateway before anything but events and receive tasks",
        one(gateway("eventBased", "a")),
        "event-gateway-target",
        "a",
        "there is no event to wait for",
    ),
    Refused(
        _L,
        "Standard loop without condition and maximum",
        one(user("a", "<bpmn:standardLoopCharacteristics/>")),
        "loop-without-condition",
        "a",
        "it would never end",
    ),
    Refused(
        _L,
        "Multi-instance without exactly one of cardinality and collection",
        one(user("a", many(""))),
        "multi-instance-without-source",
        "a",
        "nothing says how many",
    ),
    Refused(
        _L,
        "Multi-instance behavior whose event an interrupting boundary event catches",
        THROWS
        + one(
            user("a", many(TWO, behavior="None", noneBehaviorEventRef="sed")),
            boundary("b", "a", SIGNAL),
        ),
        "multi-instance-behavior",
        "a",
        "every instance throws, and the first throw would end the activity: both cannot hold",
    ),
    Refused(
        _L,
        "Event sub-process that repeats",
        ROOT
        + one(
            user("a"),
            subprocess("x", many(TWO) + start("y", message("m")) + end("z"), by_event=True),
        ),
        "event-subprocess-loop",
        "x",
        "the standard gives it no meaning",
    ),
    *refused_events.ROWS,
    Refused(_D, "Reading a data store", one(*STORE), "data-store", "a", "there is no data store"),
    Refused(
        _D,
        "Data association that assigns or transforms",
        one(ASSIGNED),
        "data-assignment",
        "a",
        "scripts and forms set variables here",
    ),
    Refused(
        _D,
        "`${…}` or `=…` that does not mean the same in both languages",
        one(gateway("exclusive", "g", "f_g_e"), user("a"), notation="s g; g a [${f(x)}]; g e; a e"),
        "expression-language",
        "f_g_a",
        "names, literals, comparisons, and, or, not and brackets do",
    ),
)
