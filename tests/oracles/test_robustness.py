"""Files of other engines: accepted, or rejected with a message at an element that is there.

Nothing crashes or hangs, and nothing is dropped: every flow node that the file holds is in the
model, or in a message that rejects the file.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import etree

from engine.bpmn import parser, xml
from engine.bpmn.model import NODES
from tests.oracles import apart, judging
from tests.oracles.judging import RIGHT, Score, Verdict, wrong

SUITE = "robustness"


def cases() -> list[Any]:
    folder = judging.folder()
    if folder is None:
        return []
    found = json.loads((folder / SUITE / "cases.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["bpmn"]) for case in found]


@pytest.mark.parametrize("case", cases())
def test_a_file_of_another_engine_is_answered(case: dict[str, Any], score: Score) -> None:
    score.judge(SUITE, case["bpmn"], verdict_of(case))


def verdict_of(case: dict[str, Any]) -> Verdict:
    data = (judging.models(SUITE) / case["bpmn"]).read_bytes()
    answer = apart.check({"case.bpmn": data})
    if answer.crash:
        return wrong(answer.crash)
    known = judging.element_ids([data])
    lost = [one for one in answer.errors if one["element"] not in known and one["line"] is None]
    if lost:
        return wrong(f"no place: {lost[0]['message']}")
    if answer.errors:
        return Verdict("refused", answer.errors[0]["rule"])
    return RIGHT if dropped(data) == 0 else wrong(f"{dropped(data)} elements are dropped")


def dropped(data: bytes) -> int:
    """Return how many nodes and flows of a file no model holds."""
    models = parser.parse({"case.bpmn": data}).processes.values()
    root = etree.fromstring(data)
    kept = sum(len(model.nodes) + len(model.flows) for model in models)
    tags = [xml.tag(name) for name in (*NODES, "sequenceFlow")]
    return sum(1 for _ in root.iter(*tags)) - kept
