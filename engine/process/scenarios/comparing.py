"""Comparing: what was expected of a step against what was seen.

What an expectation leaves out is not looked at. Lists of where the process waits are compared as
sets, calls and messages in their order; a path may have other elements between its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine.process.scenarios.answering import Call
from engine.process.scenarios.reading import Expected, Outcome


@dataclass(frozen=True)
class Difference:
    """One thing that was not as expected, and where."""

    where: str  # start | step 3, complete Activity_Sign | outcome
    line: int | None
    what: str
    expected: Any
    got: Any

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `check --scenarios --json` prints."""
        return {
            "where": self.where,
            "line": self.line,
            "what": self.what,
            "expected": self.expected,
            "got": self.got,
        }

    def __str__(self) -> str:
        place = self.where if self.line is None else f"{self.where} (line {self.line})"
        lines = [f"  {place}: {self.what}"]
        lines += [f"    expected  {_shown(self.expected)}", f"    got       {_shown(self.got)}"]
        return "\n".join(lines)


@dataclass(frozen=True)
class Seen:
    """What happened in a step, or from start to end."""

    waiting: list[str]
    timers: list[str]
    nodes: list[str]
    path: list[str]  # nodes and flows
    calls: list[Call]
    sends: list[str]
    variables: dict[str, Any]


def compare(expected: Expected | Outcome, seen: Seen) -> Iterator[tuple[str, Any, Any]]:
    """Yield what differs: its key in the file, the expected and the seen."""
    for what in ("waiting", "timers"):
        wanted = getattr(expected, what)
        if wanted is not None and sorted(wanted) != sorted(getattr(seen, what)):
            yield what, sorted(wanted), sorted(getattr(seen, what))
    if expected.sends is not None and list(expected.sends) != seen.sends:
        yield "sends", list(expected.sends), seen.sends
    if expected.calls is not None:
        calls = _calls(expected.calls, seen.calls)
        if list(expected.calls) != calls:
            yield "calls", list(expected.calls), calls
    if expected.path is not None and not _passes(expected.path, seen.path):
        named_flows = set(expected.path) & (set(seen.path) - set(seen.nodes))
        yield "path", list(expected.path), seen.path if named_flows else seen.nodes
    passed = sorted(set(expected.avoids or ()) & set(seen.path))
    if passed:
        yield "avoids", list(expected.avoids or ()), passed
    for name, value in (expected.variables or {}).items():
        if name not in seen.variables and value is not None:
            yield "variables", {name: value}, "not set"
        elif seen.variables.get(name) != value:
            yield "variables", {name: value}, {name: seen.variables.get(name)}


def _calls(expected: Sequence[str], seen: Sequence[Call]) -> list[str]:
    """Return the calls as the expectation writes them: with parameters where it has some."""
    written = dict(enumerate(expected))
    return [
        str(call) if "(" in written.get(number, "") else call.name
        for number, call in enumerate(seen)
    ]


def _passes(expected: Sequence[str], path: Sequence[str]) -> bool:
    """Tell whether the expected elements come in this order, others between them or not."""
    passed = iter(path)
    return all(one in passed for one in expected)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{name} = {one!r}" for name, one in value.items())
    return str(value)
