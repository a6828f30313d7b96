"""Compiling: a level of a drawing becomes a net.

Tokens stand at nodes; at joins they stand on the flow they came by. A sub-process or a call that
is sound by itself is one place; any other is written out with all that is inside it. End events
keep their tokens until their level ends, so that reaching one twice is seen.
"""

from __future__ import annotations

from typing import Protocol

from engine.bpmn.model import SUBPROCESSES, Flow, Node
from engine.bpmn.soundness import moves, regions, throwing
from engine.bpmn.soundness.drawing import NotProven, Option, is_join, is_outside
from engine.bpmn.soundness.frames import Frame
from engine.bpmn.soundness.limits import QUIET, is_ending, moves_by_itself, refuse
from engine.bpmn.soundness.net import CASE, DONE, MOVING, START, Key, Net, Place, Step, Transition
from engine.bpmn.soundness.summary import Summary

MOST_PLACES = 20_000
ROOT = "*case"
Entered = tuple[tuple[str, ...], tuple[Step, ...], frozenset[Key]]


class Knowledge(Protocol):
    """What the compiler asks about other levels."""

    def look(self) -> None:
        """Give up when the time is over."""

    def inside(self, frame: Frame, node: Node) -> Frame | None:
        """Return the inside of a sub-process or a call; None where it cannot be looked at."""

    def summary(self, frame: Frame, node: Node) -> Summary | None:
        """Return what is known of the inside; None when it has to be written out."""

    def aside(self, frame: Frame, event: Node) -> Summary | None:
        """Return what is known of a side path by itself; None when it has to be written out."""


