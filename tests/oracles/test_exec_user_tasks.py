"""Processes driven by people, messages and timers, as another engine's own tests drive them.

Tasks are looked for among all instances of a case; a key is an id, or a name where no element has
that id. `assert_ended` speaks of the instance started
last, and of all of them where it is the last word; `assert_running` of any.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest

from engine.errors import EngineError
from engine.process.trace import Trace
from tests.oracles import judging
from tests.oracles.judging import RIGHT, Score, Verdict, wrong

SUITE = "exec_user_tasks"
LIVE = ("running", "incident")


@pytest.mark.parametrize("case", judging.cases(SUITE))
def test_people_meet_what_the_standard_says(case: dict[str, Any], score: Score) -> None:
    score.judge(SUITE, case["id"], verdict_of(case))


def verdict_of(case: dict[str, Any]) -> Verdict:
    folder = judging.models(SUITE)
    files = {PurePosixPath(one).name: (folder / one).read_bytes() for one in case["resources"]}
    trace = Trace(files)
    try:
        if trace.refused:
            return judging.judge_refusal(trace.problems, files.values())
        return Play(trace).through(case["ops"])
    finally:
        trace.close()


class Play:
    """One case being played."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.found: dict[str, Any] = {}
        self.ids = {key for model in trace.models.values() for key in model.nodes}

    def through(self, ops: list[dict[str, Any]]) -> Verdict:
        for number, op in enumerate(ops, start=1):
            what = {name: value for name, value in op.items() if name != "op"}
            is_last = {"is_last": number == len(ops)} if op["op"] == "assert_ended" else {}
            try:
                holds = getattr(self, op["op"])(**what, **is_last)
            except EngineError as error:
                return wrong(f"{op}: {error}")
            if holds is False:
                return wrong(f"step {number} {op}: {self.state()}")
        return RIGHT

    def state(self) -> str:
        status = self.trace.status()
        open_tasks = [one["element"] for one in self.tasks_open()]
        return f"{status['status']}, open {open_tasks}, {status['incidents']}"

    def tasks_open(self, name: str | None = None, key: str | None = None) -> list[dict[str, Any]]:
        return [
            one
            for one in self.trace.status()["waiting"]
            if one["type"] == "userTask"
            and name in (None, one["name"])
            and key in (None, one["element" if key in self.ids else "name"])
        ]

    def start(self, key: str, vars: dict[str, Any]) -> None:
        self.trace.start(key, vars)

    def task(self, var: str, name: str | None, key: str | None) -> bool:
        found = self.tasks_open(name, key)
        self.found[var] = found[0] if found else None
        return len(found) < 2

    def tasks(self, var: str, ordered: bool) -> None:
        self.found[var] = self.tasks_open()

    def complete(self, var: str, vars: dict[str, Any]) -> bool:
        return self.finish(self.found[var], vars)

    def complete_item(self, list: str, index: int) -> bool:
        return self.finish(self.found[list][index], {})

    def finish(self, task: dict[str, Any] | None, values: dict[str, Any]) -> bool:
        if task is None:
            return False
        self.trace.complete(variables=values, instance=task["instance"], number=task["number"])
        return True

    def message(self, name: str) -> None:
        self.trace.message(name)

    def fire_timer(self) -> bool:
        timers = [one for one in self.trace.status()["waiting"] if one["type"] == "timer"]
        if timers:
            self.trace.fire(timers[0]["element"], instance=timers[0]["instance"])
        return bool(timers)

    def assert_exists(self, var: str) -> bool:
        return self.found[var] is not None

    def assert_task(self, var: str, key: str | None = None, name: str | None = None) -> bool:
        task = self.found[var]
        return task is not None and key in (None, task["element"]) and name in (None, task["name"])

    def assert_task_count(self, count: int, name: str | None, key: str | None) -> bool:
        return len(self.tasks_open(name, key)) == count

    def assert_list_size(self, list: str, size: int) -> bool:
        return len(self.found[list]) == size

    def assert_ended(self, is_last: bool) -> bool:
        states = [one["status"] for one in self.trace.status()["instances"]]
        return not any(state in LIVE for state in (states if is_last else states[-1:]))

    def assert_running(self) -> bool:
        return any(one["status"] in LIVE for one in self.trace.status()["instances"])
