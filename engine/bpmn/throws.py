"""Throws: end events and intermediate throwing events, and the send task.

Messages, signals and escalations are sent by `sending`, compensation is driven by `compensation`.
Errors and cancellations look outwards for who catches them; terminate ends the scope it stands
in. An event with several definitions lets them happen in document order.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.defaults import EndEvent as SpiffEnd
from SpiffWorkflow.bpmn.specs.defaults import IntermediateThrowEvent as SpiffThrow
from SpiffWorkflow.bpmn.specs.defaults import SendTask as SpiffSend

from engine.bpmn import compensation
from engine.bpmn.activities import Activity
from engine.bpmn.nodes import FlowNode
from engine.bpmn.sending import send
from engine.bpmn.token import COMPLETED, Token


class Thrower(FlowNode):
    """A node that lets an event happen."""

    def throw(self, token: Token) -> bool | None:
        """Let the event happen; None when the token is gone or waits because of it."""
        kind = self.event.kind
        if kind == "compensation":
            return compensation.throw(token)
        if kind == "error":
            _complete(token)
            token.workflow.top_workflow.throw_error(token, self.event.code)
        elif kind == "terminate":
            _complete(token)
            _terminate(token)
        elif kind == "cancel":
            _complete(token)
            _cancel_transaction(token)
        else:
            for event in self.event.parts or (self.event,):
                send(token, event)
        return True if token.alive and kind not in ("error", "terminate", "cancel") else None


def _complete(token: Token) -> None:
    token._set_state(COMPLETED)
    token.workflow.record("completed", token)


def _terminate(token: Token) -> None:
    scope = token.workflow
    top = scope.top_workflow
    if scope is top:
        top.end("terminate")
    else:
        scope.clear()
        scope.done = []  # what ended abnormally is not undone
        scope.finish()


def _cancel_transaction(token: Token) -> None:
    """Cancel what is going on in the transaction, undo what has completed, then leave it."""
    scope = token.workflow
    while scope.host.task_spec.kind != "transaction":
        scope = scope.host.workflow
    host = scope.host
    scope.clear()
    host.internal_data["cancels"] = True
    if not compensation.claim(host):
        host.task_spec.cancelled(host)


class ThrowEvent(Thrower, SpiffThrow):
    """An intermediate event that happens when the flow reaches it; a link jumps to its catch."""

    link: str | None = None

    def _run_hook(self, my_task: Token) -> bool | None:
        return self.throw(my_task)

    def _on_complete(self, my_task: Token) -> None:
        if self.link is None:
            super()._on_complete(my_task)
            return
        scope = my_task.workflow
        scope.record("completed", my_task)
        scope.remove(my_task)
        scope.enter(scope.spec.task_specs[self.link], my_task.data, my_task.marks)


class EndEvent(Thrower, SpiffEnd):
    """The end of a branch."""

    def _run_hook(self, my_task: Token) -> bool | None:
        return self.throw(my_task)

    def _on_complete_hook(self, my_task: Token) -> None:
        """The token game is in `throw`."""


class SendTask(Activity, Thrower, SpiffSend):
    """A task that sends a message."""

    def perform(self, token: Token) -> bool | None:
        """Send it."""
        return self.throw(token)
