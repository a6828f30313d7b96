"""Rows of the rules that the standard itself gives: references, events, gateways, flows."""

from __future__ import annotations

from tests.engine.bpmn.checks.rows import A, B, E, S, document, flows, line, of, one, task

MESSAGE = '!<message id="m" name="m"/><signal id="g" name="g"/>'
NEWS = '<messageEventDefinition messageRef="m"/>'
LINK = '<linkEventDefinition id="l{}" name="x"/>'


def catch(identity: str, inside: str = NEWS, kind: str = "intermediateCatchEvent") -> str:
    return f'<{kind} id="{identity}">{inside}</{kind}>'


def edge(inside: str, **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<boundaryEvent id="x" attachedToRef="a"{more}>{inside}</boundaryEvent>'


def gateway(kind: str = "exclusive", identity: str = "g", **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{kind}Gateway id="{identity}"{more}/>'


LISTED = "<incoming>s_a</incoming>"
TIMER = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
COMPENSATE = '<compensateEventDefinition id="c"/>'
JOINED = '<association id="j" sourceRef="x" targetRef="b"/>'
TWICE = "s g; g x; g y; x e; y e"
WAITS = catch("x") + catch("y", TIMER)

REFERENCES = (
    of("duplicate-id", line(A + A), line(A)),
    of("duplicate-process", {"a.bpmn": document(line(A)), "b.bpmn": document(line(A))},
       one(line(A))),
    of("process-required", one("!<message id='m' name='m'/>"), one(line(A))),
    of("dangling-source-ref", line(A, "s a; x e"), line(A)),
    of("dangling-target-ref", line(A, "s a; a x"), line(A)),
    of("dangling-default", line(task(default="x")), line(task(default="a_e"))),
    of("dangling-attached-to-ref",
       line(A + edge(TIMER).replace('attachedToRef="a"', 'attachedToRef="s"')),
       line(A + edge(TIMER))),
    of("dangling-message-ref", line(task(kind="receiveTask", messageRef="x")),
       one(MESSAGE, line(task(kind="receiveTask", messageRef="m")))),
    of("dangling-signal-ref", line(catch("a", '<signalEventDefinition signalRef="x"/>')),
       one(MESSAGE, line(catch("a", '<signalEventDefinition signalRef="g"/>')))),
    of("dangling-error-ref", line(A + edge('<errorEventDefinition errorRef="x"/>')),
       one('!<error id="r" errorCode="1"/>', line(A + edge('<errorEventDefinition errorRef="r"/>')))),
    of("dangling-escalation-ref", line(A + edge('<escalationEventDefinition escalationRef="x"/>')),
       one('!<escalation id="r" escalationCode="1"/>',
           line(A + edge('<escalationEventDefinition escalationRef="r"/>')))),
    of("dangling-reference", '<dataObjectReference id="r" dataObjectRef="x"/>' + line(A),
       '<dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/>' + line(A)),
    of("wrong-reference", '<dataObjectReference id="r" dataObjectRef="a"/>' + line(A),
       '<dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/>' + line(A)),
    of("flow-crosses-border",
       line(f'<subProcess id="a">{B}</subProcess>', "s a; b e"),
       line(f'<subProcess id="a">{B}</subProcess>')),
    of("import-missing", one(
        '!<import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="b.bpmn" '
        'namespace="urn:b"/>', line(A)), one(line(A))),
    of("import-remote", one(
        '!<import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'location="http://x.test/b.bpmn" namespace="urn:b"/>', line(A)), one(line(A))),
    of("imported-id",
       {"a.bpmn": document(
           '!<import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="b.bpmn" '
           'namespace="urn:test"/>', line(A)),
        "b.bpmn": document('!<message id="a" name="x"/>')},
       one(line(A))),
)  # fmt: skip
EVENTS = (
    of("event-kind", line(catch("a", "<errorEventDefinition/>")),
       one(MESSAGE, line(catch("a")))),
    of("event-untriggered", line(catch("a", "")), one(MESSAGE, line(catch("a")))),
    of("event-not-interrupting", line(A + edge("<errorEventDefinition/>", cancelActivity="false")),
       line(A + edge(TIMER, cancelActivity="false"))),
    of("event-without-name", line(catch("a", "<messageEventDefinition/>")),
       one(MESSAGE, line(catch("a")))),
    of("flow-into-start", line(A, "s a; a s; a e"), line(A)),
    of("flow-out-of-end", line(A, "s a; a e; e a"), line(A)),
    of("boundary-event-outgoing", line(task(LISTED) + edge(TIMER)),
       line(task(LISTED) + edge(TIMER) + B, "s a; a e; x b; b e")),
    of("compensation-flow", line(A + edge(COMPENSATE) + B, "s a; a e; x b; b e"),
       line(A + edge(COMPENSATE) + '<task id="b" isForCompensation="true"/>' + JOINED)),
    of("compensation-handler", line(A + edge(COMPENSATE) + B + JOINED),
       line(A + edge(COMPENSATE) + '<task id="b" isForCompensation="true"/>' + JOINED)),
    of("event-sub-process-flows",
       one(MESSAGE, line(f'<subProcess id="a" triggeredByEvent="true">{catch("x", NEWS, "startEvent")}'
                         "</subProcess>")),
       one(MESSAGE, line(A) + f'<subProcess id="v" triggeredByEvent="true">'
           f'{catch("x", NEWS, "startEvent")}</subProcess>')),
    of("link-flows", line(catch("a", LINK.format(1), "intermediateThrowEvent")),
       line(catch("a", LINK.format(1), "intermediateThrowEvent") + catch("b", LINK.format(2)),
            "s a; b e")),
    of("link-without-catch", line(catch("a", LINK.format(1), "intermediateThrowEvent"), "s a"),
       line(catch("a", LINK.format(1), "intermediateThrowEvent") + catch("b", LINK.format(2)),
            "s a; b e")),
    of("link-without-throw", line(A + catch("b", LINK.format(2)), "s a; a e; b e"),
       line(catch("a", LINK.format(1), "intermediateThrowEvent") + catch("b", LINK.format(2)),
            "s a; b e")),
    of("definition-shared",
       one(MESSAGE, line(catch("a", '<messageEventDefinition id="n" messageRef="m"/>',
                               "intermediateThrowEvent")
                         + catch("b", "<eventDefinitionRef>n</eventDefinitionRef>"),
                         "s a; a b; b e")),
       one(MESSAGE, line(catch("a")))),
    of("timer-empty", line(catch("a", "<timerEventDefinition><timeDate/></timerEventDefinition>")),
       line(catch("a", TIMER))),
    of("timer-without-time", line(catch("a", "<timerEventDefinition/>")), line(catch("a", TIMER))),
    of("conditional-event",
       line(catch("a", "<conditionalEventDefinition><condition/></conditionalEventDefinition>")),
       line(catch("a", "<conditionalEventDefinition><condition>x</condition>"
                       "</conditionalEventDefinition>"))),
)  # fmt: skip
GATEWAYS = (
    of("gateway-direction", line(gateway(gatewayDirection="Converging") + A + B,
                                 "s g; g a [x]; g b; a e; b e"),
       line(gateway(gatewayDirection="Diverging") + A + B, "s g; g a [x]; g b; a e; b e")),
    of("gateway-without-flows", line(A + gateway()), line(A + gateway(), "s g; g a; a e")),
    of("gateway-neither-splits-nor-joins",
       line(A + gateway(gatewayDirection="Diverging"), "s g; g a; a e"),
       line(A + gateway(), "s g; g a; a e")),
    of("event-based-gateway", one(MESSAGE, line(gateway("eventBased") + catch("x"), "s g; g x; x e")),
       one(MESSAGE, line(gateway("eventBased") + WAITS, TWICE))),
    of("event-gateway-instantiating",
       one(MESSAGE, line(gateway("eventBased", instantiate="true") + WAITS, TWICE)),
       one(MESSAGE, gateway("eventBased", instantiate="true") + WAITS + E
           + flows("g x; g y; x e; y e"))),
    of("event-gateway-follower", one(MESSAGE, line(gateway("eventBased") + catch("x") + A,
                                                   "s g; g x; g a; x e; a e")),
       one(MESSAGE, line(gateway("eventBased") + WAITS, TWICE))),
    of("event-gateway-mixed",
       one(MESSAGE, line(gateway("eventBased") + catch("x")
                         + '<receiveTask id="y" messageRef="m"/>', TWICE)),
       one(MESSAGE, line(gateway("eventBased") + WAITS, TWICE))),
)  # fmt: skip
FLOWS = (
    of("flow-not-immediate", S + E + flows("s e", 'isImmediate="false"'), S + E + flows("s e")),
    of("condition-ignored", line(A, "s a [x]; a e"), line(A)),
    of("flow-not-listed", line(task(LISTED)),
       '<startEvent id="s"><outgoing>s_a</outgoing></startEvent><endEvent id="e">'
       "<incoming>a_e</incoming></endEvent>" + task(LISTED) + flows("s a; a e")),
    of("only-conditional-flow", line(A, "s a; a e [x]"), line(A)),
    of("dead-end", line(task(LISTED) + gateway("parallel") + B, "s g; g a; g b; b e"),
       line(task(LISTED))),
)  # fmt: skip
ROWS = REFERENCES + EVENTS + GATEWAYS + FLOWS
