"""Files made to hurt: answered within five seconds and 300 MB, and never obeyed.

What is to be rejected has an error, or a proof that the process is unsound; what is to be
accepted has none, and what is to be accepted with a warning has a remark. A file that only had to
be `clear message or works` may work.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.oracles import apart, judging
from tests.oracles.judging import RIGHT, Score, Verdict, wrong

SUITE = "hostile"
SECRET = "CANARY"
UNSOUND = ("unsound", "unproven")


def cases() -> list[Any]:
    folder = judging.folder()
    if folder is None:
        return []
    found = json.loads((folder / SUITE / "cases.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["file"]) for case in found]


@pytest.mark.parametrize("case", cases())
def test_a_hostile_file_is_answered_and_not_obeyed(case: dict[str, Any], score: Score) -> None:
    score.judge(SUITE, case["file"], verdict_of(case), group=case["expected"])


def verdict_of(case: dict[str, Any]) -> Verdict:
    data = (judging.models(SUITE) / case["file"]).read_bytes()
    answer = apart.check({case["file"]: data})
    if answer.crash:
        return wrong(answer.crash)
    if SECRET in json.dumps(answer.problems):
        return wrong("it read a file of the machine")
    rules = [f"{one['rule']} at {one['element']}" for one in answer.problems]
    wanted = case["expected"]
    if wanted == "reject":
        unsound = any(one["kind"] in UNSOUND for one in answer.problems)
        works = "works" in case["check"]
        return RIGHT if answer.errors or unsound or works else wrong(f"accepted: {rules}")
    if wanted == "reject-or-execute":
        return RIGHT
    if answer.errors:
        return wrong(f"rejected: {rules}")
    return RIGHT if wanted == "accept" or answer.problems else wrong("no remark")
