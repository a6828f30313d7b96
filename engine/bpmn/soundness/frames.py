"""Frames: one level of a drawing inside those around it, and who catches what it throws.

The search for a catcher follows the engine's: the events on the border of an activity, then the
event sub-processes beside it, then the same one level further out, through calls as well. Frames
that stand alone end the search at their own border; what leaves there is an outcome.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.bpmn.model import Node
from engine.bpmn.soundness.drawing import Drawing

RAISING = frozenset(
    {"userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "businessRuleTask"}
)


@dataclass
class Frame:
    """A process, the inside of a sub-process, or what follows one event, in its place."""

    drawing: Drawing
    level: str | None
    prefix: str = ""
    outer: Frame | None = None
    host: Node | None = None  # the activity of the outer frame that this is the inside of
    caller: str | None = None
    called: bool = False  # whether another process calls it
    root: str | None = None  # the event that opens it, when it is a side path by itself
    only: frozenset[str] | None = None  # the nodes it is narrowed to
    region_of: dict[str, str] = field(default_factory=dict)  # node -> innermost side event
    regions: dict[str, frozenset[str]] = field(default_factory=dict)  # side event -> its own nodes

    @property
    def nodes(self) -> list[Node]:
        """The nodes of the level that take part."""
        found = self.drawing.inside[self.level]
        return [node for node in found if self.only is None or node.id in self.only]

    @property
    def listeners(self) -> list[tuple[Node, Node]]:
        """The event sub-processes of the level, with the start event of each."""
        found = []
        for node in self.nodes:
            if node.triggered_by_event and node.id in self.drawing.nodes:
                starts = self.drawing.entries(node.id)
                if starts and starts[0][0].event.kind != "compensation":
                    found.append((node, starts[0][0]))
        return found

    def name(self, element: str) -> str:
        """Return the name of an element in the net."""
        return self.prefix + element

    def around(self, event: str | None) -> list[str]:
        """Return a side event and those in whose regions it is."""
        return [one for one, nodes in self.regions.items() if one == event or event in nodes]

    def chain(self) -> Iterator[Frame]:
        """Yield this frame and those around it."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.outer


@dataclass(frozen=True)
class Catcher:
    """Who catches an error or an escalation: an event on a border, or an event sub-process."""

    frame: Frame
    event: Node  # the boundary event, or the start event of the event sub-process
    subprocess: Node | None = None

    @property
    def interrupting(self) -> bool:
        """Whether what it hangs on, or its level, ends."""
        return self.event.interrupting or self.event.event.kind in ("error", "cancel")


def catchers(frame: Frame, node: Node, kind: str) -> Iterator[list[Catcher]]:
    """Yield, from a node outwards, the groups in which a catcher is looked for."""
    at: Frame | None = frame
    while at is not None:
        yield [
            Catcher(at, event) for event in at.drawing.boundary[node.id] if event.event.kind == kind
        ]
        if not (node.triggered_by_event and interrupts(at.drawing, node)):
            yield [
                Catcher(at, start, subprocess)
                for subprocess, start in at.listeners
                if start.event.kind == kind and subprocess.id != node.id
            ]
        if at.host is None:
            return
        node, at = at.host, at.outer


def interrupts(drawing: Drawing, subprocess: Node) -> bool:
    """Tell whether an event sub-process takes the place of its level."""
    starts = drawing.entries(subprocess.id)
    return bool(starts) and (
        starts[0][0].interrupting or starts[0][0].event.kind in ("error", "compensation")
    )


def find(frame: Frame, node: Node, kind: str, code: str | None) -> Catcher | None:
    """Return who catches an error or an escalation that a node throws."""
    for group in catchers(frame, node, kind):
        matching = [one for one in group if one.event.event.code in (None, code)]
        matching.sort(key=lambda one: one.event.event.code is None)
        if matching:
            return matching[0]
    return None


def of_any_error(frame: Frame, node: Node, but: frozenset[str]) -> list[Catcher]:
    """Return all who may catch an error whose code is not known, except codes that never come."""
    found, seen = [], set(but)
    for group in catchers(frame, node, "error"):
        for one in group:
            code = one.event.event.code
            if code is not None and code not in seen:
                found.append(one)
                seen.add(code)
        everything = [one for one in group if one.event.event.code is None]
        if everything:
            return [*found, everything[0]]
    return found


def escaping(frame: Frame, node: Node, but: frozenset[str]) -> frozenset[str] | None:
    """Return the codes that are caught before they leave the frames; None if all are."""
    kept = set(but)
    for group in catchers(frame, node, "error"):
        if any(one.event.event.code is None for one in group):
            return None
        kept |= {str(one.event.event.code) for one in group}
    return frozenset(kept)
