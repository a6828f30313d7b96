"""Regions: the side paths that events open without interrupting anything.

A side path is told by the nodes that only its event leads to. It may be run again while the case
goes on, so two runs of one side path are no fault of the drawing: a new one is looked at only
when the one before has ended. Where a side path keeps to itself it is proved by itself.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.model import Node
from engine.bpmn.soundness.drawing import Drawing
from engine.bpmn.soundness.frames import Frame

_REACHING_OUT = ("terminate", "cancel", "error", "escalation", "multiple")


def find(frame: Frame, look: Callable[[], None]) -> None:
    """Write the regions of a frame into it, the widest first."""
    drawing = frame.drawing
    roots = {node.id for node in first_nodes(frame)}
    events = [node for node in frame.nodes if is_side_event(node)]
    found: dict[str, frozenset[str]] = {}
    for event in events:
        if event.id == frame.root:
            continue
        look()
        without = drawing.reach(roots, without=event.id, within=frame.only)
        found[event.id] = frozenset(drawing.reach([event.id], within=frame.only) - without)
    for event_id in sorted(found, key=lambda one: -len(found[one])):
        frame.regions[event_id] = found[event_id] - {event_id}
        for node in found[event_id]:
            frame.region_of[node] = event_id


def first_nodes(frame: Frame) -> list[Node]:
    """Return the nodes at which a frame begins."""
    return [node for nodes in alternatives(frame) for node in nodes]


def alternatives(frame: Frame) -> list[tuple[Node, ...]]:
    """Return the ways in which a frame begins."""
    if frame.root is not None:
        return [(frame.drawing.nodes[frame.root],)]
    if frame.level is None and frame.called:
        return frame.drawing.callable_entries()
    return frame.drawing.entries(frame.level)


def is_side_event(node: Node) -> bool:
    """Tell whether a node opens a side path."""
    return (
        node.kind == "boundaryEvent"
        and not node.interrupting
        and node.event.kind not in ("error", "cancel", "compensation")
    )


def keeps_to_itself(drawing: Drawing, event: Node, region: frozenset[str]) -> bool:
    """Tell whether nothing of a side path leads into, or reaches, what is beside it."""
    for place in (event.id, *region):
        node = drawing.nodes[place]
        if place != event.id and node.event.kind in _REACHING_OUT:
            return False
        for target in drawing.following(node):
            if target not in region and drawing.nodes[target].kind != "endEvent":
                return False
            if drawing.nodes[target].event.kind in _REACHING_OUT:
                return False
    return True
