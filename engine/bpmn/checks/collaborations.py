"""Collaborations: message flows between pools, choreographies, how many take part.

Chapters 9 and 11 of BPMN 2.0.2. A collaboration only draws who talks to whom; nothing of it is
executed, and nothing of it may contradict the processes it joins.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.source import Item, Source, plain

# Ends of message flows that only throw may not be entered, those that only catch not be left.
_THROWING = ("intermediateThrowEvent", "endEvent")
_CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent")


def problems(source: Source) -> Iterator[Problem]:
    """Yield what is wrong with the collaborations of a file."""
    for holder in source.of("choreography", "globalConversation", "collaboration"):
        yield from choreography_reference(source, holder)
    for item in source.of("participantMultiplicity"):
        yield from multiplicity(source, item)
    for flow in source.of("messageFlow"):
        yield from message_flow_ends(source, flow)
        yield from message_flow_pools(source, flow)
        yield from message_flow_into_start(source, flow)


def choreography_reference(source: Source, holder: Item) -> Iterator[Problem]:
    """Only a collaboration names choreographies; a closed one takes no messages beside its own."""
    if holder.kind != "collaboration" and holder.of("choreographyRef"):
        yield source.problem("choreography-reference", holder)
        return
    named = [source.by_id.get(name) for name in holder.refs("choreographyRef")]
    closed = [one for one in named if one is not None and one.is_true("isClosed")]
    if closed and any(_joins(source, flow, closed) for flow in holder.of("messageFlow")):
        yield source.problem("choreography-closed", holder, *closed, choreography=closed[0].id)


def _joins(source: Source, flow: Item, closed: list[Item]) -> bool:
    """Tell whether a message flow enters or leaves a choreography."""
    for end in ("sourceRef", "targetRef"):
        item = source.by_id.get(plain(flow.get(end)))
        while item is not None:
            if item in closed:
                return True
            item = item.parent
    return False


def multiplicity(source: Source, item: Item) -> Iterator[Problem]:
    """At least as many take part at most as at least; of none there is no participant."""
    least, most = item.get("minimum", "0")[:18], item.get("maximum", "1")[:18]
    if least.isdecimal() and most.isdecimal() and (int(most) < int(least) or int(most) < 1):
        yield source.problem("participant-multiplicity", item, least=least, most=most)


def message_flow_ends(source: Source, flow: Item) -> Iterator[Problem]:
    """A message enters what catches and leaves what throws."""
    sent = source.by_id.get(plain(flow.get("sourceRef")))
    received = source.by_id.get(plain(flow.get("targetRef")))
    if sent is not None and sent.kind in _CATCHING:
        yield source.problem("message-flow-end", sent, flow, flow=flow.id, end="sourceRef")
    if received is not None and received.kind in _THROWING:
        place = flow if received.kind == "endEvent" else received
        yield source.problem("message-flow-end", place, received, flow=flow.id, end="targetRef")


def message_flow_pools(source: Source, flow: Item) -> Iterator[Problem]:
    """A message flow joins two pools, never two elements of one."""
    pools = [_pool(source, plain(flow.get(end))) for end in ("sourceRef", "targetRef")]
    if pools[0] is not None and pools[0] is pools[1]:
        yield source.problem("message-flow-pool", flow, pools[0], pool=pools[0].id)


def _pool(source: Source, end: str) -> Item | None:
    item = source.by_id.get(end)
    if item is None or item.kind == "participant":
        return item
    process = item.process.id if item.process is not None else None
    return source.pools.get(process or "")


def message_flow_into_start(source: Source, flow: Item) -> Iterator[Problem]:
    """A start event that a message flow enters waits for a message."""
    start = source.by_id.get(plain(flow.get("targetRef")))
    if start is not None and start.kind == "startEvent" and start.executable:
        if "message" not in source.kinds_of(start):
            yield source.problem("message-flow-start", start, flow, flow=flow.id)
