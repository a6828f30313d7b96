"""Layout: where a diagram draws its elements, for pictures made without a browser.

Read from the interchange part of the file (BPMN DI): boxes of shapes, waypoints of edges, places
of labels, names. What is not drawn is not here. Coordinates are those of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from engine.bpmn import xml

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
MOST = 1_000_000.0

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Shape:
    """A drawn element."""

    element: str
    kind: str  # the BPMN element: userTask, lane, …
    name: str
    box: Box
    label: Box | None = None
    marks: frozenset[str] = frozenset()  # event definitions, and `dashed` where not interrupting
    expanded: bool = True
    horizontal: bool = True


@dataclass(frozen=True)
class Edge:
    """A drawn connection."""

    element: str
    kind: str
    name: str
    points: tuple[Point, ...]
    label: Box | None = None


@dataclass
class Layout:
    """What one file draws, in its own order."""

    shapes: list[Shape] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


def read(data: bytes, name: str) -> Layout:
    """Read the drawing of a file.

    Raises:
        XMLRefused: the file is no BPMN.
    """
    root = xml.read(data, name).getroot()
    elements = {one.get("id"): one for one in root.iter() if one.get("id")}
    layout = Layout()
    for drawn in root.iter(f"{_DI}BPMNShape", f"{_DI}BPMNEdge"):
        element = elements.get(drawn.get("bpmnElement"))
        if element is None:
            continue
        if drawn.tag == f"{_DI}BPMNShape":
            box = _box(drawn.find(f"{_DC}Bounds"))
            if box is not None:
                layout.shapes.append(_shape(drawn, element, box))
        else:
            points = [_point(point) for point in drawn.findall(_WAYPOINT)]
            if len(points) > 1:
                layout.edges.append(_edge(drawn, element, points))
    return layout


def _shape(drawn: Any, element: Any, box: Box) -> Shape:
    marks = {xml.local(one) for one in element if isinstance(one.tag, str)}
    marks = {one for one in marks if one.endswith(("EventDefinition", "LoopCharacteristics"))}
    for attribute in ("cancelActivity", "isInterrupting"):
        if element.get(attribute) == "false":
            marks.add("dashed")
    if element.get("triggeredByEvent") == "true":
        marks.add("triggered")
    return Shape(
        element.get("id"),
        xml.local(element),
        element.get("name") or "",
        box,
        _label(drawn),
        frozenset(marks),
        drawn.get("isExpanded") != "false",
        drawn.get("isHorizontal") != "false",
    )


def _edge(drawn: Any, element: Any, points: list[Point]) -> Edge:
    name = element.get("name") or ""
    return Edge(element.get("id"), xml.local(element), name, tuple(points), _label(drawn))


def _label(drawn: Any) -> Box | None:
    label = drawn.find(f"{_DI}BPMNLabel")
    return None if label is None else _box(label.find(f"{_DC}Bounds"))


def _box(bounds: Any) -> Box | None:
    if bounds is None:
        return None
    x, y, width, height = (_number(bounds.get(key)) for key in ("x", "y", "width", "height"))
    return Box(x, y, max(width, 0), max(height, 0))


def _point(point: Any) -> Point:
    return _number(point.get("x")), _number(point.get("y"))


def _number(text: str | None) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        return 0.0
    return max(-MOST, min(MOST, value)) if isfinite(value) else 0.0