class Compiler:
    """Writes the net of one frame and of the frames inside it."""

    def __init__(self, frame: Frame, knowledge: Knowledge) -> None:
        self.net = Net()
        self.root = frame
        self.knowledge = knowledge
        self.summaries: dict[str, Summary] = {}  # by place
        self.inner: dict[str, Frame] = {}  # by place: what is written out
        self.stuck: set[str] = set()  # activities that cannot begin
        self.escalations: set[str | None] = set()
        self.any_errors: list[tuple[Key, frozenset[str]]] = []  # who may raise any error but these
        self._build()

    def _build(self) -> None:
        element = self.root.level or self.root.drawing.model.id
        for name in (START, ROOT):  # they outlive what empties the level
            self.place(name, self.root, element, "scope", ()).groups.clear()
        self.write(self.root)
        for nodes in regions.alternatives(self.root):
            outputs, steps, covers = self.begin(self.root, nodes)
            self.move(
                self.root.level or "",
                frozenset({START}),
                (ROOT, *outputs),
                steps,
                covers=covers,
            )
        live = frozenset({f"live:{self.root.prefix}"})
        self.move(
            "",
            frozenset({ROOT}),
            forbids=live,
            clears=frozenset({CASE}),
            outcome=DONE,
        )

    # Writing

    def write(self, frame: Frame) -> None:
        """Add the places and the moves of a frame."""
        regions.find(frame, self.knowledge.look)
        nodes = [node for node in frame.nodes if not is_outside(node)]
        if frame.listeners:
            self.place(frame.name("*listening"), frame, frame.level or "", "mark", ())
        for node in nodes:
            refuse(node)
            self._places(frame, node)
        self._upstream(frame, nodes)
        for node in nodes:
            moves.write(self, frame, node)
        for subprocess, start in frame.listeners:
            moves.listen(self, frame, subprocess, start)

    def _places(self, frame: Frame, node: Node) -> None:
        if node.kind == "boundaryEvent" and node.id != frame.root:
            return
        if is_join(frame.drawing, node):
            for flow in frame.drawing.incoming[node.id]:
                name = frame.name(f"~{flow.id}")
                place = self.place(name, frame, node.id, "token", (node.id,))
                place.gateway, place.flow = node.id, flow.id
                place.covers.clear()
            return
        if node.kind == "endEvent" and node.event.kind in QUIET:
            return
        name = frame.name(node.id)
        kind = "ending" if is_ending(node) else "token"
        place = self.place(name, frame, node.id, kind, (node.id,))
        place.groups.add(f"host:{name}")
        if moves_by_itself(frame.drawing, node):
            place.groups.add(MOVING)
        if node.kind in SUBPROCESSES or node.kind == "callActivity":
            self._inside(frame, node, name)

    def _inside(self, frame: Frame, node: Node, name: str) -> None:
        if node.triggered_by_event and node not in [one for one, _ in frame.listeners]:
            return
        summary = self.knowledge.summary(frame, node)
        if summary is not None:
            self.summaries[name] = summary
            self.net.places[name].covers |= summary.covers
            if not summary.rests:
                self.net.places[name].groups.add(MOVING)
            return
        inside = self.knowledge.inside(frame, node)
        if inside is None:
            return
        if not regions.alternatives(inside):
            self.stuck.add(name)
            return
        self.inner[name] = inside
        self.write(inside)

    def place(self, name: str, frame: Frame, element: str, kind: str, at: tuple[str, ...]) -> Place:
        """Add a place of a frame, with the groups that it is in for standing at a node."""
        if len(self.net.places) > MOST_PLACES:
            raise NotProven("the drawing has too many elements", "图中元素过多")
        process = frame.drawing.model.id
        place = Place(name, element, process, kind, caller=frame.caller)
        for one in frame.chain():
            place.groups.add(f"all:{one.prefix}")
            if one.host is not None and one.outer is not None:
                place.groups.add(f"host:{one.outer.name(one.host.id)}")
        if kind in ("token", "ending"):
            place.groups.add(f"live:{frame.prefix}")
            place.covers.add((process, element))
        for node in at:
            for event, region in frame.regions.items():
                if node in region:
                    part = "ends" if kind == "end" else "region"
                    place.groups.add(f"{part}:{frame.name(event)}")
        self.net.places[name] = place
        return place

    def _upstream(self, frame: Frame, nodes: list[Node]) -> None:
        """Mark from where tokens may still come to the inclusive joins of a level."""
        drawing = frame.drawing
        for join in nodes:
            if join.kind != "inclusiveGateway" or not is_join(drawing, join):
                continue
            found = []
            for flow in drawing.incoming[join.id]:
                self.knowledge.look()
                groups = []
                for way, borders in (("up", True), ("along", False)):
                    groups.append(f"{way}:{frame.name(join.id)}~{flow.id}")
                    for place in drawing.upstream(flow.source, join.id, borders):
                        for name in self._standing(frame, place):
                            self.net.places[name].groups.add(groups[-1])
                found.append((frame.name(f"~{flow.id}"), groups[0], groups[1]))
            self.net.joins[frame.name(join.id)] = found
            for name, *_ in found:
                self.net.places[name].groups.add(f"at:{frame.name(join.id)}")

    def _standing(self, frame: Frame, node: str) -> list[str]:
        flows = (f"~{flow.id}" for flow in frame.drawing.incoming[node])
        names = [frame.name(one) for one in (node, *flows)]
        return [n for n in names if n in self.net.places and self.net.places[n].element == node]

    # Entering

    def begin(self, frame: Frame, nodes: tuple[Node, ...]) -> Entered:
        """Return what is marked when a level begins."""
        outputs: tuple[str, ...] = ()
        if frame.listeners:
            outputs = (frame.name("*listening"),)
        steps: tuple[Step, ...] = ()
        covers: frozenset[Key] = frozenset()
        for node in nodes:
            more = self.enter(frame, node, None, None)
            outputs, steps, covers = outputs + more[0], steps + more[1], covers | more[2]
        return outputs, steps, covers

    def enter(self, frame: Frame, node: Node, flow: Flow | None, source: Node | None) -> Entered:
        """Return what is marked when a token comes to a node."""
        if flow is not None and is_join(frame.drawing, node):
            return (frame.name(f"~{flow.id}"),), (), frozenset()
        if node.kind == "endEvent":
            return self._end(frame, node, source)
        name = frame.name(node.id)
        outputs = (name, *moves.arm(self, frame, node))
        if name in self.inner:
            inside = self.inner[name]
            more = self.begin(inside, regions.alternatives(inside)[0])
            return outputs + more[0], more[1], more[2]
        return outputs, (), frozenset()

    def _end(self, frame: Frame, node: Node, source: Node | None) -> Entered:
        """An end event keeps its token; side paths have tokens of their own there."""
        name = frame.name(node.id)
        region = None
        if source is not None:
            region = source.id if source.id in frame.regions else frame.region_of.get(source.id)
        if region is not None and node.id not in frame.regions[region]:
            name = f"{name}@{region}"
        if node.event.kind not in QUIET:
            if name not in self.net.places:
                kind = "ending" if is_ending(node) else "token"
                place = self.place(name, frame, node.id, kind, ())
                place.groups |= {f"region:{frame.name(one)}" for one in frame.around(region)}
                throwing.end(self, frame, node, name)
            return (name,), (), frozenset()
        if name not in self.net.places:
            place = self.place(name, frame, node.id, "end", (node.id,))
            place.groups |= {f"ends:{frame.name(one)}" for one in frame.around(region)}
        key = (frame.drawing.model.id, node.id)
        return (name,), ((node.id, None),), frozenset({key})

    def leave(self, frame: Frame, node: Node, option: Option) -> Entered:
        """Return what is marked when a token leaves a node by some flows."""
        outputs: tuple[str, ...] = ()
        steps: tuple[Step, ...] = () if option else ((node.id, None),)
        after: tuple[Step, ...] = ()
        covers: frozenset[Key] = frozenset()
        for flow in option:
            target = frame.drawing.nodes[flow.target]
            more = self.enter(frame, target, flow, node)
            steps += ((node.id, flow.id),)
            outputs, after, covers = outputs + more[0], after + more[1], covers | more[2]
        return outputs, steps + after, covers

    def move(
        self,
        element: str,
        inputs: frozenset[str],
        outputs: tuple[str, ...] = (),
        steps: tuple[Step, ...] = (),
        **more: object,
    ) -> None:
        """Add a transition."""
        made = Transition(element, inputs, outputs, steps, **more)  # type: ignore[arg-type]
        self.net.transitions.append(made)
