"""Events: the nodes that catch one, in the flow, on activities, and before event sub-processes.

How they listen is in `catching`. A start event has already happened when its scope begins; an
event-based gateway listens for all events behind it; an event sub-process starts in the place of
its scope or beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent as SpiffBoundary
from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway as SpiffEventGateway
from SpiffWorkflow.bpmn.specs.defaults import EventSubprocess as SpiffEventSubprocess
from SpiffWorkflow.bpmn.specs.defaults import IntermediateCatchEvent as SpiffCatch
from SpiffWorkflow.bpmn.specs.defaults import ReceiveTask as SpiffReceive
from SpiffWorkflow.bpmn.specs.defaults import StartEvent as SpiffStart

from engine.bpmn.activities import Activity, SubProcess
from engine.bpmn.catching import LISTENED, Catcher
from engine.bpmn.model import Node
from engine.bpmn.nodes import FlowNode
from engine.bpmn.token import ALTERNATIVE, INSTANCE, MAIN, WAITING, Token, merge

WAITED = (*LISTENED, "multiple")


class CatchEvent(Catcher, SpiffCatch):
    """An intermediate event that holds the flow until it comes; a link or none passes at once."""

    def _update_hook(self, my_task: Token) -> bool:
        if self.event.kind not in WAITED or my_task.internal_data.get("fired"):
            return True
        self.listen(my_task)
        return False

    def _on_cancel(self, my_task: Token) -> None:
        """Listening ends with the token."""

    def _on_ready_hook(self, my_task: Token) -> None:
        """Listening ends with the token."""


class BoundaryEvent(CatchEvent, SpiffBoundary):
    """An event on the border of an activity; entered only when it fires."""


class Part(CatchEvent):
    """One of several definitions of an event; it speaks for the whole."""

    whole: Catcher

    def fire(self, token: Token, payload: Mapping[str, Any]) -> None:
        """One of the events has come."""
        self.note(token)
        self.whole.part_came(token.workflow.tasks[token._parent], token, payload)


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
    """Waits for the first of the events behind it, or begins a process with one or all of them."""

    def begin(self, scope: Any, event: str) -> None:
        """Begin a process: one event has come; a parallel gateway waits for the others too."""
        token = Token(scope, self, dict(scope.data), dict(scope.marks))
        scope.record("entered", token)
        scope.record("completed", token)
        for flow in self.outgoing:
            came = flow.target == event
            if came or self.model.parallel_events:
                target = scope.spec.task_specs[flow.target]
                scope.note("taken", flow.id, "sequenceFlow", flow.name)
                scope.enter(target, dict(token.data), dict(token.marks), flow, fired=came)
        scope.remove(token)

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
