"""Events: catching, throwing, hanging on activities, and starting event sub-processes.

A catching node listens with a token; `fire` is called when its event has come. What happens then
depends on the token's role: the flow goes on, a branch of an event gateway wins, an activity is
interrupted or not, or an event sub-process starts, cancelling its scope or beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent as SpiffBoundary
from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway as SpiffEventGateway
from SpiffWorkflow.bpmn.specs.defaults import EventSubprocess as SpiffEventSubprocess
from SpiffWorkflow.bpmn.specs.defaults import IntermediateCatchEvent as SpiffCatch
from SpiffWorkflow.bpmn.specs.defaults import ReceiveTask as SpiffReceive
from SpiffWorkflow.bpmn.specs.defaults import StartEvent as SpiffStart

from engine.bpmn import timers
from engine.bpmn.activities import Activity, SubProcess
from engine.bpmn.errors import ExpressionFailed, StepFailed, VariableMissing
from engine.bpmn.model import Event, Node
from engine.bpmn.nodes import FlowNode, evaluate
from engine.bpmn.token import (
    ALTERNATIVE,
    BOUNDARY,
    INSTANCE,
    LISTENER,
    MAIN,
    WAITING,
    Token,
    merge,
    plain,
)

LISTENED = ("timer", "message", "signal", "conditional")
_JOURNAL = {"timer": "timer", "message": "message", "signal": "signal", "conditional": "condition"}


class Catcher(FlowNode):
    """A node that can wait for an event."""

    @property
    def heard(self) -> Node:
        """The element that bears the event."""
        return self.model

    @property
    def event(self) -> Event:
        """What is waited for."""
        return self.heard.event

    def listen(self, token: Token) -> None:
        """Begin to wait: set the timer, bind the correlation."""
        token._set_state(WAITING)
        if self.event.kind == "timer":
            plan = self._schedule(token)
            token.internal_data["due"] = plan.due.isoformat()
            if plan.repeats != 0 and plan.every is not None:
                token.internal_data["repeats"] = plan.repeats
                token.internal_data["every"] = [
                    plan.every.months,
                    plan.every.rest.total_seconds(),
                ]
        elif self.event.kind == "message":
            bindings = token.workflow.spec.bindings
            wanted = {name for name, _ in self.event.correlation}
            bound = {
                name: evaluate(token, text)
                for name, text in bindings
                if not wanted or name in wanted
            }
            if bound:
                token.internal_data["bound"] = bound
        elif self.event.kind == "conditional":
            token.workflow.top_workflow.conditions.add(token.id)

    def _schedule(self, token: Token) -> timers.Schedule:
        text = self.event.text or ""
        if not timers.is_literal(text):
            text = evaluate(token, text)
            if not isinstance(text, str):
                raise StepFailed(self.heard.id, "the timer's expression does not give a text")
        try:
            return timers.schedule(text, token.workflow.top_workflow.now())
        except ValueError as error:
            raise StepFailed(
                self.heard.id, "the timer's expression gives no ISO 8601 time"
            ) from error

    def rearm(self, token: Token) -> None:
        """After firing without interrupting: a timer counts on or is gone, the rest stays."""
        if self.event.kind != "timer":
            return
        state = token.internal_data
        if "every" not in state:
            token.workflow.remove(token)
            return
        every = timers.Duration(state["every"][0], timedelta(seconds=state["every"][1]))
        state["due"] = every.after(datetime.fromisoformat(state["due"])).isoformat()
        if state["repeats"] is not None:
            state["repeats"] -= 1
            if state["repeats"] == 0:
                del state["every"], state["repeats"]

    def fire(self, token: Token, payload: Mapping[str, Any]) -> None:
        """The event has come."""
        scope = token.workflow
        event = _JOURNAL.get(self.event.kind)
        if event is not None:
            heard = self.heard
            scope.note(event, heard.id, heard.kind, heard.name, token.id, self.event.name)
        changes = plain(payload)
        variable = self.heard.extensions.variable
        if variable:
            changes = {variable: changes}
        if token.role == ALTERNATIVE:
            _win(token, changes)
        elif token.role == BOUNDARY:
            self._leave_host(token, changes)
        elif token.role == LISTENER:
            self._start(token, changes)
        elif "every" in token.internal_data:  # a cycle sends a token on each time
            data, marks = dict(token.data), dict(token.marks)
            self.rearm(token)
            scope.enter(self, data, marks, fired=True)
        else:
            token.write(changes)
            token._ready()

    def _leave_host(self, token: Token, changes: dict[str, Any]) -> None:
        scope = token.workflow
        host = scope.tasks[token._parent]
        data, marks = scope.salvage(host, dict(host.data), dict(host.marks))
        if self.heard.interrupting or self.event.kind in ("error", "cancel"):
            scope.remove(host, cancelled=True)
        else:
            self.rearm(token)
        merge(scope.data, scope.marks, data, marks)
        scope.enter(self, data, marks, fired=True).write(changes)

    def _start(self, token: Token, changes: dict[str, Any]) -> None:
        raise NotImplementedError

    def check_condition(self, token: Token) -> None:
        """Fire when the condition becomes true; one that stays true fires once."""
        if token._state != WAITING:
            return
        scope = token.workflow
        data, marks = dict(scope.data), dict(scope.marks)
        for other in list(scope.tasks.values()):
            scope.salvage(other, data, marks)
        try:
            value = scope.script_engine.environment.evaluate(self.event.text, data)
        except VariableMissing:
            value = False
        except ExpressionFailed as error:
            raise StepFailed(self.heard.id, str(error)) from error
        before = token.internal_data.get("held", False)
        token.internal_data["held"] = value is True
        if value is True and not before:
            self.fire(token, {})


def _win(token: Token, changes: dict[str, Any]) -> None:
    """The first event after an event-based gateway decides where the flow goes."""
    scope = token.workflow
    gateway = scope.tasks[token._parent]
    flow = next(f for f in gateway.task_spec.outgoing if f.id == token.internal_data["flow"])
    scope.record("completed", gateway)
    scope.remove(gateway)
    scope.note("taken", flow.id, "sequenceFlow", flow.name)
    scope.enter(token.task_spec, gateway.data, gateway.marks, flow, fired=True).write(changes)


class CatchEvent(Catcher, SpiffCatch):
    """An intermediate event that holds the flow until it comes; a link or none passes at once."""

    def _update_hook(self, my_task: Token) -> bool:
        if self.event.kind not in LISTENED or my_task.internal_data.get("fired"):
            return True
        self.listen(my_task)
        return False

    def _on_cancel(self, my_task: Token) -> None:
        """Listening ends with the token."""

    def _on_ready_hook(self, my_task: Token) -> None:
        """Listening ends with the token."""


class BoundaryEvent(CatchEvent, SpiffBoundary):
    """An event on the border of an activity; entered only when it fires."""


class StartEvent(FlowNode, SpiffStart):
    """Where a scope begins; what triggered it has already happened."""


class ReceiveTask(Activity, Catcher, SpiffReceive):
    """A task that waits for a message."""

    def begin(self, token: Token) -> bool:
        """Listen, unless an event-based gateway has already heard the message."""
        if token.role in (MAIN, INSTANCE) and token.internal_data.get("fired"):
            return True
        self.listen(token)
        return False


class EventBasedGateway(FlowNode, SpiffEventGateway):
    """Waits for the first of the events behind it."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(WAITING)
        specs = my_task.workflow.spec.task_specs
        for flow in self.outgoing:
            target = specs[flow.target]
            branch = Token(
                my_task.workflow, target, my_task.data, my_task.marks, ALTERNATIVE, my_task
            )
            branch.internal_data["flow"] = flow.id
            target.listen(branch)
        return False


class EventSubProcess(SubProcess, Catcher, SpiffEventSubprocess):
    """A sub-process without flows that an event starts, in the place of its scope or beside it."""

    start: Node

    @property
    def heard(self) -> Node:
        """The start event inside."""
        return self.start

    def _update_hook(self, my_task: Token) -> bool:
        return self.begin_with_script(my_task)

    def _start(self, token: Token, changes: dict[str, Any]) -> None:
        """Run with the scope's newest data, those of called processes included.

        An interrupting start cancels everything that is going on in the scope, down into called
        processes, and the listeners too: the scope ends when the event sub-process has ended.
        """
        scope = token.workflow
        data, marks = dict(scope.data), dict(scope.marks)
        for other in list(scope.tasks.values()):
            scope.salvage(other, data, marks)
        if self.start.interrupting or self.event.kind == "error":
            scope.clear()
        else:
            self.rearm(token)
        if changes:
            mark = scope.top_workflow.next_mark()
            data.update(changes)
            marks.update(dict.fromkeys(changes, mark))
        merge(scope.data, scope.marks, data, marks)
        scope.enter(self, data, marks, fired=True)
