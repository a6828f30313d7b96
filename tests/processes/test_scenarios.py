"""The scenarios beside our diagrams: each comes out as it says, and together they pass everything.

`tongban check processes --scenarios` plays the same; here each scenario is a test of its own. Then
each is played through the production step, with database, jobs and forms: the path is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from engine.bpmn.activities import OperationContext
from engine.db import transaction
from engine.process import checking
from engine.process.operations import OperationCall
from engine.process.scenarios import checking as scenarios
from engine.process.scenarios import reading
from engine.process.scenarios.answering import Answers
from engine.process.scenarios.checking import ScenarioReport
from engine.process.scenarios.playing import Played
from engine.process.trace import Trace, surroundings
from engine.process.wiring import Wiring
from tests.conftest import MASTER_KEY
from tests.processes.diagrams import FILES, FOLDER

MODELS = {
    path.relative_to(FOLDER).as_posix(): path.read_bytes()
    for path in sorted(FOLDER.rglob("*"))
    if checking.type_of(path.name)
}
SOURCES = {
    path.relative_to(FOLDER).as_posix(): path.read_bytes()
    for path in sorted(FOLDER.glob("*/scenarios/*.yaml"))
}
ALL = [placed for name, data in SOURCES.items() for placed in reading.parse(data, name)[0]]
NAMES = [f"{placed.process}: {placed.scenario.name}" for placed in ALL]
# Production asks the form always: what a form would refuse cannot be played there.
CHECKED = [n for n, one in enumerate(ALL) if not any(s.unchecked for s in one.scenario.steps)]
OFFICES = {f"{name}_office": name for name in ("office", "another", "window")}


@cache
def report() -> ScenarioReport:
    return scenarios.check(SOURCES, checking.check(MODELS))


def test_every_file_of_scenarios_can_be_read() -> None:
    assert report().problems == []
    assert [played.placed for played in report().played] == ALL
    assert len(ALL) > 50


@pytest.mark.parametrize("number", range(len(ALL)), ids=NAMES)
def test_the_scenario_comes_out_as_it_says(number: int) -> None:
    played = report().played[number]

    assert played.ok, "\n".join(map(str, played.differences))


@pytest.mark.parametrize("key", FILES)
def test_a_process_is_covered_by_scenarios_of_its_own(key: str) -> None:
    own = {name: data for name, data in SOURCES.items() if f"process: {key}\n".encode() in data}

    found = scenarios.check(own, checking.check(MODELS))

    (covered,) = [one for one in found.coverage if one.process == key]
    assert covered.elements.value >= 0.95, covered.elements.missing
    assert covered.flows.missing == ()


class Production:
    """Our processes deployed once; operations answer what the scenario in hand says."""

    def __init__(self) -> None:
        self.answers = Answers({}, None)
        named = re.findall(rb'tongban:operation name="([^"]+)"', b"".join(MODELS.values()))
        operations = {name.decode(): self._operation(name.decode()) for name in named}
        self.trace = Trace(MODELS, wiring=Wiring(operations=operations, master_key=MASTER_KEY))
        with transaction(self.trace.database) as session:
            surroundings.make_offices(session, OFFICES)

    def _operation(self, name: str) -> Callable[[OperationCall], Any]:
        def answer(call: OperationCall) -> Any:
            variables, parameters = dict(call.variables), dict(call.parameters)
            place = (name, call.element, variables, parameters, "", 0, call.at)
            return self.answers(OperationContext(*place))

        return answer

    def play(self, played: Played) -> list[tuple[str, str]]:
        """Play a scenario; return the elements and flows passed."""
        placed, trace = played.placed, self.trace
        self.answers = Answers(placed.operations, None)
        events = trace.start(placed.process, placed.given)
        instance = events[0]["instance"]
        for step in placed.scenario.steps:
            if step.complete:
                events += trace.complete(step.complete, step.variables, instance=instance)
            elif step.message:
                events += trace.message(step.message, payload=step.variables)
            elif step.fire:
                events += trace.fire(step.fire, instance=instance)
                events += trace.advance("PT0S")  # what has fallen due by then fires too
            else:
                events += trace.advance(str(step.wait))
        return [
            (event["process"], event["element"])
            for event in events
            if event["event"] in ("entered", "taken")
        ]


@pytest.fixture(scope="module")
def production() -> Iterator[Production]:
    made = Production()
    yield made
    made.trace.close()


@pytest.mark.parametrize("number", CHECKED, ids=[NAMES[number] for number in CHECKED])
def test_the_production_step_takes_the_same_path(number: int, production: Production) -> None:
    played = report().played[number]
    steps = played.placed.scenario.steps
    timed = any(step.wait for step in steps)
    used = Production() if timed else production  # dates of the others begin at the start

    assert used.play(played) == played.path
    if timed:
        used.trace.close()


def test_every_scenario_has_a_name_in_both_languages() -> None:
    assert [name for name, one in zip(NAMES, ALL, strict=True) if not one.scenario.name_zh] == []
