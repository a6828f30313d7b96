"""Files that keep or break one rule of bpmnlint: the server's rule of that name agrees.

Where a file that keeps the rule cannot even be read by the schema of BPMN, nothing can be said of
the rule; such cases, and those that ask for another configuration, are in the list of shortfalls.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from engine.bpmn import parser
from tests.oracles import judging
from tests.oracles.judging import RIGHT, Score, Verdict, wrong

SUITE = "lint_rules"


def cases() -> list[Any]:
    """Return the cases; the same file with another configuration has a number in its id."""
    found, seen = [], Counter[str]()
    for parameter in judging.cases(SUITE):
        case = dict(parameter.values[0])
        seen[case["id"]] += 1
        if seen[case["id"]] > 1:
            case["id"] += f"#{seen[case['id']]}"
        found.append(pytest.param(case, id=case["id"]))
    return found


@pytest.mark.parametrize("case", cases())
def test_the_rule_of_the_same_name_agrees(case: dict[str, Any], score: Score) -> None:
    score.judge(SUITE, case["id"], verdict_of(case))


def verdict_of(case: dict[str, Any]) -> Verdict:
    data = (judging.models(SUITE) / case["bpmn"]).read_bytes()
    problems = parser.parse({"case.bpmn": data}, style=True).problems
    unread = [str(one) for one in problems if one.kind == "unreadable" or one.rule == "schema"]
    if unread:
        return wrong(f"not read: {unread[0]}")
    found = [one for one in problems if one.rule == case["rule"]]
    told = {name for one in found for name in (one.element, *one.elements)}
    if case["expected"] == "valid":
        return RIGHT if not found else wrong([str(one) for one in found])
    missing = set(case["elements"]) - told
    return RIGHT if found and not missing else wrong(f"not told: {missing or 'anything'}")
