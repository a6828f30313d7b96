"""Plan: a whole run told beforehand: first variables, what people fill in, what comes when.

Tasks are completed as soon as they open, in the order of instances and numbers, as long as the
plan has data for their element. Messages and signals come at their instants, counted from the
start; then time passes until the end of the plan.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.bpmn import timers
from engine.bpmn.errors import StepFailed
from engine.process.trace import entry
from engine.process.trace.errors import CommandInvalid
from engine.process.trace.machine import START, Event
from engine.process.trace.report import BY_HAND
from engine.process.trace.session import Trace

_PARTS = {
    "variables": dict,
    "tasks": dict,
    "operations": dict,
    "messages": list,
    "signals": list,
    "advance": str,
}
_ITEMS = {
    "messages": ("name", "at", "correlation", "payload"),
    "signals": ("name", "at", "payload"),
}


@dataclass(frozen=True)
class Coming:
    """A message or a signal from outside."""

    at: datetime
    kind: str
    name: str
    payload: Mapping[str, Any]
    correlation: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What happens in a run, and how long it lasts."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    tasks: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    operations: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    coming: tuple[Coming, ...] = ()
    end: datetime = START

    def play(self, trace: Trace, process: str | None, also: Sequence[str] = ()) -> Iterator[Event]:
        """Run the plan and yield its events; steps that fail leave their incidents.

        Args:
            trace: not yet used.
            process: to start; None for the only one that can be started.
            also: processes that start before it, with the same variables.

        Raises:
            EngineError: something that was asked for cannot happen.
        """
        left = {element: deque(values) for element, values in self.tasks.items()}
        trace.results.update({key: deque(values) for key, values in self.operations.items()})
        for key in [*also, process]:
            yield from self._start(trace, key)
        yield from _complete(trace, left)
        for one in self.coming:
            yield from _wait(trace, one.at, left)
            yield from _send(trace, one)
            yield from _complete(trace, left)
        yield from _wait(trace, self.end, left)

    def _start(self, trace: Trace, key: str | None) -> Iterator[Event]:
        if key is None and not any(map(entry.is_startable, trace.models.values())):
            return  # events start everything there is
        try:
            yield from trace.start(key, self.variables)
        except StepFailed:
            return  # the status tells


def read(found: Any) -> Plan:
    """Return the plan in a JSON value.

    Raises:
        CommandInvalid: it is none; the message says where.
    """
    _require(isinstance(found, dict), "the input is a JSON object")
    for name, value in found.items():
        _require(name in _PARTS, f"the input holds {', '.join(_PARTS)}, not {name}")
        _require(isinstance(value, _PARTS[name]), f"{name} is not of the right type")
    for name in ("tasks", "operations"):
        for element, values in found.get(name, {}).items():
            fits = isinstance(values, list) and all(isinstance(one, dict) for one in values)
            _require(fits, f"{name} of {element} is not a list of objects")
    coming = [
        _coming(kind, one) for kind in ("message", "signal") for one in found.get(f"{kind}s", [])
    ]
    return Plan(
        variables=found.get("variables", {}),
        tasks=found.get("tasks", {}),
        operations=found.get("operations", {}),
        coming=tuple(sorted(coming, key=lambda one: one.at)),
        end=_instant(found.get("advance", "PT0S")),
    )


def _coming(kind: str, item: Any) -> Coming:
    names = _ITEMS[f"{kind}s"]
    _require(isinstance(item, dict), f"a {kind} is an object")
    for name, value in item.items():
        _require(name in names, f"a {kind} holds {', '.join(names)}, not {name}")
        wanted = str if name in ("name", "at") else dict
        _require(isinstance(value, wanted), f"{name} of a {kind} is not of the right type")
    _require("name" in item, f"a {kind} needs a name")
    return Coming(
        at=_instant(item.get("at", "PT0S")),
        kind=kind,
        name=item["name"],
        payload=item.get("payload", {}),
        correlation=item.get("correlation", {}),
    )


def _instant(text: str) -> datetime:
    try:
        return timers.duration(text).after(START)
    except (ValueError, OverflowError) as error:
        raise CommandInvalid(problem=f"{text!r} is no ISO 8601 duration") from error


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise CommandInvalid(problem=problem)


def _send(trace: Trace, one: Coming) -> list[Event]:
    try:
        if one.kind == "signal":
            return trace.signal(one.name, one.payload)
        return trace.message(one.name, correlation=one.correlation, payload=one.payload)
    except StepFailed:
        return []


def _wait(
    trace: Trace, until: datetime, left: dict[str, deque[Mapping[str, Any]]]
) -> Iterator[Event]:
    """Let time pass, stopping wherever something is due, so that tasks are done as they open."""
    while (due := trace.machine.next_due(until)) is not None:
        yield from trace.machine.advance_to(due)
        yield from _complete(trace, left)
    yield from trace.machine.advance_to(until)


def _complete(trace: Trace, left: dict[str, deque[Mapping[str, Any]]]) -> Iterator[Event]:
    while (task := _next(trace, left)) is not None:
        values = left[task["element"]].popleft()
        try:
            yield from trace.complete(
                task["element"], values, instance=task["instance"], number=task["number"]
            )
        except StepFailed:
            continue  # its incident is in the status


def _next(trace: Trace, left: dict[str, deque[Mapping[str, Any]]]) -> dict[str, Any] | None:
    if not any(left.values()):
        return None
    waits: list[dict[str, Any]] = trace.status()["waiting"]
    return next((o for o in waits if o["type"] in BY_HAND and left.get(o["element"])), None)
