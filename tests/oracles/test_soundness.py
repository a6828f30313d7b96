"""Drawings whose soundness a model checker has decided: every verdict right, or not proven.

Only single processes are asked: what a collaboration does depends on a network that the proof
knows nothing of. The properties that a case states are compared one by one.
"""

from __future__ import annotations

from typing import Any

import pytest

from engine.process import checking
from tests.oracles import judging
from tests.oracles.judging import RIGHT, Score, Verdict, wrong

SUITE = "soundness"
CASES = [case for case in judging.cases(SUITE) if case.values[0]["processes"] == 1]
MOST_NOT_PROVEN = 2
PROPERTIES = {
    "safe": "safe",
    "option_to_complete": "option_to_complete",
    "proper_completion": "proper_completion",
    "no_dead_activities": "no_dead_elements",
}


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_is_right(case: dict[str, Any], score: Score) -> None:
    score.judge(SUITE, case["id"], verdict_of(case))
    assert score.counts[SUITE, ""]["refused"] <= MOST_NOT_PROVEN


def verdict_of(case: dict[str, Any]) -> Verdict:
    path = judging.models(SUITE) / case["bpmn"]
    report = checking.check({path.name: path.read_bytes()}).as_json()
    (process,) = report["processes"]
    told = process["soundness"]
    if told["verdict"] in ("not-proven", "not-checked"):
        return Verdict("refused", str(told["reason"]))
    found = []
    if isinstance(case.get("sound"), bool) and (told["verdict"] == "sound") != case["sound"]:
        found.append(f"{told['verdict']}, expected sound={case['sound']}")
    for theirs, ours in PROPERTIES.items():
        if isinstance(case.get(theirs), bool) and told[ours] != case[theirs]:
            found.append(f"{ours} is {told[ours]}, expected {case[theirs]}")
    return wrong("; ".join(found)) if found else RIGHT
