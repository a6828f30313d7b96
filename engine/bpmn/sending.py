"""Sending: letting a message, a signal or an escalation happen, after which the token goes on.

A message leaves the instance through the outbox. A signal reaches the listeners of its own
instance at once and leaves for the others; one that is not named stays among those not named.
An escalation looks outwards for who catches it.
"""

from __future__ import annotations

from typing import Any

from engine.bpmn.journal import Thrown
from engine.bpmn.model import Event
from engine.bpmn.nodes import evaluate
from engine.bpmn.token import LISTENER, WAITING, Token, plain


def send(token: Token, event: Event) -> None:
    """Let an event happen after which the token goes on, unless a listener interrupts it."""
    if not token.alive:
        return
    if event.kind == "escalation":
        token.workflow.top_workflow.throw_escalation(token, event.code)
    if event.kind not in ("message", "signal"):
        return
    top, more = token.workflow.top_workflow, token.task_spec.model.extensions
    payload: Any = {}
    if more.payload:
        payload = evaluate(token, more.payload)
        payload = plain(payload if isinstance(payload, dict) else {"payload": payload})
    correlation = {key: evaluate(token, text) for key, text in event.correlation}
    top.correlations.update(correlation)
    if event.name or event.kind == "signal":
        name = event.name or ""
        top.outbox.append(Thrown(event.kind, name, payload, correlation, token.element))
    token.workflow.record(event.kind, token, event.name)
    if event.kind == "signal":
        broadcast(top, event.name, payload)


def broadcast(top: Any, name: str | None, payload: dict[str, Any]) -> int:
    """Let a signal reach every listener of an instance; return how many there were.

    The innermost hear it first. An activity whose inside it has interrupted is coming to its end
    already: the same signal does not interrupt it from its border once more.
    """
    heard = 0
    ending: set[int] = set()
    for token in sorted(top.tokens.values(), key=lambda t: (-t.workflow.depth, t.id)):
        event = token.task_spec.event
        listening = token._state == WAITING and event.kind == "signal" and event.name == name
        if not listening or not token.alive:
            continue
        if token._parent in ending and token.task_spec.heard.interrupting:
            continue
        if token.role == LISTENER and token.workflow is not top:
            if token.task_spec.heard.interrupting:
                ending.add(token.workflow.host.id)
        token.task_spec.fire(token, payload)
        heard += 1
    return heard
