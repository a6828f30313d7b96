"""Files that repeat one thing as often as a file may: each is answered within seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from engine.bpmn.checks.circles import circles
from engine.process import checking
from tests.engine.bpmn.checks.rows import HEAD

SECONDS = 15.0  # a machine that does other things at once gets three times what a user should wait
CHAIN = '<userTask id="t{0}"/><sequenceFlow id="f{0}" sourceRef="t{1}" targetRef="t{0}"/>'
RING = (
    '<process id="p{0}" isExecutable="true"><startEvent id="s{0}"/>'
    '<callActivity id="c{0}" calledElement="p{1}"/>'
    '<sequenceFlow id="f{0}" sourceRef="s{0}" targetRef="c{0}"/></process>'
)
WATCH = (
    '<boundaryEvent id="b{0}" attachedToRef="a"><timerEventDefinition>'
    "<timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>"
)


def process(inside: str) -> str:
    return f'<process id="p" isExecutable="true">{inside}</process>'


def chain() -> str:
    return process(
        '<startEvent id="t0"/>' + "".join(CHAIN.format(n, n - 1) for n in range(1, 9_000))
    )


def ring() -> str:
    return "".join(RING.format(n, (n + 1) % 4_000) for n in range(4_000))


def watched() -> str:
    return process('<userTask id="a"/>' + "".join(WATCH.format(n) for n in range(4_000)))


def twins() -> str:
    return process('<task id="a"/>' * 15_000)


def crowd() -> str:
    pools = "".join(f'<participant id="q{n}" processRef="p"/>' for n in range(8_000))
    flows = "".join(
        f'<messageFlow id="m{n}" sourceRef="t" targetRef="q{n}"/>' for n in range(8_000)
    )
    return f'<collaboration id="c">{pools}{flows}</collaboration>' + process('<task id="t"/>')


@pytest.mark.parametrize("made", [chain, ring, watched, twins, crowd])
def test_a_file_that_repeats_one_thing_is_answered(made: Callable[[], str]) -> None:
    data = f"{HEAD}>{made()}</definitions>".encode()
    began = time.monotonic()

    report = checking.check({"t.bpmn": data}, style=True)

    assert time.monotonic() - began < SECONDS
    assert not [one for one in report.problems if one.kind == "unreadable"]


def test_a_file_of_a_hundred_thousand_elements_is_answered_at_once() -> None:
    data = f"{HEAD}>{process('<task/>' * 100_000)}</definitions>".encode()
    began = time.monotonic()

    report = checking.check({"t.bpmn": data}, style=True)

    assert time.monotonic() - began < 5
    assert [one.rule for one in report.problems] == ["too-many-elements"]


def test_circles_are_the_sets_that_reach_one_another() -> None:
    ways = {"a": ["b"], "b": ["c"], "c": ["b", "d"], "d": ["d"], "e": ["a"]}

    assert sorted(sorted(one) for one in circles(ways)) == [["b", "c"], ["d"]]


def test_a_long_way_is_walked_without_recursion() -> None:
    many = 50_000
    ways = {str(n): [str(n + 1)] for n in range(many)} | {str(many): ["0"]}

    assert [len(one) for one in circles(ways)] == [many + 1]
