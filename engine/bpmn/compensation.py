"""Compensation: undoing completed activities, in the reverse of the order in which they ran.

A scope remembers each completed activity that has a handler, with its variables as they then
were; a completed sub-process keeps what its inside remembers. A throw claims records and drives
their handlers: one runs as soon as everything that began after its activity completed is undone
(BPMN 2.0.2, 13.5.5). A record is claimed once. Scopes without handlers remember nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

from engine.bpmn.errors import StepFailed
from engine.bpmn.scope import Scope
from engine.bpmn.token import STARTED, Token

MOST_RECORDS = 10_000


@dataclass
class Record:
    """A completed activity that can be undone."""

    number: int  # drawn at its completion
    element: str
    began: int  # number of its token
    data: dict[str, Any]
    marks: dict[str, int]
    inner: list[Record] | None = None  # what a sub-process remembers
    by: int = 0  # the token that drives its undoing
    handler: int = 0  # the token that undoes it
    local: tuple[str, ...] = ()  # names that belonged to one instance of a repetition


def keep(token: Token) -> None:
    """Remember a completed activity with a handler of its own."""
    _remember(token.workflow, token, token.data, token.marks, None)


def keep_inside(scope: Scope) -> None:
    """Remember a completed sub-process that is undone from the inside."""
    host = scope.host
    if host.task_spec.undo is not None or host.task_spec.model.triggered_by_event:
        return
    if scope.done or scope.spec.compensated_by is not None:
        _remember(host.workflow, host, scope.data, scope.marks, scope.done)


def _remember(
    scope: Any,
    token: Token,
    data: dict[str, Any],
    marks: dict[str, int],
    inner: list[Record] | None,
) -> None:
    if len(scope.done) >= MOST_RECORDS:
        raise StepFailed(token.element, f"more than {MOST_RECORDS} activities wait to be undone")
    number = scope.top_workflow.next_id()
    local = tuple(token.internal_data.get("local", ()))
    record = Record(number, token.element, token.id, dict(data), dict(marks), inner, local=local)
    scope.done.append(record)


def throw(token: Token) -> bool | None:
    """Undo what a throwing event names, or all; None while it waits for that.

    Everything means what its own level has completed and, inside an event sub-process, what the
    level around that has.
    """
    if token.internal_data.pop("compensated", False):
        return True
    event, driver = token.task_spec.event, token
    if not event.wait:
        driver = Token(token.workflow, token.task_spec, token.data, token.marks)
        driver.internal_data["silent"] = True
    driver._set_state(STARTED)
    if claim(driver, event.activity):
        return True if driver is not token else None
    if driver is not token:
        driver.workflow.remove(driver)
    return True


def claim(driver: Token, element: str | None = None) -> bool:
    """Let a token drive the undoing of what is not claimed; false if there is nothing."""
    alive = driver.workflow.top_workflow.tokens
    for scope in _levels(driver):
        for record in scope.done:
            free = record.by not in alive and record.handler not in alive
            if free and element in (None, record.element):
                record.by, record.handler = driver.id, 0
    return _go_on(driver)


def undone(token: Token) -> None:
    """A handler has completed: undo what had to wait for it, or let the driver go on."""
    scope, number = token.workflow, token.internal_data["undoes"]
    place = next(i for i in reversed(range(len(scope.done))) if scope.done[i].number == number)
    record = scope.done.pop(place)
    driver = scope.top_workflow.tokens.get(record.by)
    if driver is not None and not _go_on(driver):
        _finish(driver)
    scope.leave(token, [])


def _go_on(driver: Token) -> bool:
    """Start the handlers that may run now; false when all are through.

    What began after an activity completed has a higher number, so the records are gone through
    from the last one on: behind one that has to wait, all others have to as well.
    """
    claimed = (_claimed(scope, driver.id) for scope in _levels(driver))
    free, latest = [], 0
    for scope, record in merge(*claimed, key=lambda pair: pair[1].number, reverse=True):
        if latest > record.number:
            break
        latest = max(latest, record.began)
        free.append((scope, record))
    for scope, record in reversed(free):
        if not record.handler:
            _undo(scope, record)
    return bool(free)


def _claimed(scope: Any, driver: int) -> Iterator[tuple[Any, Record]]:
    """Yield what a token undoes in a scope, from what completed last on."""
    return ((scope, record) for record in reversed(scope.done) if record.by == driver)


def _levels(driver: Token) -> Iterator[Any]:
    """Yield the scopes whose records a token can claim."""
    if driver.internal_data.keys() & {"undoes", "cancels"}:
        yield driver.workflow.top_workflow.subprocesses[driver.id]
        return
    scope = driver.workflow
    yield scope
    while scope is not scope.top_workflow and scope.host.task_spec.model.triggered_by_event:
        scope = scope.host.workflow
        yield scope


def _undo(scope: Any, record: Record) -> None:
    spec = scope.spec.task_specs[record.element]
    handler = spec.undo or spec
    token = Token(scope, handler, dict(record.data), dict(record.marks))
    token.internal_data["undoes"] = record.number
    if record.local:
        token.internal_data["local"] = list(record.local)
    record.handler = token.id
    if handler is not spec:
        scope.record("entered", token)
        handler._update(token)
        return
    token._set_state(STARTED)
    inside = Scope(scope.top_workflow.subprocess_specs[spec.spec], token, token.data, token.marks)
    inside.done = record.inner or []
    if inside.spec.is_process:
        inside.note("started", inside.spec.name, "process", inside.spec.description or "")
    if inside.spec.compensated_by is not None:
        data, marks = dict(record.data), dict(record.marks)
        inside.enter(inside.spec.compensated_by, data, marks, fired=True)
    else:
        claim(token)


def _finish(driver: Token) -> None:
    state = driver.internal_data
    if "cancels" in state:
        driver.task_spec.cancelled(driver)
    elif "silent" in state:
        driver.workflow.leave(driver, [])
    elif "undoes" not in state:  # the scope of a default handler ends by itself
        state["compensated"] = True
        driver._ready()
