"""Diagrams read for their looks: shapes, edges, labels and the words on them.

Only what the tests of `processes/` need: plain geometry in diagram coordinates, and the elements
by id. It knows nothing of execution; the files are read through the engine's own XML door.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.bpmn import xml

FOLDER = Path(__file__).parents[2] / "processes"
CATEGORIES = tuple(sorted(path.parent.name for path in FOLDER.glob("*/process.bpmn")))
FILES = {path.stem: path for path in sorted((FOLDER / "shared").glob("*.bpmn"))} | {
    key: FOLDER / key / "process.bpmn" for key in CATEGORIES
}
NODES = ("startEvent", "endEvent", "boundaryEvent", "exclusiveGateway", "userTask", "serviceTask")
NODES += ("scriptTask", "callActivity", "subProcess", "parallelGateway", "eventBasedGateway")
NODES += ("intermediateCatchEvent", "businessRuleTask")
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
TONGBAN = "{urn:tongban:bpmn:1}"

Point = tuple[float, float]
Segment = tuple[Point, Point]


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> Box:
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def overlaps(self, other: Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def contains(self, other: Box) -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom

    def is_crossed_by(self, segment: Segment) -> bool:
        (x1, y1), (x2, y2) = segment
        return self.overlaps(Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)).grown(0.01))

    def has_on_edge(self, point: Point) -> bool:
        x, y = point
        inside = self.left <= x <= self.right and self.top <= y <= self.bottom
        return inside and (x in (self.left, self.right) or y in (self.top, self.bottom))


@dataclass
class Diagram:
    """One file: its elements by id, and where they are drawn."""

    path: Path
    root: Any
    boxes: dict[str, Box] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, list[Point]] = field(default_factory=dict)

    @cached_property
    def process(self) -> Any:
        return self.root.find(xml.tag("process"))

    @cached_property
    def elements(self) -> dict[str, Any]:
        return {element.get("id"): element for element in self.root.iter() if element.get("id")}

    @cached_property
    def nodes(self) -> list[Any]:
        return [element for name in NODES for element in self.process.iter(xml.tag(name))]

    @cached_property
    def flows(self) -> list[Any]:
        return list(self.process.iter(xml.tag("sequenceFlow")))

    @cached_property
    def lanes(self) -> list[Any]:
        return list(self.process.iter(xml.tag("lane")))

    def of_kind(self, name: str) -> list[Any]:
        return list(self.process.iter(xml.tag(name)))

    def splits(self) -> list[Any]:
        """Return the gateways with more than one way out."""
        gateways = self.of_kind("exclusiveGateway")
        return [one for one in gateways if len(one.findall(xml.tag("outgoing"))) > 1]

    def segments(self, flow: str) -> Iterator[Segment]:
        points = self.lines[flow]
        return zip(points, points[1:], strict=False)


def read(path: Path) -> Diagram:
    """Read a diagram of ours."""
    root = xml.read(path.read_bytes(), path.name).getroot()
    diagram = Diagram(path, root)
    for shape in root.iter(f"{DI}BPMNShape"):
        diagram.boxes[shape.get("bpmnElement")] = _box(shape.find(f"{DC}Bounds"))
    for edge in root.iter(f"{DI}BPMNEdge"):
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.findall(WAYPOINT)]
        diagram.lines[edge.get("bpmnElement")] = points
    for label in root.iter(f"{DI}BPMNLabel"):
        diagram.labels[label.getparent().get("bpmnElement")] = _box(label.find(f"{DC}Bounds"))
    return diagram


def extension(element: Any, name: str) -> Any:
    """Return an extension of ours of an element, or None."""
    return element.find(f"{xml.tag('extensionElements')}/{TONGBAN}{name}")


def english(element: Any) -> str | None:
    """Return the English label of an element."""
    for found in element.findall(f"{xml.tag('extensionElements')}/{TONGBAN}property"):
        if found.get("name") == "label_en":
            return str(found.get("value"))
    return None


def _box(bounds: Any) -> Box:
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)
