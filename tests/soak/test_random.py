"""More of what hypothesis tries in `make test`: random processes, texts, syntax and conditions."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.engine.bpmn import test_expression_fuzz as fuzz
from tests.engine.bpmn import test_random_processes as processes
from tests.soak.conftest import SEED, share
from tests.soak.report import Line

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def many(property_: Callable[..., None], *strategies: Any, count: int, line: Line) -> None:
    """Try a property often, from the seed of this run."""
    runs = 0

    def counted(*values: Any) -> None:
        nonlocal runs
        runs += 1
        property_(*values)

    wide = settings(max_examples=count, deadline=None, suppress_health_check=SLOW, database=None)
    # hypothesis asks for named parameters: one tuple of all values is the simplest.
    together = st.tuples(*strategies)

    @wide
    @seed(SEED)
    @given(together)
    def tried(values: tuple[Any, ...]) -> None:
        counted(*values)

    tried()
    line.facts["cases"] = runs


def inner(test: Any) -> Callable[..., None]:
    """Return what a hypothesis test does with one example."""
    return test.hypothesis.inner_test


def test_random_processes_agree_with_the_independent_interpreter(line: Line) -> None:
    tested = inner(processes.test_engine_and_interpreter_wait_for_the_same_tasks)
    numbers = st.integers(0, 2**32)
    many(tested, processes.BLOCKS, numbers, count=share(2000), line=line)


def test_soups_of_dangerous_signs_do_no_harm(line: Line) -> None:
    tested = inner(fuzz.test_a_soup_of_dangerous_signs_does_no_harm)
    many(tested, fuzz.SOUP, st.booleans(), count=share(20_000), line=line)


def test_any_syntax_over_any_values_does_no_harm(line: Line) -> None:
    tested = inner(fuzz.test_any_syntax_over_any_values_does_no_harm)
    many(tested, fuzz.SYNTAX, fuzz.GIVEN, count=share(20_000), line=line)


def test_foreign_conditions_mean_what_their_trees_mean(line: Line) -> None:
    many(fuzz.check_foreign, fuzz.TREES, count=share(10_000), line=line)


def test_what_is_computed_is_what_python_computes(line: Line) -> None:
    many(fuzz.check_benign, fuzz.BENIGN, count=share(20_000), line=line)


def test_any_text_is_a_time_or_is_none(line: Line) -> None:
    tested = inner(fuzz.test_any_text_is_a_time_or_is_none)
    many(tested, fuzz.TIMES.map("".join) | st.text(max_size=30), count=share(10_000), line=line)


def test_tasks_completed_at_once_are_completed_once(line: Line) -> None:
    rounds = share(100)
    environment = os.environ | {"TONGBAN_ROUNDS": str(rounds)}
    command = [sys.executable, "-m", "pytest", "-q", "tests/concurrency"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True)
    line.facts["rounds on each database"] = rounds
    assert done.returncode == 0, done.stdout[-3000:]
