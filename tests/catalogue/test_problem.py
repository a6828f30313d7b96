"""The shape of a problem is a promise to outside programs."""

from __future__ import annotations

from catalogue.problem import Problem, in_order


def test_json_has_every_promised_key() -> None:
    problem = Problem(
        "parallel-join-starved", "unsound", "a.bpmn", 41, "GJ", "It starves.", "死锁",
        process="P", elements=("GJ", "f7"), path=({"element": "A", "flow": "f1"},),
    )  # fmt: skip

    assert problem.as_json() == {
        "file": "a.bpmn",
        "process": "P",
        "element": "GJ",
        "elements": ["GJ", "f7"],
        "line": 41,
        "rule": "parallel-join-starved",
        "kind": "unsound",
        "severity": "error",
        "message": "It starves.",
        "message_zh": "死锁",
        "path": [{"element": "A", "flow": "f1"}],
    }


def test_problems_are_read_file_by_file_from_top_to_bottom() -> None:
    problems = [
        Problem("r", "invalid", file, line, None, "…")
        for file, line in (("b", 1), ("a", 10), ("a", None), ("a", 9))
    ]

    order = [(one.file, one.line) for one in in_order(problems)]

    assert order == [("a", None), ("a", 9), ("a", 10), ("b", 1)]
    assert [str(one) for one in in_order(problems)][:2] == ["a: r: …", "a:9: r: …"]
