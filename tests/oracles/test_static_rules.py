"""Files that keep or break one constraint of the standard: told apart, at the right element.

The expected places are given as XPath and line; ours has to name the same element, or to begin at
the same line. Files that a file imports are checked together with it. A valid file that is legal
and not executed here counts as accepted: nothing is said to break the standard.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest
from lxml import etree

from catalogue.problem import Problem
from engine.bpmn import parser, xml
from tests.oracles import judging
from tests.oracles.judging import RIGHT, Score, Verdict, wrong

SUITE = "static_rules"
NAMES = {"bpmn": xml.BPMN}
BREAKING = ("unreadable", "invalid")


@pytest.mark.parametrize("case", judging.cases(SUITE))
def test_what_breaks_the_standard_is_rejected_at_its_element(
    case: dict[str, Any], score: Score
) -> None:
    score.judge(SUITE, case["id"], verdict_of(case), group=case["expected"])


def verdict_of(case: dict[str, Any]) -> Verdict:
    files = with_imports(case["bpmn"])
    name = PurePosixPath(case["bpmn"]).name
    parsed = parser.parse(files)
    broken = [one for one in parsed.problems if one.file == name and one.kind in BREAKING]
    if case["expected"] == "valid":
        return RIGHT if not broken else wrong([str(one) for one in broken])
    if not broken:
        return wrong("nothing is said to break the standard")
    ids, lines = places(files[name], case["detail"])
    if any(is_there(one, ids, lines) for one in broken) or not (ids or lines):
        return RIGHT
    return wrong(f"elsewhere: {[str(one) for one in broken]}, not at {ids} or {lines}")


def is_there(problem: Problem, ids: set[str], lines: set[int]) -> bool:
    return bool(ids & {problem.element, *problem.elements}) or problem.line in lines


def places(data: bytes, details: list[dict[str, Any]]) -> tuple[set[str], set[int]]:
    """Return the ids and lines of the elements that are expected."""
    root = etree.fromstring(data)
    lines = {detail["line"] for detail in details if detail["line"]}
    found = []
    for path in (detail["xpath"] for detail in details if detail["xpath"]):
        try:
            found += root.xpath(path, namespaces=NAMES)
        except etree.XPathError:
            continue  # some paths were cut off; the line remains
    found += [one for one in root.iter(etree.Element) if one.sourceline in lines]
    lines |= {one.sourceline for one in found}
    return {one.get("id") for one in found if one.get("id")}, lines


def with_imports(path: str) -> dict[str, bytes]:
    """Return a file and the files beside it that it imports, directly or through others."""
    folder = (judging.models(SUITE) / path).parent
    files: dict[str, bytes] = {}
    todo = [PurePosixPath(path).name]
    while todo:
        name = todo.pop()
        if name not in files and (folder / name).is_file():
            files[name] = (folder / name).read_bytes()
            root = etree.fromstring(files[name])
            todo += [one.get("location", "") for one in root.iter(f"{{{xml.BPMN}}}import")]
    return files
