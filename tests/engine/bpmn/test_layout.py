"""Layout: what is drawn is read; what is drawn oddly does no harm."""

from __future__ import annotations

import pytest

from engine.bpmn import layout
from engine.bpmn.layout import Box
from tests.engine.bpmn import diagrams as d

HEAD = (
    '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"><bpmndi:BPMNPlane bpmnElement="p">'
)


def shape(element: str, bounds: str, label: str = "") -> str:
    inside = f"<dc:Bounds {bounds}/>{label}"
    return f'<bpmndi:BPMNShape bpmnElement="{element}">{inside}</bpmndi:BPMNShape>'


def edge(element: str, *points: tuple[str, str]) -> str:
    inside = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<bpmndi:BPMNEdge bpmnElement="{element}">{inside}</bpmndi:BPMNEdge>'


def read(*drawn: str) -> layout.Layout:
    late = d.boundary("b", "A", d.timer("P1D"), False)
    parts = [d.start(), d.user("A"), late, d.end(), d.end("x")]
    process = d.process("p", *parts, d.flows("s A; A e; b x"))
    drawing = f"{HEAD}{''.join(drawn)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    return layout.read(d.document(process, drawing), "t.bpmn")


def test_shapes_edges_and_labels_are_read():
    label = '<bpmndi:BPMNLabel><dc:Bounds x="1" y="2" width="3" height="4"/></bpmndi:BPMNLabel>'
    box = 'x="10" y="20" width="100" height="80"'

    found = read(shape("A", box), shape("b", box, label), edge("f_s_A", ("0", "0"), ("5.5", "-5")))

    first, second = found.shapes
    assert (first.element, first.kind, first.box) == ("A", "userTask", Box(10, 20, 100, 80))
    assert first.box.middle == (60, 60)
    assert second.label == Box(1, 2, 3, 4)
    assert second.marks == {"timerEventDefinition", "dashed"}
    assert found.edges[0].points == ((0, 0), (5.5, -5))


@pytest.mark.parametrize("number", ["NaN", "INF", "-INF", "1e308", "-5e99"])
def test_numbers_without_sense_stay_within_bounds(number):
    found = read(shape("A", f'x="{number}" y="0" width="{number}" height="1"'))

    box = found.shapes[0].box
    assert abs(box.x) <= layout.MOST and 0 <= box.width <= layout.MOST


def test_what_draws_nothing_of_the_model_is_left_out():
    box = 'x="1" y="1" width="1" height="1"'

    found = read(shape("Nowhere", box), edge("f_A_e", ("1", "1"), ("2", "2")))

    assert [one.element for one in found.shapes] == []
    assert [one.element for one in found.edges] == ["f_A_e"]
