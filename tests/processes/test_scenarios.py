"""The scenarios beside our diagrams: each comes out as it says, and together they pass everything.

`tongban check processes --scenarios` plays the same; here each scenario is a test of its own.
"""

from __future__ import annotations

from functools import cache

import pytest

from engine.bpmn import parser
from engine.process import checking
from engine.process.scenarios import checking as scenarios
from engine.process.scenarios import playing, reading
from engine.process.scenarios.reading import Placed
from tests.processes.diagrams import FILES, FOLDER

PROCESSES = {f"{key}.bpmn": path.read_bytes() for key, path in FILES.items()}
PARSED = parser.parse(PROCESSES)
SOURCES = {
    path.relative_to(FOLDER).as_posix(): path.read_bytes()
    for path in sorted(FOLDER.glob("*/scenarios/*.yaml"))
}
ALL = [placed for name, data in SOURCES.items() for placed in reading.parse(data, name)[0]]


@cache
def bundle(key: str):
    return parser.bundle_of(PARSED, key)


def test_every_file_of_scenarios_can_be_read():
    files = {
        path.relative_to(FOLDER).as_posix(): path
        for path in FOLDER.rglob("*")
        if checking.type_of(path.name)
    }
    models = {name: path.read_bytes() for name, path in files.items()}

    report = scenarios.check(SOURCES, checking.check(models))

    assert report.problems == []
    assert report.ok, str(report)
    assert len(report.played) == len(ALL) > 50


@pytest.mark.parametrize("placed", ALL, ids=[f"{p.process}: {p.scenario.name}" for p in ALL])
def test_the_scenario_comes_out_as_it_says(placed: Placed):
    played = playing.play(placed, bundle(placed.process))

    assert played.ok, "\n".join(map(str, played.differences))


@pytest.mark.parametrize("key", FILES)
def test_a_process_is_covered_by_scenarios_of_its_own(key: str):
    own = {name: data for name, data in SOURCES.items() if f"process: {key}\n".encode() in data}

    report = scenarios.check(own, checking.check(PROCESSES))

    (covered,) = [one for one in report.coverage if one.process == key]
    assert covered.elements.value >= 0.95, covered.elements.missing
    assert covered.flows.missing == ()
