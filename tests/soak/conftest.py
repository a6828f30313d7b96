"""The soak: longer runs of what `make test` tries briefly, with a dated report under docs/soak.

Nothing here is collected unless pytest is asked for the marker alone, as `make soak` does:
`pytest -m soak tests/soak`. SOAK_SHARE takes a share of every count (0.01 is a trial of a
minute); SOAK_SEED repeats the random choices of an earlier run. A trial, or a part,
writes no report.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.report import FOLDER, Line, Report

SHARE = float(os.environ.get("SOAK_SHARE", "1"))
SEED = int(os.environ.get("SOAK_SEED", str(int(time.time()))))
REPORT = pytest.StashKey[Report]()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return None if config.getoption("markexpr") == "soak" else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.soak)


def share(count: int) -> int:
    """Return the share of a count that this run is asked for."""
    return max(1, round(count * SHARE))


@pytest.fixture
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    """The line of this test in the report."""
    report = request.config.stash.setdefault(REPORT, Report(SEED, SHARE))
    made = report.line(request.node.name)
    began = time.monotonic()
    yield made
    made.seconds = time.monotonic() - began


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    result = yield
    report = item.config.stash.get(REPORT, None)
    if report is not None and call.when == "call":
        report.line(item.name).outcome = result.outcome
    return result


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    report = config.stash.get(REPORT, None)
    if report is None:
        return
    terminalreporter.section("soak")
    terminalreporter.write(report.text())
    options = config.option
    whole = not (options.keyword or getattr(options, "deselect", None))
    whole = whole and [Path(one).resolve() for one in config.args] == [Path(__file__).parent]
    if SHARE == 1 and whole:
        terminalreporter.write_line(f"written to {report.write(FOLDER)}")
