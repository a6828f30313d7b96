"""Reading scenarios: whatever is wrong with a file is told with its name, line and place."""

from __future__ import annotations

import pytest

from engine.process import checking
from engine.process.scenarios import checking as scenarios
from engine.process.scenarios import reading
from tests.engine.bpmn import diagrams as d

GOOD = """process: p
operations:
  a.b: {x: 1}
scenarios:
  - name: one
    started: {waiting: [A]}
    steps:
      - complete: A
        by: li
        variables: {n: 1}
    outcome: {path: [A]}
"""


@pytest.mark.parametrize(
    "said, instead, line, words",
    [
        ("process: p", "proces: p", 1, "the key proces is not known here"),
        ("process: p\n", "", 1, "the key process is missing"),
        ("    outcome: {path: [A]}\n", "", 5, "the key outcome is missing"),
        ("- complete: A", "- completes: A", 8, "the key completes is not known"),
        ("- complete: A", "- complete: A\n        fire: T", 8, "exactly one of complete, message"),
        ("      - complete: A\n        by: li", "      - by: li", 8, "exactly one of"),
        ("- complete: A", "- signal: S", 9, "only a task is completed by somebody"),
        ("by: li", "correlation: {k: 1}", 9, "only a message correlates"),
        ("- complete: A\n        by: li", "- wait: P1D", 9, "time brings no variables"),
        ("- complete: A\n        by: li\n        variables: {n: 1}", "- wait: tomorrow", 8, "P7D"),
        ("variables: {n: 1}", "variables: [1]", 10, "must be a mapping, not a list"),
        ("path: [A]", "path: A", 11, "must be a list"),
        ("path: [A]", "status: done", 11, "must be one of completed, waiting"),
        ("a.b: {x: 1}", "a.b: 7", 3, "an answer is a mapping"),
        ("a.b: {x: 1}", "a.b: []", 3, "an answer is a mapping"),
        ("name: one", "name: one\n    name: two", 6, "stands twice"),
        ("waiting: [A]", "waiting: [&x A]", 6, "anchors"),
        ("waiting: [A]", "waiting: [A", 6, "did not find"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(said, instead, line, words):
    assert said in GOOD
    found, problems = reading.parse(GOOD.replace(said, instead, 1).encode(), "s/a.yaml")

    assert found == [] and problems
    assert problems[0].file == "s/a.yaml"
    assert problems[0].line == line
    assert words in problems[0].message


def test_names_are_unique_in_a_file():
    text = GOOD + GOOD[GOOD.index("  - name") :]

    _, problems = reading.parse(text.encode(), "a.yaml")

    assert [(one.rule, one.line) for one in problems] == [("scenario-name-twice", 12)]


def test_elements_and_processes_that_no_diagram_has_are_named():
    process = d.process("p", d.start(), d.user("A"), d.end(), d.flows("s A; A e"))
    models = checking.check({"p.bpmn": d.document(process)})
    wrong = GOOD.replace("path: [A]", "avoids: [Nowhere]").encode()

    report = scenarios.check(
        {"a.yaml": wrong, "b.yaml": GOOD.replace("process: p", "process: q").encode()}, models
    )

    assert [(one.file, one.line, one.rule) for one in report.problems] == [
        ("a.yaml", 11, "scenario-element"),
        ("b.yaml", 1, "scenario-process"),
    ]
    assert not report.ok
