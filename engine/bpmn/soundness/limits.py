"""Limits: which drawings have no token game at all, and which elements the proof leaves out."""

from __future__ import annotations

from engine.bpmn.model import ACTIVITIES, Node, ProcessModel
from engine.bpmn.soundness.drawing import Drawing, NotProven

MOST_ELEMENTS = 20_000
QUIET = frozenset({"none", "message", "signal"})  # end events that do nothing to other tokens


def is_ending(node: Node) -> bool:
    """Tell whether an end event ends more than its own branch."""
    kinds = ("terminate", "error", "cancel", "escalation")
    return node.kind == "endEvent" and node.event.kind in kinds


def moves_by_itself(drawing: Drawing, node: Node) -> bool:
    """Tell whether a token never rests at a node: the engine takes it on in the same step.

    An event behind an event-based gateway has come when the gateway is left.
    """
    before = [drawing.nodes[flow.source].kind for flow in drawing.incoming[node.id]]
    if before and set(before) == {"eventBasedGateway"}:
        return True
    if node.kind in ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "startEvent"):
        return True
    if node.kind == "intermediateCatchEvent":
        return node.event.kind in ("none", "link")
    return node.kind in ("intermediateThrowEvent", "boundaryEvent")


def obstacle(model: ProcessModel) -> str | None:
    """Return why a drawing has no token game at all, or None."""
    for flow in model.flows.values():
        for end in (flow.source, flow.target):
            node = model.nodes.get(end)
            if node is None or node.parent != flow.parent:
                return f"{flow.id} does not lead from one node to another of its level"
        if model.nodes[flow.target].kind in ("startEvent", "boundaryEvent"):
            return f"{flow.id} leads into {flow.target}"
        if model.nodes[flow.source].kind == "endEvent":
            return f"{flow.id} leaves {flow.source}"
    for node in model.nodes.values():
        if node.kind == "boundaryEvent":
            host = model.nodes.get(node.attached_to or "")
            if host is None or host.kind not in ACTIVITIES or host.parent != node.parent:
                return f"{node.id} is attached to no activity"
    return None


def refuse(node: Node) -> None:
    """Stop at an element whose moves are not known here.

    Raises:
        NotProven: it is one.
    """
    reason = None
    if node.kind in ("complexGateway", "adHocSubProcess"):
        reason = "a complex gateway" if node.kind == "complexGateway" else "an ad-hoc sub-process"
    elif node.parallel_events:
        reason = "a gateway that needs all of its events"
    elif node.start_quantity != 1 or node.completion_quantity != 1:
        reason = "a quantity other than one"
    elif node.event.kind == "multiple" and node.kind in ("endEvent", "intermediateThrowEvent"):
        if not {part.kind for part in node.event.parts} <= QUIET:
            reason = "an event that throws several things"
    if reason is not None:
        raise NotProven(
            f"{node.id}: {reason} is not part of the proof", f"{node.id}：证明不包括此类元素"
        )
