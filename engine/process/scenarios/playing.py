"""Playing a scenario: the interpreter of the engine, saved and loaded between all steps.

It is the interpreter with which the production step runs, without database and casework: what
operations, connectors and decisions answer, the scenario says. The clock stands at a fixed
instant and moves only by the scenario's steps. What differs from the expected is collected with
its place; after a step that fails, what follows is not played.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from catalogue.yaml_source import At
from engine.bpmn import timers, workflow
from engine.bpmn.bundle import Bundle
from engine.bpmn.errors import BpmnError
from engine.bpmn.journal import Entry
from engine.bpmn.waits import ReadyTask, Waiting
from engine.bpmn.workflow import Operations, Run
from engine.errors import EngineError
from engine.process import forms, variables
from engine.process.forms import Form, FormInvalid
from engine.process.scenarios.answering import Answers
from engine.process.scenarios.comparing import Difference, Seen, compare
from engine.process.scenarios.reading import Expected, Outcome, Placed, Status, Step
from engine.process.variables import UnknownField

START = datetime(2026, 1, 5, 1, tzinfo=UTC)  # as `tongban trace`
MOST_TIMERS = 1000
FormOf = Callable[[ReadyTask], Form | None]
PASSED = ("entered", "taken")
BESIDE = ("boundaryEvent", "startEvent")  # they wait while the flow stands somewhere else


@dataclass
class Played:
    """What became of a scenario."""

    placed: Placed
    differences: list[Difference] = field(default_factory=list)
    path: list[tuple[str, str]] = field(default_factory=list)  # (process, element or flow)

    @property
    def ok(self) -> bool:
        """Whether everything was as expected."""
        return not self.differences


class _CannotGoOn(Exception):
    """The step of the scenario does not fit where the process stands."""

    def __init__(self, expected: str, got: Any) -> None:
        super().__init__(expected)
        self.expected, self.got = expected, got


def play(
    placed: Placed,
    bundle: Bundle,
    decide: Operations | None = None,
    form_of: FormOf = lambda task: None,
) -> Played:
    """Play a scenario from its start to its outcome.

    Args:
        placed: The scenario.
        bundle: The process and all it calls.
        decide: Evaluates decisions for which the scenario gives no answer.
        form_of: Finds the form of a task; without one it takes any variables.
    """
    return _Player(placed, bundle, decide, form_of).play()


class _Player:
    def __init__(
        self, placed: Placed, bundle: Bundle, decide: Operations | None, form_of: FormOf
    ) -> None:
        self.placed, self.bundle, self.form_of = placed, bundle, form_of
        self.answers = Answers(placed.operations, decide)
        self.played = Played(placed)
        self.at = START
        self.persons: dict[str, str] = {}  # who completed an element last
        self.journal: list[Entry] = []
        self.sends: list[str] = []
        self.run: Run

    def play(self) -> Played:
        """Play it all, or up to the step that fails."""
        steps = self.placed.scenario.steps
        goes_on = self._step("start", ("started",), self._start, self.placed.scenario.started)
        for number, step in enumerate(steps):
            if goes_on:
                where, at = f"step {number + 1}, {step.doing}", ("steps", number)
                goes_on = self._step(where, at, partial(self._do, step), step.then)
        if goes_on:
            self._outcome(self.placed.scenario.outcome)
        passed = [one for one in self.journal if one.event in PASSED]
        self.played.path = [(one.process, one.element) for one in passed]
        return self.played

    def _step(self, where: str, at: At, act: Callable[[], None], expected: Expected) -> bool:
        before = (len(self.journal), len(self.answers.calls), len(self.sends))
        try:
            act()
        except _CannotGoOn as error:
            self._differs(where, at, "step", error.expected, error.got)
            return False
        except (EngineError, BpmnError) as error:
            self.journal += self.run.journal if hasattr(self, "run") else []
            self._differs(where, at, "step", "the process goes on", str(error))
            return False
        self._expect(where, at, expected, self._seen(*before))
        return True

    def _start(self) -> None:
        self.run = workflow.start(
            self.bundle,
            variables.check(self.placed.given),
            operations=self.answers,
            now=self._now,
            element=self.placed.scenario.start,
        )
        self._go_on()

    def _now(self) -> datetime:
        return self.at

    def _do(self, step: Step) -> None:
        if self.run.is_completed():
            raise _CannotGoOn(step.doing, "the process has ended")
        if step.fire is not None:
            due = [w.due for w in self.run.waiting() if w.element == step.fire and w.due]
            if not due:
                raise _CannotGoOn(f"the timer {step.fire} runs", self._all_waits())
            return self._pass(min(due))
        if step.wait is not None:
            return self._pass(timers.duration(step.wait).after(self.at))
        if step.complete is not None:
            self._complete(step, step.complete)
        elif not self._reaches(step):
            name = step.message or step.signal
            raise _CannotGoOn(f"{name} is waited for", self._all_waits())
        return self._go_on()

    def _reaches(self, step: Step) -> bool:
        payload = variables.check(step.variables)
        if step.message is not None:
            return self.run.deliver(step.message, payload, step.correlation)
        return bool(self.run.signal(str(step.signal), payload))

    def _complete(self, step: Step, element: str) -> None:
        found = [task for task in self.run.ready_tasks() if task.element == element]
        if not found:
            raise _CannotGoOn(f"the task {element} is open", self._all_waits())
        for other in found[0].extensions.not_same_as:
            if step.by is not None and self.persons.get(other) == step.by:
                raise _CannotGoOn(f"another completes {element} than {other}", step.by)
        values = self._values(found[0], step)
        if step.by is not None:
            self.persons[element] = step.by
        self.run.complete(found[0].id, values)

    def _values(self, task: ReadyTask, step: Step) -> dict[str, Any]:
        """Return what the form takes, without personal values: those never reach a process."""
        form = None if step.unchecked else self.form_of(task)
        personal = set(task.extensions.personal)
        values = variables.check(step.variables)
        if form is not None:
            try:
                values = forms.check(form, step.variables, task.data)
            except (UnknownField, FormInvalid) as error:
                wrong = [f"{name}: {code}" for name, (code, _) in sorted(error.errors.items())]
                raise _CannotGoOn(f"the form {form.key} takes the variables", wrong) from error
            personal |= set(form.personal)
        return {name: value for name, value in values.items() if name not in personal}

    def _pass(self, until: datetime) -> None:
        """Let time pass; every timer fires at its own instant."""
        for _ in range(MOST_TIMERS):
            due = [w.due for w in self.run.waiting() if w.due is not None and w.due <= until]
            if not due:
                self.at = max(self.at, until)
                return
            self.at = max(self.at, min(due))
            self.run.fire_timers(self.at)
            self._go_on()
        raise _CannotGoOn(f"at most {MOST_TIMERS} timers fire in one step", "more of them")

    def _go_on(self) -> None:
        """Run to the next wait, then save and load, as the production step does."""
        self.run.advance()
        heard = 0
        while self.answers.serve(self.run) or heard < len(self.run.outbox):
            if heard < len(self.run.outbox):
                thrown = self.run.outbox[heard]
                heard += 1
                if thrown.kind == "message":  # a signal has reached its own instance already
                    self.run.deliver(thrown.name, thrown.payload, thrown.correlation)
            self.run.advance()
        self.journal += self.run.journal
        self.sends += [one.name for one in self.run.outbox]
        if not self.run.is_completed():
            blobs = self.run.dump()
            self.run = workflow.load(self.bundle, blobs, operations=self.answers, now=self._now)

    def _seen(self, journal: int = 0, calls: int = 0, sends: int = 0) -> Seen:
        path = [one for one in self.journal[journal:] if one.event in PASSED]
        return Seen(
            waiting=[task.element for task in self.run.ready_tasks()]
            + [one.element for one in self.run.waiting() if self._stands(one)],
            timers=[one.element for one in self.run.waiting() if one.type == "timer"],
            nodes=[one.element for one in path if one.event == "entered"],
            path=[one.element for one in path],
            calls=self.answers.calls[calls:],
            sends=self.sends[sends:],
            variables=self.run.variables,
        )

    def _stands(self, wait: Waiting) -> bool:
        """Tell whether the flow stands at an event, and not at the activity beside it."""
        return self.bundle.models[wait.process].nodes[wait.element].kind not in BESIDE

    def _all_waits(self) -> list[str]:
        waits = [one.element for one in self.run.waiting()]
        return sorted(waits + [task.element for task in self.run.ready_tasks()])

    def _outcome(self, outcome: Outcome) -> None:
        got = Status.COMPLETED if self.run.is_completed() else Status.WAITING
        if got != outcome.status:
            waits = f" at {', '.join(self._all_waits())}" if got is Status.WAITING else ""
            self._differs("outcome", ("outcome",), "status", outcome.status.value, got + waits)
        if outcome.ended_by is not None and outcome.ended_by != self.run.ended_by:
            wanted, ended = outcome.ended_by, str(self.run.ended_by)
            self._differs("outcome", ("outcome",), "ended_by", wanted, ended)
        self._expect("outcome", ("outcome",), outcome, self._seen())

    def _expect(self, where: str, at: At, expected: Expected | Outcome, seen: Seen) -> None:
        inside: At = (*at, "then") if isinstance(expected, Expected) and "steps" in at else at
        for what, wanted, got in compare(expected, seen):
            self._differs(where, (*inside, what), what, wanted, got)

    def _differs(self, where: str, at: At, what: str, expected: Any, got: Any) -> None:
        line = self.placed.line(*at)
        self.played.differences.append(Difference(where, line, what, expected, got))
