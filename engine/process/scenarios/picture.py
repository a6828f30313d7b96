"""Picture: a diagram as SVG, with how often each element and flow was passed.

Passed elements are green with their count, those no scenario passes red and dashed; so the
meaning does not hang on the colour alone. The picture stands by itself: no script, no font and no
address from outside. It follows the reader's light or dark setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from engine.bpmn.layout import Box, Edge, Layout, Shape
from engine.bpmn.model import NODES
from engine.process.scenarios.symbols import gateway_mark, inside_event, task_mark

MARGIN = 40  # room for labels that are wider than the editor thought
LINE = 15  # height of a line of text
WIDE = 12.0  # width of a Chinese character; a Latin one is about half as wide
CONTAINERS = ("participant", "lane")
STYLE = """
svg{--ink:#1f2933;--paper:#ffffff;--soft:#8a94a0;--lane:#f4f6f8;--yes:#1a7f4b;--yesfill:#e6f5ec;
--no:#b3261e;--nofill:#fdecea;font:12px "Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif}
@media (prefers-color-scheme:dark){svg{--ink:#e6e9ed;--paper:#171b20;--soft:#7f8a96;--lane:#1e242b;
--yes:#5fd39a;--yesfill:#14352a;--no:#ff8a80;--nofill:#3d1c1a}}
.paper{fill:var(--paper)}.lane{fill:var(--lane);stroke:var(--soft)}
.shape{stroke:var(--ink);fill:var(--paper);stroke-width:1.5}
.yes .shape{stroke:var(--yes);fill:var(--yesfill)}
.no .shape{stroke:var(--no);fill:var(--nofill);stroke-dasharray:5 3}
.sub .shape{fill:none}.aside .shape{fill:none;stroke:var(--soft);stroke-width:1}.thick .shape{stroke-width:3.5}
.mark{fill:none;stroke:var(--ink);stroke-width:1.3}.solid{fill:var(--ink);stroke:none}
.flow{fill:none;stroke:var(--soft);stroke-width:1.5}.head{fill:var(--soft)}
.yes .flow{stroke:var(--yes);stroke-width:2.5}.yes .head{fill:var(--yes)}
.no .flow{stroke:var(--no);stroke-dasharray:5 3}.no .head{fill:var(--no)}
text{fill:var(--ink);text-anchor:middle}.start{text-anchor:start}
.halo{paint-order:stroke;stroke:var(--paper);stroke-width:3px}
.count{font-size:11px;font-weight:600}.yes .count{fill:var(--yes)}.no .count{fill:var(--no)}
"""


def draw(layout: Layout, counts: Mapping[str, int], title: str) -> str:
    """Return an SVG document.

    Args:
        layout: Where the elements are drawn.
        counts: How often elements and flows were passed; those not in it are drawn plainly.
        title: What the picture shows, for those who hear it.
    """
    left, top, width, height = _frame(layout)
    box = f"{left:g} {top:g} {width:g} {height:g}"
    body = [_container(one) for one in layout.shapes if one.kind in CONTAINERS]
    order = sorted(layout.shapes, key=_depth)
    body += [_shape(one, counts) for one in order if one.kind not in CONTAINERS]
    body += [_edge(one, counts) for one in layout.edges]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width:g}" '
        f'height="{height:g}" role="img"><title>{escape(title)}</title><style>{STYLE}</style>'
        f'<rect class="paper" x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}"/>'
        f"{''.join(body)}</svg>\n"
    )


def _frame(layout: Layout) -> tuple[float, float, float, float]:
    boxes = [one.box for one in layout.shapes]
    labels = [one.label for one in layout.shapes] + [one.label for one in layout.edges]
    boxes += [label for label in labels if label is not None]
    points = [point for edge in layout.edges for point in edge.points]
    points += [(box.x, box.y) for box in boxes]
    points += [(box.x + box.width, box.y + box.height) for box in boxes]
    if not points:
        return 0, 0, 2 * MARGIN, 2 * MARGIN
    xs, ys = zip(*points, strict=True)
    left, top = min(xs) - MARGIN, min(ys) - MARGIN
    return left, top, max(xs) + MARGIN - left, max(ys) + MARGIN - top


def _depth(shape: Shape) -> tuple[int, float]:
    """Draw a sub-process before what lies in it, and boundary events last."""
    return int(shape.kind == "boundaryEvent"), -shape.box.width * shape.box.height


def _container(shape: Shape) -> str:
    box = shape.box
    x, y = box.x + LINE, box.y + box.height / 2
    turned = f' transform="rotate(-90 {x:g} {y:g})"' if shape.horizontal else ""
    return (
        f'<g>{_rect(box, "lane")}<text x="{x:g}" y="{y:g}"{turned}>{escape(shape.name)}</text></g>'
    )


def _state(element: str, counts: Mapping[str, int]) -> str:
    return "" if element not in counts else "yes" if counts[element] else "no"


def _shape(shape: Shape, counts: Mapping[str, int]) -> str:
    box = shape.box
    classes = [_state(shape.element, counts)]
    if "Event" in shape.kind:
        drawn = inside_event(shape)
        classes.append("thick" if shape.kind == "endEvent" else "")
        text = _label(shape.name, shape.label, Box(box.x - 30, box.y + box.height, 96, LINE))
    elif "Gateway" in shape.kind:
        (x, y), half, tall = box.middle, box.width / 2, box.height / 2
        points = f"{x},{y - tall} {x + half},{y} {x},{y + tall} {x - half},{y}"
        drawn = f'<polygon class="shape" points="{points}"/>{gateway_mark(shape)}'
        text = _label(shape.name, shape.label, Box(box.x - 25, box.y - LINE, 100, LINE))
    elif shape.kind in ("subProcess", "transaction", "adHocSubProcess") and shape.expanded:
        classes.append("sub")
        dashes = ' stroke-dasharray="2 3"' if "triggered" in shape.marks else ""
        drawn = _rect(box, "shape", dashes + ' rx="8"')
        text = (
            f'<text class="start" x="{box.x + 8:g}" y="{box.y + 18:g}">{escape(shape.name)}</text>'
        )
    else:
        classes.append("thick" if shape.kind == "callActivity" else "")
        classes.append("" if shape.kind in NODES else "aside")  # notes, groups, data
        drawn = _rect(box, "shape", ' rx="8"') + task_mark(shape)
        text = _lines(shape.name, box)
    return (
        f'<g class="{" ".join(filter(None, classes))}" data-element={quoteattr(shape.element)}>'
        f"{drawn}{text}{_count(shape.element, counts, *_corner(shape))}</g>"
    )


def _corner(shape: Shape) -> tuple[float, float]:
    """Return where the count stands: out of the way of labels and of what is attached."""
    box = shape.box
    if "Gateway" in shape.kind:
        return box.x + box.width - 2, box.y + box.height - 4
    if shape.kind == "boundaryEvent":
        return box.x - 4, box.y + box.height + 4
    return box.x + box.width, box.y - 3


def _rect(box: Box, css: str, more: str = "") -> str:
    size = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
    return f'<rect class="{css}" {size}{more}/>'


def _edge(edge: Edge, counts: Mapping[str, int]) -> str:
    points = " ".join(f"{x:g},{y:g}" for x, y in edge.points)
    (x0, y0), (x1, y1) = edge.points[-2:]
    length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 0.01)
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    wings = [(x1 - 9 * dx - side * dy, y1 - 9 * dy + side * dx) for side in (4, -4)]
    head = " ".join(f"{x:.1f},{y:.1f}" for x, y in [(x1, y1), *wings])
    (a, b), (c, d) = edge.points[:2]
    middle = Box((a + c) / 2 - 40, (b + d) / 2 - 24, 80, LINE)
    return (
        f'<g class="{_state(edge.element, counts)}" data-element={quoteattr(edge.element)}>'
        f'<polyline class="flow" points="{points}"/><polygon class="head" points="{head}"/>'
        f"{_label(edge.name, edge.label, middle)}"
        f"{_count(edge.element, counts, *_beside(edge))}</g>"
    )


def _beside(edge: Edge) -> tuple[float, float]:
    """Return a place beside the middle of the longest piece, where the label seldom is."""
    pieces = zip(edge.points, edge.points[1:], strict=False)
    (a, b), (c, d) = max(
        pieces, key=lambda ends: abs(ends[1][0] - ends[0][0]) + abs(ends[1][1] - ends[0][1])
    )
    return (a + c) / 2 + 9, (b + d) / 2 + 13


def _count(element: str, counts: Mapping[str, int], x: float, y: float) -> str:
    if element not in counts:
        return ""
    return f'<text class="count halo" x="{x:g}" y="{y:g}">{counts[element] or "✕"}</text>'


def _label(name: str, place: Box | None, otherwise: Box) -> str:
    box = place or otherwise
    return _lines(name, Box(box.x - 20, box.y, box.width + 40, box.height), "halo") if name else ""


def _lines(name: str, box: Box, css: str = "") -> str:
    lines = wrapped(name, max(box.width - 8, WIDE))
    x, y = box.middle
    first = y - (len(lines) - 1) * LINE / 2 + 4
    spans = "".join(
        f'<tspan x="{x:g}" y="{first + number * LINE:g}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return f'<text class="{css}">{spans}</text>'


def wrapped(text: str, width: float) -> list[str]:
    """Break a text into lines: Latin words stay whole, Chinese breaks anywhere."""
    lines, line, used = [], "", 0.0
    for part in _parts(" ".join(text.split())):  # editors break lines of labels themselves
        size = sum(WIDE if ord(sign) > 0x2E7F else WIDE * 0.56 for sign in part)
        if line and used + size > width:
            lines.append(line.strip())
            line, used = "", 0.0
        line += part
        used += size
    return [*lines, line.strip()]


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    for sign in text:
        if parts and ord(sign) <= 0x2E7F and sign != " " and parts[-1][-1:] != " ":
            if ord(parts[-1][-1]) <= 0x2E7F:
                parts[-1] += sign
                continue
        parts.append(sign)
    return parts
