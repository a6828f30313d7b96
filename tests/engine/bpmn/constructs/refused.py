"""Refused: what is legal, or at least readable, and not executed here, with the rule that says so."""

from __future__ import annotations

from tests.engine.bpmn.constructs import Refused
from tests.engine.bpmn.constructs.activities import TWO, many
from tests.engine.bpmn.constructs.happenings import CONDITION, ROOT, SIGNAL, UNDO
from tests.engine.bpmn.diagrams import (
    boundary,
    element,
    end,
    error,
    extensions,
    flows,
    gateway,
    message,
    process,
    start,
    subprocess,
    timer,
    user,
)

_A, _G, _E, _D, _L = "Activity", "Gateways", "Events", "Data", "Repetition"


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
        "Ad-hoc sub-process with activities",
        one(element("adHocSubProcess", "a", user("b"))),
        "ad-hoc-subprocess",
        "a",
        "people choose what is done and how often; nothing here lets them choose",
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
