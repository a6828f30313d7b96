"""Supported events: which kinds of event are executed at which place, and which are refused.

Several definitions of one event, compensation, events that a repetition throws, nodes that
start a process and quantities of tokens have conditions of their own: what the standard leaves
open or contradicts is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import ACTIVITIES, CATCHING, THROWING, Event, Node, ProcessModel

Reason = tuple[str, dict[str, str]]  # a rule, and the facts that its sentence names

_LISTENED = {"message", "timer", "signal", "conditional"}
_SENT = {"message", "signal", "escalation"}
_EXECUTED = {
    "startEvent": {"none", "message", "timer", "signal"},
    "eventStart": _LISTENED | {"error", "escalation", "compensation"},
    "intermediateCatchEvent": _LISTENED | {"none", "link"},
    "boundaryEvent": _LISTENED | {"error", "escalation", "cancel", "compensation"},
    "intermediateThrowEvent": _SENT | {"none", "link", "compensation"},
    "endEvent": _SENT | {"none", "error", "terminate", "cancel", "compensation"},
}


def refusals(process: ProcessModel, node: Node) -> Iterator[Reason]:
    """Yield why an event, or what a node does with events, is not executed."""
    yield from _kind(process, node)
    if node.event.kind == "cancel":
        yield from _cancel(process, node)
    if node.event.kind == "compensation":
        yield from _compensation(process, node)
    if node.kind in ACTIVITIES:
        yield from _undone_twice(process, node)
    if node.loop is not None and node.loop.behavior != "All":
        yield from _repetition(process, node)
    if node.start_quantity < 1 or node.completion_quantity < 1:
        yield "quantity", {}
    if node.instantiate and (node.parent is not None or process.incoming(node.id)):
        yield "instantiating", {}


def _kind(process: ProcessModel, node: Node) -> Iterator[Reason]:
    place = node.kind
    if place == "startEvent" and process.is_event_subprocess(node.parent):
        place = "eventStart"
    executed = _EXECUTED.get(place)
    if executed is None or node.event.kind in executed:
        return
    if node.event.kind == "multiple":
        yield from _several(node, place)
        return
    if place == "startEvent" and node.event.kind == "conditional":
        yield "conditional-start", {}
    else:
        yield "event-place", {"event": node.event.kind}


def _several(node: Node, place: str) -> Iterator[Reason]:
    possible = _LISTENED if node.kind in CATCHING else _SENT
    odd = sorted({part.kind for part in node.event.parts} - possible)
    if odd:
        yield "multiple-event", {"kinds": ", ".join(odd)}
    if node.event.parallel and place == "startEvent":
        yield "parallel-multiple", {}


def _cancel(process: ProcessModel, node: Node) -> Iterator[Reason]:
    holder = node.attached_to if node.kind == "boundaryEvent" else node.parent
    while node.kind != "boundaryEvent" and process.is_event_subprocess(holder):
        holder = process.nodes[str(holder)].parent
    transaction = process.nodes.get(holder or "")
    if transaction is None or transaction.kind != "transaction":
        yield "cancel-outside-transaction", {}
    elif all(event.event.kind != "cancel" for event in process.boundary(transaction.id)):
        yield "cancel-without-boundary", {"transaction": transaction.id}


def _compensation(process: ProcessModel, node: Node) -> Iterator[Reason]:
    if node.kind == "boundaryEvent":
        handler = process.nodes.get(node.handler or "")
        if handler is None or not handler.for_compensation or handler.parent != node.parent:
            yield "compensation-without-handler", {}
    elif node.kind in THROWING and node.event.activity is not None:
        target = process.nodes.get(node.event.activity)
        seen = list(_levels(process, node))
        if target is None or target.kind not in ACTIVITIES or target.parent not in seen:
            yield "compensation-target", {"target": node.event.activity}


def _levels(process: ProcessModel, node: Node) -> Iterator[str | None]:
    """Yield the levels whose activities a node can compensate."""
    level = node.parent
    yield level
    while process.is_event_subprocess(level):
        level = process.nodes[str(level)].parent
        yield level


def _undone_twice(process: ProcessModel, node: Node) -> Iterator[Reason]:
    handlers = [e for e in process.boundary(node.id) if e.event.kind == "compensation"]
    inside = [
        start
        for child in process.inside(node.id)
        if child.triggered_by_event
        for start in process.starts(child.id)
        if start.event.kind == "compensation"
    ]
    if len(handlers) + len(inside) > 1:
        yield "compensation-twice", {}


def _repetition(process: ProcessModel, node: Node) -> Iterator[Reason]:
    """Judge events that a multi-instance activity throws as its instances complete.

    The standard says that the first, or every, instance throws and that the activity goes on,
    and also that an interrupting boundary event ends it: the two cannot both hold.
    """
    loop = node.loop
    events = [] if loop is None else [event for _, event in loop.throws]
    if not events or any(event.kind not in _SENT for event in events):
        yield "multi-instance-event", {}
    for border in process.boundary(node.id):
        if border.interrupting and any(_hears(border.event, event) for event in events):
            yield "multi-instance-behavior", {"event": border.id}


def _hears(catching: Event, thrown: Event) -> bool:
    for part in catching.parts or (catching,):
        same = part.name == thrown.name if part.kind != "escalation" else True
        if part.kind == thrown.kind and same:
            return True
    return False
