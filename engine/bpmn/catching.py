"""Catching: how a node listens for an event, and what follows when it has come.

`listen` sets the timer or binds the correlation, `fire` is called when the event happens. What
follows depends on the token's role: the flow goes on, a branch of an event gateway wins, an
activity is interrupted or not, or an event sub-process starts. An event with several definitions
listens with a token for each. A timer without a time, or a message without a name, waits on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine.bpmn import timers
from engine.bpmn.errors import ExpressionFailed, StepFailed, VariableMissing
from engine.bpmn.model import Event, Node
from engine.bpmn.nodes import FlowNode, evaluate
from engine.bpmn.token import ALTERNATIVE, BOUNDARY, LISTENER, MAIN, WAITING, Token, merge, plain

LISTENED = ("timer", "message", "signal", "conditional")
_JOURNAL = {"timer": "timer", "message": "message", "signal": "signal", "conditional": "condition"}


class Catcher(FlowNode):
    """A node that can wait for an event."""

    parts: tuple[Any, ...] = ()  # specifications of the single events of several

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
        for part in self.parts:
            part.listen(Token(token.workflow, part, token.data, token.marks, ALTERNATIVE, token))
        if self.event.kind == "timer" and self.event.text:
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
        if self.event.parallel:
            around = (
                token.workflow if token._parent is None else token.workflow.tasks[token._parent]
            )
            token.data, token.marks = dict(around.data), dict(around.marks)
            self.listen(token)
        state = token.internal_data
        if self.event.kind != "timer" or "due" not in state:
            return
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
        self.note(token)
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

    def note(self, token: Token) -> None:
        """Write into the journal what was heard."""
        event, heard = _JOURNAL.get(self.event.kind), self.heard
        if event is not None:
            name = self.event.name
            token.workflow.note(event, heard.id, heard.kind, heard.name, token.id, name)

    def part_came(self, token: Token, part: Token, payload: Mapping[str, Any]) -> None:
        """One of several events has come: that is enough, or the others are waited for."""
        scope, state = token.workflow, token.internal_data
        if self.event.parallel:
            scope.remove(part)
            state["came"] = {**state.get("came", {}), **plain(payload)}
            if token._children:
                return
            payload = state.pop("came")
        elif token.role == MAIN:
            for child in list(token._children):
                scope.remove(scope.tasks[child])
        else:
            part.task_spec.rearm(part)
        self.fire(token, payload)

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
        if not self.event.text:
            return
        scope = token.workflow
        try:
            value = scope.script_engine.environment.evaluate(self.event.text, _visible(scope))
        except VariableMissing:
            value = False
        except ExpressionFailed as error:
            raise StepFailed(self.heard.id, str(error)) from error
        if (value is True) == token.internal_data.get("held", False):
            return
        token.internal_data["held"] = value is True
        scope.touch()
        if value is True:
            self.fire(token, {})


def _visible(scope: Any) -> dict[str, Any]:
    """Return what a condition reads: the newest values on its level, below and around it.

    A sub-process sees what its process has written since it began (BPMN 2.0.2, 10.4.1); a called
    process sees its own variables only.
    """
    data, marks = dict(scope.data), dict(scope.marks)
    for token in list(scope.tasks.values()):
        scope.salvage(token, data, marks)
    local: set[str] = set()
    while not scope.spec.is_process:
        local |= set(scope.host.internal_data.get("local", ()))
        scope = scope.host.workflow
        merge(data, marks, scope.data, scope.marks, local)
    return data


def _win(token: Token, changes: dict[str, Any]) -> None:
    """The first event after an event-based gateway decides where the flow goes."""
    scope = token.workflow
    gateway = scope.tasks[token._parent]
    flow = next(f for f in gateway.task_spec.outgoing if f.id == token.internal_data["flow"])
    scope.record("completed", gateway)
    scope.remove(gateway)
    scope.note("taken", flow.id, "sequenceFlow", flow.name)
    scope.enter(token.task_spec, gateway.data, gateway.marks, flow, fired=True).write(changes)
