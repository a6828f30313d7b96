"""Activities: tasks, sub-processes and calls; they carry boundary events and may repeat.

An operation runs inside the step through the one dispatcher of the instance; a connector, a user
or a manual task waits for `complete`. An operation gets copies and returns what it changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import CallActivity as SpiffCall
from SpiffWorkflow.bpmn.specs.defaults import ManualTask as SpiffManual
from SpiffWorkflow.bpmn.specs.defaults import NoneTask as SpiffTask
from SpiffWorkflow.bpmn.specs.defaults import ScriptTask as SpiffScript
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask as SpiffService
from SpiffWorkflow.bpmn.specs.defaults import SubWorkflowTask as SpiffSubProcess
from SpiffWorkflow.bpmn.specs.defaults import UserTask as SpiffUser

from engine.bpmn import compensation, loops
from engine.bpmn.errors import StepFailed
from engine.bpmn.extensions import Call
from engine.bpmn.foreign import is_foreign
from engine.bpmn.model import Flow
from engine.bpmn.nodes import FlowNode, evaluate
from engine.bpmn.scope import Scope
from engine.bpmn.standing import MOST_PARALLEL
from engine.bpmn.token import BOUNDARY, INSTANCE, MAIN, STARTED, Token, merge, plain


@dataclass(frozen=True)
class OperationContext:
    """What an operation is given: copies of the variables, and the parameters of the diagram."""

    name: str
    element: str
    variables: dict[str, Any]
    parameters: dict[str, Any]
    process: str
    token: int
    at: datetime
    kind: str = "operation"  # operation | decision
    properties: Mapping[str, str] = field(default_factory=dict)
    result: str | None = None  # the variable that takes the whole result
    mapping: str | None = None  # how a decision's result is shaped


class Activity(FlowNode):
    """A node that takes time: it is entered, begun, perhaps repeated, and completed."""

    boundary: tuple[Any, ...] = ()
    undo: Any = None  # the activity that undoes this one

    def _update_hook(self, my_task: Token) -> bool:
        if self.model.start_quantity > 1 and "undoes" not in my_task.internal_data:
            return self._gather(my_task)
        return self._enter(my_task)

    def _gather(self, token: Token) -> bool:
        """Wait until as many tokens are here as one execution takes."""
        token._set_state(STARTED)
        token.internal_data["gathers"] = True
        here = [t for t in token.workflow.tasks.values() if t.task_spec is self]
        waiting = sorted((t for t in here if "gathers" in t.internal_data), key=lambda t: t.id)
        if len(waiting) >= self.model.start_quantity:
            first, *others = waiting[: self.model.start_quantity]
            del first.internal_data["gathers"]
            for other in others:
                merge(first.data, first.marks, other.data, other.marks)
                first.workflow.remove(other)
            if self._enter(first):
                first._ready()
        return False

    def choose(self, token: Token) -> list[Flow]:
        """Return the flows to take, as often as one execution gives tokens."""
        return super().choose(token) * min(self.model.completion_quantity, MOST_PARALLEL + 1)

    def _enter(self, my_task: Token) -> bool:
        if my_task.role == MAIN:
            for event in self.boundary:
                hanging = Token(
                    my_task.workflow, event, my_task.data, my_task.marks, BOUNDARY, my_task
                )
                event.listen(hanging)
        if self.model.loop is not None and my_task.role == MAIN:
            return loops.begin(my_task)
        return self.begin_with_script(my_task)

    def begin_with_script(self, token: Token) -> bool:
        """Run the script before the activity, then begin it."""
        if self.model.extensions.before:
            token.write(run_script(token, self.model.extensions.before))
        return self.begin(token)

    def begin(self, token: Token) -> bool:
        """Begin one execution; true if it is ready to run or to be done."""
        return True

    def perform(self, token: Token) -> bool | None:
        """Do the work of one execution."""
        return True

    def _run_hook(self, my_task: Token) -> bool | None:
        if self.model.loop is not None and my_task.role == MAIN:
            return True
        return self.perform(my_task)

    def _on_complete(self, my_task: Token) -> None:
        loop = self.model.loop
        if self.model.extensions.after and (loop is None or my_task.role == INSTANCE):
            my_task.write(run_script(my_task, self.model.extensions.after))
        if "undoes" in my_task.internal_data:
            my_task.workflow.record("completed", my_task)
            compensation.undone(my_task)
            return
        if self.undo is not None and (loop is None or my_task.role == INSTANCE):
            compensation.keep(my_task)
        if my_task.role == INSTANCE:
            my_task.workflow.record("completed", my_task)
            loops.instance_completed(my_task)
        else:
            super()._on_complete(my_task)


def run_script(token: Token, script: str) -> dict[str, Any]:
    """Run a script over a token's variables and return what it changed."""
    changed: dict[str, Any] = token.workflow.script_engine.execute(token, script)
    return changed


