"""Watcher: what a trace sees of the steps, and how it steers them.

It numbers the instances, gives scripts their probes, applies chosen flows and held elements to
every run that is brought back, and turns journals into events. What it saw in a transaction
becomes part of the trace only when the transaction was kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.bpmn.errors import BpmnError
from engine.bpmn.journal import Entry
from engine.bpmn.workflow import Run
from engine.models import Instance
from engine.record import canonical

_IDS = 0x7 << 76 | 0b10 << 62  # version and variant of a UUIDv7; the number stands in the rest


@dataclass(frozen=True)
class Wait:
    """A token that waits, as it will be shown; `condition` and what has no row included."""

    token: int
    element: str
    type: str
    name: str
    due: datetime | None


class Watcher:
    """The observer of a trace (see `wiring.Observer`)."""

    def __init__(self, probes: Mapping[str, bool]) -> None:
        self.probes = {name: self._probe(name, raises) for name, raises in probes.items()}
        self.choices: dict[str, list[str]] = {}
        self.paused: frozenset[str] = frozenset()
        self.waits: dict[UUID, list[Wait]] = {}  # of the live instances, oldest first
        self._number = 0
        self._run: Run | None = None
        self._events: list[dict[str, Any]] = []
        self._waits: dict[UUID, list[Wait]] = {}

    # What the step asks

    def new_id(self) -> UUID:
        """Return ids that grow with the number of the instance."""
        self._number += 1
        return UUID(int=_IDS | self._number)

    def prepare(self, instance_id: UUID, run: Run) -> None:
        """Steer a run before anything happens in it."""
        self._run = run
        run.pause(self.paused)
        for gateway, flows in self.choices.items():
            run.choose(gateway, list(flows))

    def watch(self, instance: Instance, run: Run) -> None:
        """Take down what happened in a run and what it waits for."""
        self._events += [_event(name_of(instance.id), entry) for entry in run.journal]
        self._waits[instance.id] = _waits(run)

    # What the trace asks

    def begin(self) -> None:
        """Forget what was seen in a transaction that was not kept."""
        self._events, self._waits = [], {}

    def keep(self) -> list[dict[str, Any]]:
        """Return the events of a transaction that was kept."""
        events = self._events
        self.waits.update(self._waits)
        self.begin()
        return events

    def call(self, name: str, args: Sequence[Any]) -> None:
        """Take down that the element that runs called something."""
        if self._run is not None:
            self._run.record_call(name, args)

    def _probe(self, name: str, raises: bool) -> Callable[..., Any]:
        def probe(*args: Any) -> None:
            self.call(name, args)
            if raises:
                raise BpmnError(str(args[0]) if args else name)

        return probe


def name_of(instance_id: UUID) -> str:
    """Return the number of an instance as events show it."""
    return str(instance_id.int & ~_IDS)


def id_of(name: str) -> UUID:
    """Return the id of an instance by its number."""
    return UUID(int=_IDS | int(name))


def _event(instance: str, entry: Entry) -> dict[str, Any]:
    return {
        "at": canonical.instant(entry.at),
        "instance": instance,
        "process": entry.process,
        "event": entry.event,
        "element": entry.element,
        "type": entry.type,
        "name": entry.name or None,
        "args": None if entry.args is None else list(entry.args),
        "code": entry.code,
    }


def _waits(run: Run) -> list[Wait]:
    found = [Wait(one.id, one.element, "userTask", one.name, None) for one in run.ready_tasks()]
    found += [
        Wait(one.id, one.element, "connector", one.connector, None) for one in run.service_tasks()
    ]
    found += [
        Wait(one.id, one.element, one.type, one.name or one.element, one.due)
        for one in run.waiting()
    ]
    return sorted(found, key=lambda one: one.token)
