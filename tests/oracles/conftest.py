"""Fixtures of the suites that other people wrote: skipped by name where they are not installed.

Set TONGBAN_ORACLES to the folder of the suites. The end of the run tells for each suite how many
cases were right, refused and wrong.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracles import judging
from tests.oracles.judging import SCORE, Score

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if judging.folder() is None:
        for item in items:
            if HERE in item.path.parents and item.path.stem != "test_judging":
                item.add_marker(pytest.mark.skip(reason="TONGBAN_ORACLES is not set"))


@pytest.fixture(scope="session")
def score(pytestconfig: pytest.Config) -> Score:
    """The counts of this run; `score.judge(suite, case, verdict)` ends every test."""
    return pytestconfig.stash.setdefault(SCORE, Score())
