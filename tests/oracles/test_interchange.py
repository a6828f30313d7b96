"""Files of other editors: answered without a crash, and kept as they are by our editor's reader.

A file that is valid by the schema is read and written by bpmn-moddle; what comes out is valid too
and has the same ids of elements, the same places of shapes and the same points of edges.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.bpmn import xml
from tests.oracles import apart, judging
from tests.oracles.judging import RIGHT, Score, Verdict, wrong

SUITE = "interchange"
HERE = Path(__file__).parent
WEBUI = HERE.parents[1] / "webui"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
POINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"


def cases() -> list[Any]:
    folder = judging.folder()
    if folder is None:
        return []
    found = json.loads((folder / SUITE / "cases.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["bpmn"]) for case in found]


@pytest.fixture(scope="module")
def written() -> dict[str, dict[str, Any]]:
    """Every schema-valid file of the suite after bpmn-moddle, by its name."""
    node = shutil.which("node")
    if node is None or not (WEBUI / "node_modules/bpmn-moddle").is_dir():
        pytest.skip("node or bpmn-moddle is not installed")
    valid = [case.values[0] for case in cases() if case.values[0]["xsd"] == "valid"]
    names = [str(judging.models(SUITE) / case["bpmn"]) for case in valid]
    answer = subprocess.run(
        [node, str(HERE / "round_trip.mjs"), str(WEBUI)],
        input="\n".join(names),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return {one["name"]: one for one in map(json.loads, answer.stdout.splitlines())}


@pytest.mark.parametrize("case", cases())
def test_a_file_of_another_editor_is_answered_and_kept(
    case: dict[str, Any], score: Score, written: dict[str, dict[str, Any]]
) -> None:
    score.judge(SUITE, case["bpmn"], verdict_of(case, written), group=case["xsd"][:5])


def verdict_of(case: dict[str, Any], written: dict[str, dict[str, Any]]) -> Verdict:
    path = judging.models(SUITE) / case["bpmn"]
    data = path.read_bytes()
    answer = apart.check({"case.bpmn": data})
    if answer.crash:
        return wrong(answer.crash)
    schema = [one for one in answer.errors if one["rule"] == "schema"]
    if case["xsd"] != "valid":
        return RIGHT if answer.errors else wrong("it breaks the schema and is accepted")
    if schema:
        return wrong(f"valid by the schema, and said not to be: {schema[0]['message']}")
    after = written[str(path)]
    if "error" in after:
        return wrong(f"not read by the editor: {after['error']}")
    again = after["xml"].encode()
    xml.read(again, "again.bpmn")
    return compare(etree.fromstring(data), etree.fromstring(again), after["warnings"])


def compare(before: Any, after: Any, warnings: list[str]) -> Verdict:
    for what in (ids, bounds, points):
        lost, new = what(before) - what(after), what(after) - what(before)
        if lost or new:
            some = f"lost {list(lost)[:3]}, new {list(new)[:3]}, {warnings[:2]}"
            return wrong(f"{what.__name__}: {some}")
    return RIGHT


def ids(root: Any) -> Counter[Any]:
    """The ids of all elements of BPMN, with their kinds."""
    return Counter(
        (xml.local(one), one.get("id"))
        for one in root.iter(f"{{{xml.BPMN}}}*")
        if one.get("id") and not any(up.tag == xml.tag("extensionElements") for up in _above(one))
    )


def _above(element: Any) -> Any:
    return element.iterancestors()


def bounds(root: Any) -> Counter[Any]:
    """Where the shapes are."""
    return Counter(
        (_drawn(shape, root), *(float(box.get(n, "0")) for n in ("x", "y", "width", "height")))
        for shape in root.iter(f"{DI}BPMNShape")
        for box in shape.findall(f"{DC}Bounds")
    )


def _drawn(shape: Any, root: Any) -> str | None:
    """What a shape draws; a name of nothing is no reference, and the editor drops it."""
    name = (shape.get("bpmnElement") or "").rpartition(":")[2]
    return name if root.xpath("//@id[. = $name]", name=name) else None


def points(root: Any) -> Counter[Any]:
    """Through which points the edges go."""
    return Counter(
        (
            _drawn(edge, root),
            tuple((float(p.get("x")), float(p.get("y"))) for p in edge.findall(POINT)),
        )
        for edge in root.iter(f"{DI}BPMNEdge")
    )
