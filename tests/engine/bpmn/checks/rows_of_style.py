"""Rows of the rules that forbid nothing: labels, splits, layout, and the rules of the house."""

from __future__ import annotations

from tests.engine.bpmn.checks.rows import A, B, E, S, flows, line, of, one, task
from tests.engine.bpmn.checks.rows_of_files import extension
from tests.engine.bpmn.checks.rows_of_the_standard import LINK, MESSAGE, TIMER, catch, edge, gateway

NEWS_START = '<startEvent id="n"><messageEventDefinition messageRef="m"/></startEvent>'
INSIDE = S.replace('"s"', '"v"') + E.replace('"e"', '"w"') + flows("v w")
TERMINATE = '<endEvent id="e"><terminateEventDefinition/></endEvent>'
FORK = "s g; g a; g b; a e; b e"


def inside(text: str, **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<subProcess id="a"{more}>{text}</subProcess>'


LINT = (
    of("label-required", line(A),
       line(task(name="Review")).replace(S, '<startEvent id="s" name="Come"/>')
       .replace(E, '<endEvent id="e" name="Done"/>')),
    of("start-event-required", A + E + flows("a e"), line(A)),
    of("end-event-required", S + A + flows("s a"), line(A)),
    of("single-blank-start-event", line(A) + '<startEvent id="t"/>', line(A)),
    of("single-event-definition",
       one(MESSAGE, line(catch("a", '<messageEventDefinition messageRef="m"/>' + TIMER))),
       one(MESSAGE, line(catch("a")))),
    of("sub-process-blank-start-event", one(MESSAGE, line(inside(NEWS_START))), line(inside(INSIDE))),
    of("event-sub-process-typed-start-event",
       line(A) + inside(INSIDE, triggeredByEvent="true").replace('"a"', '"u"'),
       one(MESSAGE, line(A) + inside(NEWS_START, triggeredByEvent="true").replace('"a"', '"u"'))),
    of("no-disconnected", line(A + B), line(A)),
    of("no-implicit-start", line(A + B, "s a; a e; b e"), line(A)),
    of("no-implicit-end", line(A, "s a"), line(A)),
    of("no-implicit-split", line(A + B, "s a; a e; a b; b e"),
       line(A + gateway("parallel") + B, FORK)),
    of("fake-join", line(A + B, "s a; a b; s b; b e"), line(A)),
    of("no-gateway-join-fork", line(gateway("parallel") + A + B, "s g; s g; g a; g b; a e; b e")
       .replace('id="s_g"', 'id="s_g2"', 1), line(gateway("parallel") + A + B, FORK)),
    of("superfluous-gateway", line(gateway() + A, "s g; g a; a e"),
       line(gateway("parallel") + A + B, FORK)),
    of("superfluous-termination", S + A + TERMINATE + flows("s a; a e"),
       S + A + B + gateway("parallel") + TERMINATE + '<endEvent id="w"/>'
       + flows("s g; g a; g b; a e; b w")),
    of("conditional-flows", line(gateway() + A + B, "s g; g a [x]; g b; a e; b e"),
       line(gateway(default="g_b") + A + B, "s g; g a [x]; g b; a e; b e")),
    of("no-duplicate-sequence-flows",
       line(A) + '<sequenceFlow id="f2" sourceRef="s" targetRef="a"/>', line(A)),
    of("no-inclusive-gateway", line(gateway("inclusive") + A + B, FORK),
       line(gateway("parallel") + A + B, FORK)),
    of("no-complex-gateway", line(gateway("complex") + A + B, FORK),
       line(gateway("parallel") + A + B, FORK)),
    of("link-event", line(A + catch("b", LINK.format(2)), "s a; a e; b e"),
       line(catch("a", LINK.format(1), "intermediateThrowEvent") + catch("b", LINK.format(2)),
            "s a; b e")),
    of("global", one('!<message id="m" name="m"/>', line(A)),
       one('!<message id="m" name="m"/>', line(catch("a")))),
)  # fmt: skip


def drawing(*shapes: str) -> str:
    text = "".join(shapes)
    return f'!|<d:BPMNDiagram><d:BPMNPlane bpmnElement="p">{text}</d:BPMNPlane></d:BPMNDiagram>'


def shape(name: str, x: int, y: int, width: int = 100, height: int = 80) -> str:
    bounds = f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'
    return f'<d:BPMNShape bpmnElement="{name}">{bounds}</d:BPMNShape>'


def way(name: str, *points: tuple[int, int]) -> str:
    text = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<d:BPMNEdge bpmnElement="{name}">{text}</d:BPMNEdge>'


EVENTS = shape("s", 0, 22, 36, 36) + shape("e", 300, 22, 36, 36)
WAYS = way("s_a", (36, 40), (100, 40)) + way("a_e", (200, 40), (300, 40))
WELL = one(line(A), drawing(EVENTS, shape("a", 100, 0), WAYS))
LAYOUT = (
    of("no-bpmndi", one(line(A), drawing(EVENTS, WAYS)), WELL),
    of("no-overlapping-elements", one(line(A), drawing(EVENTS, shape("a", 250, 0), WAYS)), WELL),
    of("shape-without-size", one(line(A), drawing(EVENTS, shape("a", 100, 0, 0), WAYS)), WELL),
    of("standard-size", one(line(A), drawing(EVENTS, shape("a", 100, 0, 150), WAYS)), WELL),
)  # fmt: skip
OFFICE = '<tongban:office role="handling"/>'
SAME = OFFICE + '<tongban:notSameAs element="{}"/>'
LIMITED = '<tongban:limit days="5" unit="workday"/>'
CORRELATED = (
    '!<message id="m" name="m"/><correlationProperty id="k" name="case">'
    '<correlationPropertyRetrievalExpression messageRef="m"><messagePath>case</messagePath>'
    "</correlationPropertyRetrievalExpression></correlationProperty>"
)
HOUSE = (
    of("office-missing", line(extension("")), line(extension(OFFICE))),
    of("not-same-as-unknown", line(extension(SAME.format("nobody"))),
       line(extension(SAME.format("c")) + '<userTask id="c"/>')),
    of("loop-without-way-out", line(A + B, "s a; a b; b a"),
       line(A + B + gateway(default="g_e"), "s a; a b; b g; g a [x]; g e")),
    of("waiting-without-limit", one(MESSAGE, line(catch("a"))),
       one(MESSAGE, line(task('<extensionElements>' + LIMITED + "</extensionElements>",
                              "receiveTask", messageRef="m")))),
    of("task-without-limit", line(extension(OFFICE)),
       line(extension(OFFICE) + edge(TIMER) + B, "s a; a e; x b; b e")),
    of("message-without-correlation", one(MESSAGE, line(catch("a"))),
       one(CORRELATED, line(catch("a")))),
)  # fmt: skip
SETS = task("<script>y = 1</script>", "scriptTask")
ASKED = gateway(default="g_e") + B
NAMES = (
    of(
        "variable-never-written",
        line(A + ASKED, "s a; a g; g b [y > 1]; g e; b e"),
        line(SETS + ASKED, "s a; a g; g b [y > 1]; g e; b e"),
    ),
)
ROWS = LINT + LAYOUT + HOUSE + NAMES
