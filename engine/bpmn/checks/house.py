"""House: rules of this domain, which a release must keep and a drawing need not.

An office for every user task, a way out of every loop, a limit on every step that waits: an
application that nobody is answerable for, or that waits for ever, is what the law on time limits
forbids (行政许可法第四十二条). Only processes that are meant to be executed are held to them.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.circles import circles
from engine.bpmn.checks.rules import of_node
from engine.bpmn.model import Node, ProcessModel

BY_HAND = ("userTask", "manualTask")
_ARRIVING = ("message", "signal", "conditional")
_LONGEST_LIST = 5


def problems(model: ProcessModel, people: Container[str]) -> Iterator[Problem]:
    """Yield where a process breaks a rule of the house.

    Args:
        model: the process.
        people: the ids of all user tasks of the files that are checked together.
    """
    timed = _timed_levels(model)
    for node in model.nodes.values():
        yield from office(model, node)
        yield from not_same_as(model, node, people)
        yield from limit(model, node, timed)
        yield from correlation(model, node)
    yield from way_out(model)


def office(model: ProcessModel, node: Node) -> Iterator[Problem]:
    """A user task names the office that is answerable for it, by its role in the case."""
    if node.kind in BY_HAND and not (node.extensions.office or node.extensions.assignee):
        yield of_node("office-missing", model, node)


def not_same_as(model: ProcessModel, node: Node, people: Container[str]) -> Iterator[Problem]:
    """Two pairs of eyes: the other task is a user task, of this process or one that calls it."""
    for name in node.extensions.not_same_as:
        if name not in people:
            yield of_node("not-same-as-unknown", model, node, other=name)


def limit(model: ProcessModel, node: Node, timed: Container[str | None]) -> Iterator[Problem]:
    """What waits for people or for news has a limit, or a timer beside or around it.

    A task of an office is within the limit of the whole case, so a limit of its own is advice.
    """
    arriving = node.kind in ("receiveTask", "intermediateCatchEvent")
    arriving = arriving and node.event.kind in _ARRIVING
    if not (node.kind in BY_HAND or arriving) or node.extensions.limit is not None:
        return
    if not (_is_timed(model, node, timed) or _is_beside_timer(model, node)):
        within = node.kind in BY_HAND and node.extensions.office
        yield of_node("task-without-limit" if within else "waiting-without-limit", model, node)


def _timed_levels(model: ProcessModel) -> set[str | None]:
    """Return the levels that a timer of an event sub-process watches over."""
    return {
        node.parent
        for node in model.nodes.values()
        if node.triggered_by_event
        and any(start.event.kind == "timer" for start in model.starts(node.id))
    }


def _is_timed(model: ProcessModel, node: Node, timed: Container[str | None]) -> bool:
    """Tell whether a timer is attached to a node or to a sub-process around it."""
    place: Node | None = node
    while place is not None:
        if any(event.event.kind == "timer" for event in model.boundary(place.id)):
            return True
        if place.parent in timed:
            return True
        place = model.nodes.get(place.parent) if place.parent else None
    return False


def _is_beside_timer(model: ProcessModel, node: Node) -> bool:
    """Tell whether an event-based gateway before a node offers a timer too."""
    for flow in model.incoming(node.id):
        gateway = model.nodes.get(flow.source)
        if gateway is not None and gateway.kind == "eventBasedGateway":
            ways = (model.nodes.get(other.target) for other in model.outgoing(gateway.id))
            if any(way is not None and way.event.kind == "timer" for way in ways):
                return True
    return False


def correlation(model: ProcessModel, node: Node) -> Iterator[Problem]:
    """A message to a running case says which case it is for."""
    if node.kind == "startEvent" and node.parent is None:
        return
    catching = node.kind in ("receiveTask", "intermediateCatchEvent", "boundaryEvent", "startEvent")
    if catching and node.event.kind == "message" and node.event.name and not node.instantiate:
        if not (node.event.correlation or model.bindings):
            yield of_node("message-without-correlation", model, node, message=node.event.name)


def way_out(model: ProcessModel) -> Iterator[Problem]:
    """A loop that nothing ever leaves: no flow, no event at its border, no end inside."""
    ways = {node.id: _ways(model, node) for node in model.nodes.values()}
    for loop in circles(ways):
        inside = set(loop)
        if all(way in inside for name in loop for way in ways[name]):
            nodes = [model.nodes[name] for name in model.nodes if name in inside]
            names = ", ".join(node.id for node in nodes[:_LONGEST_LIST])
            yield of_node("loop-without-way-out", model, nodes[0], element_list=names,
                          elements=[node.id for node in nodes])  # fmt: skip


def _ways(model: ProcessModel, node: Node) -> list[str]:
    found = [flow.target for flow in model.outgoing(node.id) if flow.target in model.nodes]
    return found + [event.id for event in model.boundary(node.id)]
