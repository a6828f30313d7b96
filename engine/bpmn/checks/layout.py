"""Layout: what is not drawn, drawn over another element, or drawn where it does not belong.

Only shapes that lie in the same diagram are compared. Each kind of finding is told once for each
element; a file without any drawing is told of once, because then nothing was meant to be seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalogue.problem import Problem
from engine.bpmn.checks.source import Item, Source, plain
from engine.bpmn.model import EVENTS, GATEWAYS, NODES, SUBPROCESSES, TASKS

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
_DRAWN = NODES | {
    "sequenceFlow", "participant", "lane", "messageFlow", "group", "textAnnotation",
    "dataObjectReference", "dataStoreReference",
}  # fmt: skip
MOST_TOLD = 50


@dataclass(frozen=True)
class Shape:
    """Where an element is drawn."""

    item: Item
    plane: str
    x: float
    y: float
    width: float
    height: float
    expanded: bool

    def overlaps(self, other: Shape) -> bool:
        """Tell whether two shapes share more than a border."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def within(self, other: Shape) -> bool:
        """Tell whether it lies inside another, borders included."""
        return (
            other.x <= self.x
            and other.y <= self.y
            and self.x + self.width <= other.x + other.width
            and self.y + self.height <= other.y + other.height
        )


def problems(source: Source) -> Iterator[Problem]:
    """Yield what is wrong with the drawing of a file."""
    drawn = {plain(e.get("bpmnElement", "")) for e in source.root.element.iter(*_SHOWN)}
    yield from not_drawn(source, drawn)
    shapes = list(_shapes(source))
    for shape in shapes:
        if shape.width <= 0 or shape.height <= 0:
            yield source.problem("shape-without-size", shape.item)
        yield from standard_size(source, shape)
    by_item = {shape.item: shape for shape in shapes}
    for shape in shapes:
        yield from outside(source, shape, by_item)
    yield from overlapping(source, shapes)


_SHOWN = (f"{DI}BPMNShape", f"{DI}BPMNEdge", f"{DI}BPMNPlane")


def not_drawn(source: Source, drawn: set[str]) -> Iterator[Problem]:
    """Elements that belong on the canvas and have neither shape nor edge."""
    lost = [i for i in source.items if i.kind in _DRAWN and i.id and i.id not in drawn]
    if lost and not drawn:
        yield source.problem("no-bpmndi", lost[0], *lost[1:MOST_TOLD])
        return
    for item in lost:
        yield source.problem("no-bpmndi", item)


def _shapes(source: Source) -> Iterator[Shape]:
    for plane in source.root.element.iter(f"{DI}BPMNPlane"):
        for shape in plane.iter(f"{DI}BPMNShape"):
            item = source.by_id.get(plain(shape.get("bpmnElement", "")))
            bounds = shape.find(BOUNDS)
            numbers = _numbers(bounds)
            if item is not None and numbers is not None:
                expanded = shape.get("isExpanded") in ("true", "1")
                yield Shape(item, plain(plane.get("bpmnElement", "")), *numbers, expanded)


def _numbers(bounds: Any) -> tuple[float, float, float, float] | None:
    if bounds is None:
        return None
    try:
        x, y, width, height = (float(bounds.get(n, "0")) for n in ("x", "y", "width", "height"))
    except ValueError:
        return None
    return x, y, width, height


def outside(source: Source, shape: Shape, by_item: dict[Item, Shape]) -> Iterator[Problem]:
    """An element outside the sub-process it belongs to, or beside the border it is attached to."""
    item = shape.item
    if item not in source.node_set or item.kind == "boundaryEvent" or item.parent is None:
        return
    box = by_item.get(item.parent)
    if box is not None and box.expanded and box.plane == shape.plane and not shape.within(box):
        yield source.problem("no-overlapping-elements", item, item.parent, other=item.parent.id)


def overlapping(source: Source, shapes: list[Shape]) -> Iterator[Problem]:
    """Shapes of one level that lie over each other; a sweep from left to right finds them."""
    groups: dict[tuple[str, Item | None], list[Shape]] = defaultdict(list)
    for shape in shapes:
        if (shape.item.kind in NODES and shape.item.kind != "boundaryEvent") or (
            shape.item.kind == "participant"
        ):
            groups[shape.plane, shape.item.parent].append(shape)
    for group in groups.values():
        open_shapes: list[Shape] = []
        told: set[str | None] = set()
        for shape in sorted(group, key=lambda one: one.x):
            open_shapes = [one for one in open_shapes if one.x + one.width > shape.x]
            found = next((one for one in open_shapes if one.overlaps(shape)), None)
            if found is not None and shape.item is not found.item and shape.item.id not in told:
                told.add(shape.item.id)
                yield source.problem(
                    "no-overlapping-elements", shape.item, found.item, other=found.item.id
                )
            # Whole piles of shapes would cost their square; one of each pile is enough to tell.
            if found is None or len(open_shapes) < 50:
                open_shapes.append(shape)


def standard_size(source: Source, shape: Shape) -> Iterator[Problem]:
    """A shape of another size than a reader is used to."""
    usual = _usual(shape)
    if usual is None:
        return
    width, height = usual
    if (width and shape.width != width) or (height and shape.height != height):
        yield source.problem("standard-size", shape.item, width=width or "…", height=height or "…")


def _usual(shape: Shape) -> tuple[int, int] | None:
    """Return the usual width and height; 0 where either may be anything."""
    kind = shape.item.kind
    if kind in TASKS or kind == "callActivity" or (kind in SUBPROCESSES and not shape.expanded):
        return 100, 80
    if kind in EVENTS:
        return 36, 36
    if kind in GATEWAYS:
        return 50, 50
    if kind == "participant" and not shape.item.get("processRef"):
        return (0, 60) if shape.width >= shape.height else (60, 0)
    return None
