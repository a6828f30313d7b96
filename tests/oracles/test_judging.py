"""The judge itself: what passes for an honest refusal, and what the list of shortfalls allows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from catalogue.problem import Problem
from tests.oracles import judging
from tests.oracles.judging import RIGHT, Score, wrong

FILE = b'<definitions id="D"><process id="P"><task id="A" name="id=&quot;B&quot;"/></process></definitions>'
RULE = sorted(judging.listed_rules())[0]
HONEST = Problem(RULE, "unsupported", "t.bpmn", 3, "A", "A: not here.")


def test_a_refusal_by_a_listed_rule_at_an_element_that_exists_is_honest() -> None:
    warning = replace(HONEST, kind="style", severity="warning", element="nowhere")

    assert judging.judge_refusal([HONEST, warning], [FILE]).outcome == "refused"
    assert judging.judge_refusal([HONEST.as_json()], [FILE]).outcome == "refused"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "invalid"},
        {"element": "B"},
        {"element": None},
        {"rule": "no-such-rule"},
        {"severity": "warning"},
    ],
)
def test_any_other_refusal_is_wrong(change: dict[str, str]) -> None:
    assert judging.judge_refusal([replace(HONEST, **change)], [FILE]).outcome == "wrong"


def test_one_dishonest_error_spoils_the_refusal() -> None:
    problems = [HONEST, replace(HONEST, kind="invalid")]

    assert judging.judge_refusal(problems, [FILE]).outcome == "wrong"
    assert judging.judge_refusal([], [FILE]).outcome == "wrong"


def test_what_falls_short_must_be_listed_and_what_is_listed_must_fall_short() -> None:
    score = Score()
    suite, case = "exec_user_tasks", next(iter(judging.shortfalls("exec_user_tasks")))

    score.judge(suite, case, wrong("as listed"))
    with pytest.raises(pytest.fail.Exception):
        score.judge(suite, case, RIGHT)
    with pytest.raises(pytest.fail.Exception):
        score.judge(suite, "another", wrong("not listed"))

    assert score.lines() == ["exec_user_tasks: 1 right, 0 refused, 2 wrong of 3 (33.3 % right)"]


def test_every_suite_has_one_list_of_shortfalls() -> None:
    suites = re.findall(r"^(\w+):", judging.SHORTFALLS.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(suites) == len(set(suites))
