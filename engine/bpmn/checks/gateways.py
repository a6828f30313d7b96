"""Gateways: their direction, how many ways lead in and out, and what may follow an event gateway.

Chapter 10.6 of BPMN 2.0.2. Whether gateways split and join what belongs together is a question
of soundness, not of these rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.source import Item, Source
from engine.bpmn.model import GATEWAYS

_AWAITED = {"message", "timer", "signal", "conditional"}
_DECIDING = ("exclusiveGateway", "inclusiveGateway", "complexGateway")


def problems(source: Source) -> Iterator[Problem]:
    """Yield what is wrong with the gateways of a file."""
    for node in source.nodes:
        if node.kind in GATEWAYS:
            yield from gateway_direction(source, node)
            yield from gateway_flows(source, node)
        if node.kind == "eventBasedGateway":
            yield from event_gateway_flows(source, node)
            yield from event_gateway_targets(source, node)
            yield from event_gateway_mixed(source, node)


def gateway_direction(source: Source, node: Item) -> Iterator[Problem]:
    """A gateway whose flows contradict the direction it names."""
    ways_in, ways_out = len(source.into(node)), len(source.out_of(node))
    direction = node.get("gatewayDirection")
    wrong = (
        (direction == "Converging" and ways_out > 1)
        or (direction == "Diverging" and ways_in > 1)
        or (direction == "Mixed" and (ways_in < 2 or ways_out < 2))
    )
    if wrong:
        yield source.problem(
            "gateway-direction", node, direction=direction, ways_in=ways_in, ways_out=ways_out
        )


def gateway_flows(source: Source, node: Item) -> Iterator[Problem]:
    """A gateway without any flow, or one that neither splits nor joins though it says so."""
    ways_in, ways_out = len(source.into(node)), len(source.out_of(node))
    if ways_in + ways_out == 0:
        yield source.problem("gateway-without-flows", node)
    elif ways_in < 2 and ways_out < 2 and node.kind != "eventBasedGateway":
        direction = node.get("gatewayDirection")
        if direction in ("Converging", "Diverging"):
            yield source.problem("gateway-neither-splits-nor-joins", node, direction=direction)


def event_gateway_flows(source: Source, node: Item) -> Iterator[Problem]:
    """An event-based gateway needs a choice; one that starts the process has no way in."""
    if len(source.out_of(node)) < 2:
        yield source.problem("event-based-gateway", node)
    for flow in source.out_of(node):
        if flow.of("conditionExpression"):
            yield source.problem("event-based-gateway", flow, node)
    if node.is_true("instantiate") and source.into(node):
        yield source.problem("event-gateway-instantiating", node, *source.into(node))


def event_gateway_targets(source: Source, node: Item) -> Iterator[Problem]:
    """After an event-based gateway everything waits for an event."""
    for flow in source.out_of(node):
        target = source.target(flow)
        if target is None or target.kind == "receiveTask":
            continue
        kinds = source.kinds_of(target)
        waits = target.kind == "intermediateCatchEvent" and set(kinds) <= _AWAITED
        if not (waits and kinds):
            yield source.problem("event-gateway-follower", flow, node, target, target=target.id)


def event_gateway_mixed(source: Source, node: Item) -> Iterator[Problem]:
    """A message is awaited either by events or by receive tasks, never by both."""
    targets = [source.target(flow) for flow in source.out_of(node)]
    tasks = [t for t in targets if t is not None and t.kind == "receiveTask"]
    events = [t for t in targets if t is not None and "message" in source.kinds_of(t)]
    if tasks and events:
        yield source.problem("event-gateway-mixed", node, *tasks, *events)
