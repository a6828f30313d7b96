"""Flow: sequence flows, gateways and ends, as rows of the table of constructs."""

from __future__ import annotations

from tests.engine.bpmn.constructs import Executed
from tests.engine.bpmn.diagrams import (
    element,
    end,
    flows,
    gateway,
    process,
    script,
    start,
    timer,
    user,
)

M = '<bpmn:message id="m" name="m"/><bpmn:signal id="sig" name="sig"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="sig"/>'


def three(kind: str, notation: str, default: str | None = None) -> str:
    tasks = user("a") + user("b") + user("c")
    return process("p", start(), gateway(kind, "g", default), tasks, flows(notation))


COMPLEX = (
    start()
    + gateway("parallel", "f")
    + user("a")
    + user("b")
    + user("c")
    + element(
        "complexGateway",
        "g",
        '<bpmn:activationCondition xsi:type="bpmn:tFormalExpression">activationCount &gt;= 2'
        "</bpmn:activationCondition>",
    )
    + user("z")
)

ROWS = (
    Executed(
        "Sequence flows",
        "Several flows out of an activity: all are taken",
        process("p", start(), user("a"), user("b"), user("c"), flows("s a; a b; a c")),
        "s a b c",
        "a",
    ),
    Executed(
        "Sequence flows",
        "Condition and default on flows that leave an activity",
        process(
            "p",
            start(),
            element("task", "t", default="f_t_b"),
            user("a"),
            user("b"),
            flows("s t; t a [n > 1]; t b"),
        ),
        "s t b",
        variables={"n": 1},
    ),
    Executed(
        "Sequence flows",
        "Several flows into an activity: it runs once for each token",
        process(
            "p",
            start(),
            gateway("parallel", "g"),
            user("a"),
            user("b"),
            user("z"),
            flows("s g; g a; g b; a z; b z"),
        ),
        "s g a b z z",
        "a b",
    ),
    Executed(
        "Sequence flows",
        "Flows without an id",
        process("p", start(), user("a"), '<bpmn:sequenceFlow sourceRef="s" targetRef="a"/>'),
        "s a .",
        "a",
    ),
    Executed(
        "Sequence flows",
        "An activity without a flow into it: it begins with its level, beside the start event",
        process("p", start(), user("a"), user("b"), flows("s a")),
        "s b a .",
        "a b",
        note="told by `begins-by-itself`, which a release does not allow",
    ),
    Executed(
        "Sequence flows",
        "No end event: a path ends where no flow leads on",
        process("p", start(), user("a"), flows("s a")),
        "s a .",
        "a",
    ),
    Executed(
        "Gateways",
        "Exclusive gateway",
        three("exclusive", "s g; g a; g b [n > 0]; g c [n > 1]", "f_g_a"),
        "s g b",
        variables={"n": 2},
        note="the first true condition in document order, else the default",
    ),
    Executed(
        "Gateways",
        "Parallel gateway",
        process(
            "p",
            start(),
            gateway("parallel", "g"),
            user("a"),
            user("b"),
            gateway("parallel", "j"),
            end(),
            flows("s g; g a; g b; a j; b j; j e"),
        ),
        "s g a b j j e .",
        "a b",
    ),
    Executed(
        "Gateways",
        "Inclusive gateway",
        process(
            "p",
            start(),
            gateway("inclusive", "g"),
            user("a"),
            user("b"),
            gateway("inclusive", "j"),
            end(),
            flows("s g; g a [x]; g b [y]; a j; b j; j e"),
        ),
        "s g a b j j e .",
        "a b",
        {"x": True, "y": True},
        "a join waits as long as a token can still come, through called processes too",
    ),
    Executed(
        "Gateways",
        "Complex gateway with an activation condition",
        process("p", COMPLEX, flows("s f; f a; f b; f c; a g; b g; c g; g z")),
        "s f a b c g g z g .",
        "a b z c",
        note="conditions may read `activationCount` (the tokens present) and `waitingForStart`; "
        "after activation it waits for the rest and is reset",
    ),
    Executed(
        "Gateways",
        "Event-based gateway, before events and receive tasks",
        M
        + process(
            "p",
            start(),
            gateway("eventBased", "g"),
            element("intermediateCatchEvent", "t", timer("PT1H")),
            element("receiveTask", "r", messageRef="m"),
            user("a"),
            user("b"),
            flows("s g; g t; g r; t a; r b"),
        ),
        "s g r b",
        "m:m",
    ),
    Executed(
        "Gateways",
        "Several timers behind one event-based gateway: each has its own time",
        process(
            "p",
            start(),
            gateway("eventBased", "g"),
            element("intermediateCatchEvent", "t", timer("PT2H")),
            element("intermediateCatchEvent", "r", timer("PT1H")),
            user("a"),
            user("b"),
            flows("s g; g t; g r; t a; r b"),
        ),
        "s g r b",
        "+PT1H +PT1H",
    ),
    Executed(
        "Gateways",
        "Event-based gateway that starts the process with one event",
        M
        + process(
            "p",
            element("eventBasedGateway", "g", instantiate="true"),
            element("intermediateCatchEvent", "c", SIGNAL),
            element("receiveTask", "r", messageRef="m"),
            user("a"),
            user("b"),
            flows("g c; g r; c a; r b"),
        ),
        "g c a .",
        "a",
        start="c",
    ),
    Executed(
        "Gateways",
        "Parallel event-based gateway that starts the process and waits for all its events",
        M
        + process(
            "p",
            element("eventBasedGateway", "g", instantiate="true", eventGatewayType="Parallel"),
            element("intermediateCatchEvent", "c", SIGNAL),
            element("receiveTask", "r", messageRef="m"),
            user("a"),
            user("b"),
            flows("g c; g r; c a; r b"),
        ),
        "g c r a b .",
        "a m:m b",
        start="c",
    ),
    Executed(
        "Ends",
        "Terminate end event: ends its own level, in the process everything",
        process(
            "p",
            start(),
            gateway("parallel", "g"),
            user("a"),
            user("b"),
            element("endEvent", "e", "<bpmn:terminateEventDefinition/>"),
            flows("s g; g a; g b; b e"),
        ),
        "s g a b e .",
        "b",
    ),
    Executed(
        "Ends",
        "Error end event that nobody catches: ends the process by an error",
        process(
            "p",
            start(),
            user("a"),
            script("x", "n = 1"),
            element("endEvent", "e", "<bpmn:errorEventDefinition/>"),
            flows("s x; s a; x e"),
        ),
        "s x a e .",
    ),
)
