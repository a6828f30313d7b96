"""Session: some files deployed in a database of their own, and what can happen in it.

Each method is one command: it does its step as the system, then lets everything that follows from
it happen (jobs, messages, signals), and returns the events. A step that fails is rolled back as
in production; `status` then shows its incident.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from catalogue.problem import Problem
from engine.bpmn import parser, timers
from engine.bpmn.errors import StepFailed
from engine.bpmn.model import ProcessModel
from engine.db import Database
from engine.process import instances, messages, tasks
from engine.process.tasks import TaskKey
from engine.process.trace import entry, report, surroundings
from engine.process.trace.errors import (
    CommandInvalid,
    NothingWaits,
    TraceRefused,
)
from engine.process.trace.machine import SYSTEM, Event, Machine
from engine.process.trace.memory import in_memory
from engine.process.trace.watcher import Watcher, id_of
from engine.process.wiring import Wiring

KEY = bytes(32)  # of personal data that lives as long as the trace

Variables = Mapping[str, Any]


class Trace:
    """One traced set of files.

    Args:
        files: names and contents of diagrams, decisions and forms.
        probes: functions that scripts may call beside the usual ones, by name; those that map to
            True raise a BPMN error whose code is their first argument.
        wiring: what the program plugs in. Without it, each operation that the files name does
            nothing and returns what `results` holds next for its element.
        process: which to start when a start names none.

    Attributes:
        problems: all remarks on the files.
        refused: whether an error is among them; nothing can run then.
        models: the processes by id.
        results: what the stand-ins of operations return, by element, oldest first.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        *,
        probes: Mapping[str, bool] | None = None,
        wiring: Wiring | None = None,
        process: str | None = None,
    ) -> None:
        self.process = process
        self.results: dict[str, deque[Variables]] = {}
        self.watcher = Watcher(probes or {})
        parsed = parser.parse(files, probes=frozenset(self.watcher.probes), drawings=True)
        self.models: dict[str, ProcessModel] = parsed.processes
        base = wiring or Wiring(
            operations=surroundings.operations(self.models, self.watcher.call, self.results),
            master_key=KEY,
        )
        self.database: Database = in_memory(replace(base, observer=self.watcher))
        self.machine = Machine(self.database, self.watcher)
        self._failed: dict[str, StepFailed] = {}
        self._sent = 0
        self.problems: list[Problem] = self.machine.deploy(files)
        self.refused = any(one.severity == "error" for one in self.problems)

    def close(self) -> None:
        """Forget everything."""
        self.database.dispose()

    def start(
        self,
        process: str | None = None,
        variables: Variables | None = None,
        *,
        element: str | None = None,
    ) -> list[Event]:
        """Start an instance.

        Args:
            process: which; may be left out where the files hold one that no other calls.
            variables: the first ones.
            element: the start event, where there are several or an event starts the process.

        Raises:
            TraceRefused: the files were refused.
            ProcessNotNamed: there are several processes.
            NothingWaits: no instance begins at that element.
            DefinitionNotFound, UnknownField, VariableInvalid, StepFailed: as `instances.start`.
        """
        key = process or self.default_process()
        self._require(key, element)

        def happen(session: Session) -> None:
            surroundings.make_offices(session, variables or {})
            instances.start(session, key, by=SYSTEM, variables=variables, element=element)

        try:
            events = self.machine.do(happen)
        except StepFailed as error:
            self._failed[key] = error
            raise
        self._failed.pop(key, None)
        return events

    def complete(
        self,
        element: str | None = None,
        variables: Variables | None = None,
        *,
        instance: str | None = None,
        number: int | None = None,
    ) -> list[Event]:
        """Complete the oldest task at an element, or the one with a number.

        Raises:
            CommandInvalid: neither an element nor a number is given.
            NothingWaits: there is no such open task.
            FormInvalid, UnknownField, VariableInvalid, StepFailed: as `tasks.complete`.
        """
        if element is None and number is None:
            raise CommandInvalid(problem="complete needs an element or a number")
        values = variables or {}
        task = report.find(
            self.database,
            self.watcher,
            report.BY_HAND,
            element=element,
            instance=instance,
            number=number,
        )
        place = id_of(task["instance"])
        if task["type"] == "connector":
            return self.machine.move(place, lambda step: step.complete(task["token"], values))
        key = TaskKey(place, task["number"])
        return self.machine.do(
            lambda session: tasks.complete(session, key, by=SYSTEM, variables=values), place
        )

    def message(
        self,
        name: str,
        *,
        correlation: Variables | None = None,
        payload: Variables | None = None,
    ) -> list[Event]:
        """Send a message from outside, as `messages.send`; without a taker it is kept."""
        self._require()
        self._sent += 1
        identity = f"outside/{self._sent:06}"
        return self.machine.do(
            lambda session: messages.send(
                session,
                name,
                correlation=correlation,
                payload=payload,
                message_id=identity,
                by=SYSTEM,
            )
        )

    def signal(self, name: str, payload: Variables | None = None) -> list[Event]:
        """Send a signal from outside."""
        self._require()
        return self.machine.do(
            lambda session: messages.signal(session, name, payload=payload or {}, by=SYSTEM)
        )

    def fire(self, element: str, *, instance: str | None = None) -> list[Event]:
        """Let the event happen that the oldest token at an element waits for, else start there.

        Raises:
            NothingWaits: no token waits there for an event, and no instance begins there.
        """
        starts = [key for key, model in self.models.items() if entry.begins(model, element)]
        if starts and instance is None:
            return self.start(starts[0], element=element)
        wait = report.find(self.database, self.watcher, (), element=element, instance=instance)
        return self.machine.move(id_of(wait["instance"]), lambda step: step.fire(wait["token"]))

    def choose(self, gateway: str, flows: list[str] | None) -> list[Event]:
        """From now on take these flows at a gateway, whatever the conditions say; None ends it.

        Raises:
            CommandInvalid: the gateway has no such outgoing flows.
        """
        leaving = {f.id for m in self.models.values() for f in m.outgoing(gateway)}
        if not leaving or not set(flows or ()) <= leaving:
            known = ", ".join(sorted(leaving)) or "no flows"
            raise CommandInvalid(problem=f"{gateway} has {known}")
        if flows is None:
            self.watcher.choices.pop(gateway, None)
        else:
            self.watcher.choices[gateway] = flows
        return []

    def pause(self, elements: list[str]) -> list[Event]:
        """From now on hold tokens at these activities until they are completed by hand."""
        self.watcher.paused = frozenset(elements)
        return []

    def advance(self, by: str) -> list[Event]:
        """Let time pass: an ISO 8601 duration. Timers fire at their own instants.

        Raises:
            CommandInvalid: this is no duration.
            NeverRests: timers go on without end.
        """
        try:
            end = timers.duration(by).after(self.machine.now)
        except (ValueError, OverflowError) as error:
            raise CommandInvalid(problem=f"{by!r} is no ISO 8601 duration") from error
        return self.machine.advance_to(end)

    def status(self) -> dict[str, Any]:
        """Return how things stand, as the status line of docs/trace.md."""
        return report.status(self.database, self.watcher, self.problems, self._failed)

    def default_process(self) -> str:
        """Return the process to start when none is named.

        Raises:
            TraceRefused: the files were refused.
            ProcessNotNamed: there are several that no other calls.
        """
        self._require()
        return self.process or entry.default(self.models)

    def _require(self, process: str | None = None, element: str | None = None) -> None:
        if self.refused:
            raise TraceRefused()
        model = self.models.get(process or "")
        if model is not None and element is not None and not entry.begins(model, element):
            raise NothingWaits(element=element)
