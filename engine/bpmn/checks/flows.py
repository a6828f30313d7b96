"""Flows: conditions where nothing decides, ends that do not agree, activities that lead nowhere.

Chapters 8.3.13, 10.3.1 and 13.2 of BPMN 2.0.2. References of flows that lead nowhere are told by
`references`; what is merely unclear to a reader by `lint`.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.source import LEVELS, NO, Item, Source, plain
from engine.bpmn.model import ACTIVITIES

_CONDITIONAL = ACTIVITIES | {"exclusiveGateway", "inclusiveGateway", "complexGateway"}


def problems(source: Source) -> Iterator[Problem]:
    """Yield what is wrong with the sequence flows of a file."""
    for flow in source.of("sequenceFlow"):
        yield from flow_immediate(source, flow)
        yield from flow_condition_place(source, flow)
    for node in source.activities:
        yield from only_conditional_flow(source, node)
    for event in source.of("startEvent", "endEvent"):
        yield from flow_not_listed(source, event)
    for level in source.of(*LEVELS):
        yield from dead_end(source, level)


def flow_immediate(source: Source, flow: Item) -> Iterator[Problem]:
    """In an executable process nothing can happen between two nodes."""
    if flow.get("isImmediate") in NO and flow.executable:
        yield source.problem("flow-not-immediate", flow)


def flow_condition_place(source: Source, flow: Item) -> Iterator[Problem]:
    """A condition on a flow that leaves an event, or a gateway that does not ask any."""
    if not flow.of("conditionExpression"):
        return
    node = source.by_id.get(plain(flow.get("sourceRef")))
    if node is not None and node in source.node_set and node.kind not in _CONDITIONAL:
        yield source.problem("condition-ignored", flow, node, source=node.id)


def flow_not_listed(source: Source, event: Item) -> Iterator[Problem]:
    """Where nodes list their flows, a start lists the way out and an end the way in."""
    starts = event.kind == "startEvent"
    kind, other, end = ("outgoing", "incoming", "targetRef") if starts else (
        "incoming", "outgoing", "sourceRef"
    )  # fmt: skip
    if not event.executable or event.of(kind):
        return
    for flow in source.out_of(event) if starts else source.into(event):
        far = source.by_id.get(plain(flow.get(end)))
        if far is not None and flow.id in far.refs(other):
            yield source.problem("flow-not-listed", event, flow, flow=flow.id)


def only_conditional_flow(source: Source, node: Item) -> Iterator[Problem]:
    """An activity left by one flow alone, on a condition: without it nothing goes on."""
    flows = source.out_of(node)
    if (
        len(flows) == 1
        and flows[0].of("conditionExpression")
        and flows[0].id != node.get("default")
    ):
        yield source.problem("only-conditional-flow", node, flows[0], flow=flows[0].id)


def dead_end(source: Source, level: Item) -> Iterator[Problem]:
    """Where a level uses end events, whatever is not one leads on."""
    if not (level.of("endEvent") and level.executable and source.lists_flows):
        return
    for node in level.children:
        ends_here = node in source.node_set and source.into(node) and not source.out_of(node)
        if ends_here and _should_lead_on(source, node):
            yield source.problem("dead-end", node)


def _should_lead_on(source: Source, node: Item) -> bool:
    if node.kind in ("endEvent", "boundaryEvent") or node.is_event_subprocess:
        return False
    if node.is_true("isForCompensation") or node.parent and node.parent.kind == "adHocSubProcess":
        return False
    return not (node.kind == "intermediateThrowEvent" and "link" in source.kinds_of(node))
