"""Pictures of coverage: well-formed, complete, counted, harmless, readable without colour."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from engine.bpmn import layout
from engine.bpmn.layout import Box, Edge, Layout, Shape
from engine.process.scenarios import picture
from tests.processes.diagrams import FILES

SVG = "{http://www.w3.org/2000/svg}"


def drawn(found: Layout, counts: dict[str, int]) -> ElementTree.Element:
    return ElementTree.fromstring(picture.draw(found, counts, "<title> & more"))


@pytest.mark.parametrize("key", FILES)
def test_every_element_of_our_diagrams_is_drawn_with_its_count(key: str) -> None:
    found = layout.read(FILES[key].read_bytes(), FILES[key].name)
    names = {one.element for one in found.shapes if one.kind not in picture.CONTAINERS}
    names |= {one.element for one in found.edges}
    counts = {name: number % 3 for number, name in enumerate(sorted(names))}

    root = drawn(found, counts)

    groups = {
        one.get("data-element"): one for one in root.iter(f"{SVG}g") if one.get("data-element")
    }
    assert set(groups) == names
    for name, group in groups.items():
        written = [
            text.text for text in group.iter(f"{SVG}text") if "count" in text.get("class", "")
        ]
        assert written == [str(counts[name]) if counts[name] else "✕"]
        assert ("no" in group.get("class", "").split()) == (counts[name] == 0)


def test_everything_lies_inside_the_frame() -> None:
    found = layout.read(FILES["delivery"].read_bytes(), "delivery.bpmn")

    root = drawn(found, {})

    left, top, width, height = map(float, root.get("viewBox", "").split())
    for shape in found.shapes:
        assert left < shape.box.x and shape.box.x + shape.box.width < left + width
        assert top < shape.box.y and shape.box.y + shape.box.height < top + height


def test_names_are_text_and_never_markup() -> None:
    evil = '"><script>alert(1)</script>&'
    shape = Shape(evil, "userTask", evil, Box(0, 0, 100, 80))
    edge = Edge(evil, "sequenceFlow", evil, ((0, 0), (50, 0)))

    root = drawn(Layout([shape], [edge]), {evil: 1})

    assert not list(root.iter(f"{SVG}script"))
    assert {one.get("data-element") for one in root.iter(f"{SVG}g")} == {evil}


def test_a_diagram_without_drawing_gives_an_empty_picture() -> None:
    assert drawn(Layout(), {}).tag == f"{SVG}svg"


def test_light_and_dark_have_colours_of_their_own() -> None:
    text = picture.draw(Layout(), {}, "")

    assert "prefers-color-scheme:dark" in text
    assert text.count("--yes:") == text.count("--no:") == 2


@pytest.mark.parametrize(
    "text, width, lines",
    [
        ("审查材料", 200, ["审查材料"]),
        ("审查材料是否齐全", 50, ["审查材料", "是否齐全"]),
        ("Check the papers", 64, ["Check the", "papers"]),
        ("Check\nthe  papers", 64, ["Check the", "papers"]),
        ("Unbreakable", 10, ["Unbreakable"]),
        ("", 10, [""]),
    ],
)
def test_texts_are_broken_into_lines(text: str, width: float, lines: list[str]) -> None:
    assert picture.wrapped(text, width) == lines
