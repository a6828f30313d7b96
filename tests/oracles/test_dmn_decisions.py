"""The suite dmn_decisions: decisions of the DMN technology compatibility kit, levels 2 and 3.

Each case is deployed as far as a check goes, evaluated, and compared as the suite asks: numbers
within 1e-8, lists in order, temporal values by FEEL equality. The counts are told by level and
kind, for all cases and for those that expect a value, and for every model that is not all right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from engine.bpmn import decisions
from engine.bpmn.decisions import Evaluation, from_plain
from engine.bpmn.decisions.feel import comparing, temporal_text
from engine.bpmn.decisions.feel.limits import Budget
from engine.bpmn.decisions.feel.names import key_of
from engine.process import checking
from engine.process.checking import Report
from tests.oracles import judging
from tests.oracles.judging import RIGHT, Score, Verdict

SUITE = "dmn_decisions"
NEAR = Decimal("1e-8")
_READERS = {
    "date": temporal_text.date,
    "time": temporal_text.time,
    "dateTime": temporal_text.date_time,
    "duration": temporal_text.duration,
}


@cache
def report_of(*names: str) -> Report:
    """Check the files of a case together, each set once."""
    folder = judging.models(SUITE)
    return checking.check({name: (folder / name).read_bytes() for name in names})


def read(value: Any) -> Any:
    """Return a value of the suite as FEEL."""
    if isinstance(value, dict) and len(value) == 1:
        ((kind, text),) = value.items()
        if kind == "number" and isinstance(text, str):
            return from_plain(Decimal(text))
        made = _READERS[kind](text) if kind in _READERS and isinstance(text, str) else None
        if made is not None:
            return made
    if isinstance(value, dict):
        return {key: read(one) for key, one in value.items()}
    return [read(one) for one in value] if isinstance(value, list) else from_plain(value)


def is_equal(one: Any, other: Any) -> bool:
    """Compare as the suite asks."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) <= NEAR
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_equal(one[k], other[k]) for k in one)
    return comparing.same(one, other, Budget())


def evaluate(case: dict[str, Any], report: Report, file: str) -> Evaluation:
    """Evaluate what a case asks; of a service, the output it names."""
    model = report.decisions[file]
    given = {key_of(name): read(value) for name, value in case["input"].items()}
    if not case.get("invoke_service"):
        return decisions.evaluate(model, case["decision"], given)
    made = decisions.invoke(model, case["invoke_service"], given)
    value = made.value and made.value.get(key_of(case["decision"]))
    return Evaluation(value, made.steps, made.errors)


def judged(case: dict[str, Any]) -> Verdict:
    """Return what came of a case."""
    names = [name.removeprefix("models/") for name in (case["dmn"], *case.get("imports", ()))]
    report = report_of(*names)
    if not report.ok:
        return judging.judge_refusal(report.errors, report.files.values())
    outcome = evaluate(case, report, names[0])
    if is_equal(outcome.value, read(case["expected"])):
        return RIGHT
    return judging.wrong(f"{outcome.value!r} is not {case['expected']!r} {outcome.errors}")


@pytest.fixture(scope="module")
def models(score: Score) -> Iterator[dict[str, Counter[str]]]:
    """Counts by model; those that are not all right are told at the end, the others counted."""
    found: dict[str, Counter[str]] = {}
    yield found
    for model, counts in found.items():
        whole = set(counts) == {"right"}
        score.counts[SUITE, "models all right" if whole else model] += (
            Counter(right=1) if whole else counts
        )


@pytest.mark.parametrize("case", judging.cases(SUITE, parse_float=Decimal))
def test_a_decision_comes_out_as_the_kit_says(
    case: dict[str, Any], score: Score, models: dict[str, Counter[str]]
) -> None:
    verdict = judged(case)

    models.setdefault(case["dmn"], Counter())[verdict.outcome] += 1
    group = f"level {case['level']}, {case['kind']}"
    if case["expected"] is not None:
        score.counts[SUITE, f"{group}, a value expected"][verdict.outcome] += 1
    score.judge(SUITE, case["id"], verdict, group=group)
