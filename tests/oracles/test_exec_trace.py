"""Diagrams whose scripts say where they are: the multiset of what was said must be exact.

What the names of the expectations mean is written in the contracts: logged texts are the first
arguments of calls to `log`, `MARKER_exists` a call to `marker`, `ERROR_runtime` an incident,
`ERROR` a refusal or an incident, `ERROR_thrownErrorEvent` an instance ended by an error.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from engine.errors import EngineError
from engine.process.trace import Trace
from tests.oracles import judging
from tests.oracles.judging import RIGHT, Score, Verdict, wrong

SUITE = "exec_trace"
PROBES = {"log": False, "marker": False, "wait": False, "throw_error": True}
CASES = [
    case
    for case in judging.cases(SUITE)
    if case.values[0]["spiff_3_2_0"]["verdict"] != "n/a"  # needs scripts that run side by side
]


@pytest.mark.parametrize("case", CASES)
def test_what_is_logged_is_what_the_standard_says(case: dict[str, Any], score: Score) -> None:
    score.judge(SUITE, case["id"], verdict_of(case))


def verdict_of(case: dict[str, Any]) -> Verdict:
    path = judging.models(SUITE) / case["bpmn"]
    content = path.read_bytes()
    trace = Trace({path.name: content}, probes=PROBES)
    try:
        if trace.refused:
            if "ERROR" in case["expected"]:
                return RIGHT
            return judging.judge_refusal(trace.problems, [content])
        said, status = played(trace, case)
    finally:
        trace.close()
    expected = Counter(case["expected"])
    if said == expected:
        return RIGHT
    troubles = [f"{one['element']}: {one['message']}" for one in status["incidents"]]
    missing, extra = dict(expected - said), dict(said - expected)
    return wrong(f"missing {missing}, too much {extra}, {status['status']} {troubles}")


def played(trace: Trace, case: dict[str, Any]) -> tuple[Counter[str], dict[str, Any]]:
    """Run a case; return what was said, in the words of the expectations, and the status."""
    events: list[dict[str, Any]] = []
    for process in filter(None, (case["start_parallel_process"], case["process"])):
        try:
            events += trace.start(process, case["input"])
        except EngineError:
            pass  # the status tells
    events += trace.advance(f"PT{case['delay_ms'] / 1000}S")
    calls = [event for event in events if event["event"] == "call"]
    said = Counter(event["args"][0] for event in calls if event["name"] == "log")
    if "MARKER_exists" in case["expected"]:  # else nobody asks
        said["MARKER_exists"] = int(any(event["name"] == "marker" for event in calls))
    status = trace.status()
    if status["status"] == "incident":
        said["ERROR" if "ERROR" in case["expected"] else "ERROR_runtime"] = 1
    if any(one["ended_by"] == "error" for one in status["instances"]):
        said["ERROR_thrownErrorEvent"] = 1
    return +said, status
