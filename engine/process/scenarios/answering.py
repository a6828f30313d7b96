"""Answering: what a scenario lets operations, connectors and decisions answer.

An operation is not executed here, because it belongs to casework and its database: the scenario
says what it would have answered. What a scenario says nothing of fails the step, so that nothing
is answered by accident. Decisions are the exception: without an answer they are really made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.activities import OperationContext
from engine.bpmn.errors import BpmnError, StepFailed
from engine.bpmn.workflow import Operations, Run
from engine.process import variables

RAISES = "raises"


@dataclass(frozen=True)
class Call:
    """One call: the name, and the parameters that the diagram gave."""

    name: str
    parameters: Mapping[str, Any]

    def __str__(self) -> str:
        given = ", ".join(f"{key}={value}" for key, value in self.parameters.items())
        return f"{self.name}({given})" if given else self.name


class Answers:
    """The dispatcher of a scenario; it remembers what was called, in order."""

    def __init__(self, known: Mapping[str, Any], decide: Operations | None) -> None:
        self.known, self.decide = known, decide
        self.calls: list[Call] = []
        self._count: Counter[str] = Counter()

    def __call__(self, context: OperationContext) -> Mapping[str, Any] | None:
        """Answer an operation or make a decision."""
        if context.kind == "decision" and context.name not in self.known and self.decide:
            return self.decide(context)
        return self._answer(context.element, Call(context.name, context.parameters))

    def serve(self, run: Run) -> bool:
        """Answer the first connector task that waits; false if none does."""
        for task in run.service_tasks():
            name = ".".join(filter(None, (task.connector, task.operation)))
            try:
                answer = self._answer(task.element, Call(name, task.parameters))
                run.complete(task.id, answer)
            except BpmnError as error:
                run.fail(task.id, error.code)
            run.advance()
            return True
        return False

    def _answer(self, element: str, call: Call) -> dict[str, Any]:
        self.calls.append(call)
        name = call.name
        if name not in self.known:
            raise StepFailed(element, f"the scenario does not say what {name} answers")
        answer = self.known[name]
        if isinstance(answer, list):  # one after the other; the last stands for all after it
            answer = answer[min(self._count[name], len(answer) - 1)]
        self._count[name] += 1
        if set(answer) == {RAISES}:
            raise BpmnError(str(answer[RAISES]))
        return variables.check(answer)
