"""Reading scenarios: YAML files become frozen data that remembers its lines.

The file format is told in docs/scenarios.md. Everything wrong with a file is a problem with the
file's name and the line: keys that are not known, values of the wrong kind, a step that does
nothing or two things, a duration that is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from catalogue import shape, yaml_source
from catalogue.problem import Problem
from catalogue.yaml_source import At, FileUnreadable, Source
from engine.bpmn import timers

FOLDER = "scenarios"
DOINGS = ("complete", "message", "signal", "fire", "wait")


class Status(StrEnum):
    """Where an instance stands at the end of a scenario."""

    COMPLETED = "completed"
    WAITING = "waiting"


@dataclass(frozen=True)
class Expected:
    """What is expected after the start or a step; what is left out is not looked at."""

    waiting: tuple[str, ...] | None = None  # exactly these tasks and events, in any order
    timers: tuple[str, ...] | None = None  # exactly these timers run
    path: tuple[str, ...] | None = None  # passed in this order; others may lie between
    avoids: tuple[str, ...] | None = None  # not passed
    calls: tuple[str, ...] | None = None  # exactly these operations, in this order
    sends: tuple[str, ...] | None = None  # exactly these messages and signals, in this order
    variables: dict[str, Any] | None = None  # these values; others may be set too


@dataclass(frozen=True)
class Step:
    """One thing that happens; exactly one of the first five is given."""

    complete: str | None = None  # the element of an open task
    message: str | None = None
    signal: str | None = None
    fire: str | None = None  # the element of a timer: the clock goes to its instant
    wait: str | None = None  # an ISO 8601 duration
    by: str | None = None  # who completes it; the rule of two persons is kept
    variables: dict[str, Any] = field(default_factory=dict)
    unchecked: bool = False  # whether the values are taken without asking the task's form
    correlation: dict[str, Any] = field(default_factory=dict)
    then: Expected = Expected()

    @property
    def doing(self) -> str:
        """The one thing, in words."""
        found = [(name, getattr(self, name)) for name in DOINGS]
        return next(f"{name} {value}" for name, value in found if value is not None)


@dataclass(frozen=True)
class Outcome:
    """How the scenario ends."""

    status: Status = Status.COMPLETED
    ended_by: str | None = None  # none | terminate | error
    waiting: tuple[str, ...] | None = None
    timers: tuple[str, ...] | None = None
    path: tuple[str, ...] | None = None
    avoids: tuple[str, ...] | None = None
    calls: tuple[str, ...] | None = None
    sends: tuple[str, ...] | None = None
    variables: dict[str, Any] | None = None


@dataclass(frozen=True)
class Scenario:
    """One way through a process."""

    name: str
    outcome: Outcome
    name_zh: str | None = None
    start: str | None = None  # the start event, where an event starts the process
    given: dict[str, Any] = field(default_factory=dict)
    operations: dict[str, Any] = field(default_factory=dict)
    started: Expected = Expected()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class _File:
    process: str
    scenarios: tuple[Scenario, ...]
    given: dict[str, Any] = field(default_factory=dict)
    operations: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """A scenario with its process and the lines of its parts."""

    scenario: Scenario
    process: str
    number: int
    source: Source

    @property
    def given(self) -> dict[str, Any]:
        """The first variables: the file's, then the scenario's own."""
        return {**self.source.data.get("given", {}), **self.scenario.given}

    @property
    def operations(self) -> dict[str, Any]:
        """The answers of operations: the file's, then the scenario's own."""
        return {**self.source.data.get("operations", {}), **self.scenario.operations}

    def line(self, *at: str | int) -> int | None:
        """Return the line of a part of the scenario."""
        return self.source.line(("scenarios", self.number, *at))


def parse(data: bytes, name: str) -> tuple[list[Placed], list[Problem]]:
    """Read a file of scenarios; return them, or none and what is wrong."""
    try:
        source = yaml_source.parse(data, name)
    except FileUnreadable as unreadable:
        return [], [unreadable.problem]
    built, faults = shape.build(_File, source.data)
    if built is None:
        return [], [_problem(source, f.rule, f.at, f.message) for f in faults]
    wrong = [_problem(source, rule, at, text) for rule, at, text in _faults(built)]
    if wrong:
        return [], wrong
    found = [Placed(one, built.process, n, source) for n, one in enumerate(built.scenarios)]
    return found, []


def _problem(source: Source, rule: str, at: At, message: str) -> Problem:
    return source.problem(f"scenario-{rule}", at, f"{'.'.join(map(str, at)) or 'it'}: {message}")


def _faults(file: _File) -> Iterator[tuple[str, At, str]]:
    seen: set[str] = set()
    yield from _answers(file.operations, ("operations",))
    for number, scenario in enumerate(file.scenarios):
        at: At = ("scenarios", number)
        if scenario.name in seen:
            yield "name-twice", (*at, "name"), f"another scenario is called {scenario.name!r}"
        seen.add(scenario.name)
        yield from _answers(scenario.operations, (*at, "operations"))
        for place, step in enumerate(scenario.steps):
            yield from _step(step, (*at, "steps", place))


def _step(step: Step, at: At) -> Iterator[tuple[str, At, str]]:
    given = [name for name in DOINGS if getattr(step, name) is not None]
    if len(given) != 1:
        yield "step", at, f"a step needs exactly one of {', '.join(DOINGS)}"
    if step.by is not None and step.complete is None:
        yield "step", (*at, "by"), "only a task is completed by somebody"
    if step.unchecked and step.complete is None:
        yield "step", (*at, "unchecked"), "only a task has a form"
    if step.correlation and step.message is None:
        yield "step", (*at, "correlation"), "only a message correlates"
    if step.variables and (step.fire or step.wait):
        yield "step", (*at, "variables"), "time brings no variables"
    if step.wait is not None:
        try:
            timers.duration(step.wait)
        except (ValueError, OverflowError):
            yield "duration", (*at, "wait"), f"{step.wait!r} is no ISO 8601 duration such as P7D"


def _answers(operations: dict[str, Any], at: At) -> Iterator[tuple[str, At, str]]:
    for name, answer in operations.items():
        answers = answer if isinstance(answer, list) else [answer]
        if not answers or not all(isinstance(one, dict) for one in answers):
            text = "an answer is a mapping of variables, {raises: CODE}, or a list of such"
            yield "answer", (*at, name), text


def elements(scenario: Scenario) -> Iterator[tuple[At, str]]:
    """Yield each element of a diagram that a scenario names, with its place."""
    if scenario.start is not None:
        yield ("start",), scenario.start
    yield from _expected(scenario.started, ("started",))
    for number, step in enumerate(scenario.steps):
        for key in ("complete", "fire"):
            if getattr(step, key) is not None:
                yield ("steps", number, key), getattr(step, key)
        yield from _expected(step.then, ("steps", number, "then"))
    yield from _expected(scenario.outcome, ("outcome",))


def _expected(expected: Expected | Outcome, at: At) -> Iterator[tuple[At, str]]:
    for key in ("waiting", "timers", "path", "avoids"):
        for number, name in enumerate(getattr(expected, key) or ()):
            yield (*at, key, number), name