class UserTask(Activity, SpiffUser):
    """Waits for a person."""


class ManualTask(Activity, SpiffManual):
    """Waits for a person, who does it outside the system and says so."""


class EmptyTask(Activity, SpiffTask):
    """A task without a kind: it only draws a step and nobody is asked to do it."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = False


class ScriptTask(Activity, SpiffScript):
    """Sets variables."""

    def perform(self, token: Token) -> bool:
        """Run the script."""
        token.write(run_script(token, self.script))
        return True


class OperationTask(Activity, SpiffService):
    """Calls an operation inside the step."""

    call: Call
    purpose = "operation"

    def perform(self, token: Token) -> bool:
        """Call the dispatcher; what it returns becomes variables."""
        top = token.workflow.top_workflow
        more = self.model.extensions
        context = OperationContext(
            name=self.call.name,
            element=self.name,
            variables=plain(token.data),
            parameters=parameters(token, self.call),
            process=token.workflow.spec.process,
            token=token.id,
            at=top.now(),
            kind=self.purpose,
            properties=dict(more.properties),
            result=self.call.result,
            mapping=more.decision_mapping,
        )
        result = top.operations(context)
        try:
            copied = plain(result or {})
        except TypeError as error:
            raise StepFailed(self.name, str(error)) from error
        token.write(self.outcome(copied))
        return True

    def outcome(self, result: dict[str, Any]) -> dict[str, Any]:
        """Return the variables that a result becomes."""
        return {self.call.result: result} if self.call.result else result


class DecisionTask(OperationTask):
    """Asks a decision, through the same dispatcher, which gives the variables already."""

    purpose = "decision"

    def outcome(self, result: dict[str, Any]) -> dict[str, Any]:
        """Return the variables as they came."""
        return result


class ConnectorTask(Activity, SpiffService):
    """Waits for the result of an outside system, fetched by a job."""

    call: Call

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True


def parameters(token: Token, call: Call) -> dict[str, Any]:
    """Return the parameters of a call, expressions evaluated."""
    return {
        name: evaluate(token, text) if is_foreign(text) else text for name, text in call.parameters
    }


class SubProcess(Activity, SpiffSubProcess):
    """Runs a scope of its own: an embedded sub-process or a transaction."""

    def perform(self, token: Token) -> bool | None:
        """Open the scope with a copy of the variables; it says when it has ended."""
        if token.triggered:
            return True
        token._set_state(STARTED)
        spec = token.workflow.top_workflow.subprocess_specs[self.spec]
        Scope(spec, token, dict(token.data), dict(token.marks)).begin()
        return None

    def keep_inside(self, scope: Scope) -> None:
        """The scope has completed: remember what can be undone in it."""
        compensation.keep_inside(scope)

    def cancelled(self, token: Token) -> None:
        """A transaction was cancelled and its activities are undone: leave by the border."""
        scope = token.workflow
        for child in token.host._children:
            event = scope.tasks[child]
            if event.role == BOUNDARY and event.task_spec.event.kind == "cancel":
                event.task_spec.fire(event, {})
                return
        raise StepFailed(token.element, "the transaction has no cancel event on its border")


class CallActivity(SubProcess, SpiffCall):
    """Runs another process; variables go in and come out whole."""
