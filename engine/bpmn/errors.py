"""Errors of reading, building and running diagrams.

`StepFailed` is what a case officer's retry needs: it names the element and says in one sentence
what was wrong, never with a value of the case. `BpmnError` is no failure: an operation raises it
to leave by an error boundary event of the diagram.
"""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.problem import Problem
from engine.errors import Conflict, Invalid, NotFound


class XMLRefused(Invalid):
    """Correct the file at the named line, or export it again from the editor."""

    code = "xml-refused"
    message = "{file} cannot be read: {reason}"

    def __init__(self, problem: Problem, problems: Sequence[Problem] = ()) -> None:
        self.problem = problem
        self.problems = list(problems) or [problem]
        super().__init__(file=problem.file, reason=problem.message)


class BundleRefused(Invalid):
    """Mend the problems listed, then build again."""

    code = "bundle-refused"
    message = "Process {process} cannot be executed: {reason}"

    def __init__(self, process: str, reason: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = list(problems)
        super().__init__(process=process, reason=reason)


class CalledProcessMissing(NotFound):
    """Deploy the called process, or correct the call."""

    code = "called-process-missing"
    message = "Element {element} calls process {called}, which is not here."


class ExpressionRefused(Invalid):
    """Rewrite the expression inside the closed subset: docs name what it knows."""

    code = "expression-refused"
    message = "The expression is refused: {reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class ExpressionFailed(Exception):
    """An expression could not be evaluated with the variables there are."""


class VariableMissing(ExpressionFailed):
    """An expression reads a variable that is not set."""


class StepFailed(Invalid):
    """Mend the variable or the diagram, then retry; the case stays where it was."""

    code = "step-failed"
    message = "Element {element} failed: {reason}"

    def __init__(self, element: str, reason: str) -> None:
        self.element = element
        super().__init__(element=element, reason=reason)


class TaskNotReady(Conflict):
    """Look at the list of open tasks: this one is done, cancelled, or was never open."""

    code = "task-not-ready"
    message = "Token {token} is not waiting for completion."


class BpmnError(Exception):
    """Raised by an operation to leave its task by an error event of the diagram."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}" if message else code)
