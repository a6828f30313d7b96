"""Waits: what an instance waits for, described for those who show or serve it.

Each description carries the token's number, by which the wait is ended: a task is completed, a
connector's result handed in, an event fired. Descriptions are copies and go stale with the step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.bpmn.activities import parameters
from engine.bpmn.extensions import Extensions
from engine.bpmn.token import MAIN, Token, plain

_TYPES = {"conditional": "condition"}


@dataclass(frozen=True)
class ReadyTask:
    """A task that waits for a person."""

    id: int
    element: str
    name: str
    type: str  # userTask | manualTask
    lane: str | None
    extensions: Extensions
    documentation: str | None
    scope: int
    process: str
    source: dict[str, Any] = field(repr=False, compare=False)
    loop_index: int | None = None

    @property
    def data(self) -> dict[str, Any]:
        """A copy of the variables the task sees."""
        return plain(self.source)


@dataclass(frozen=True)
class ServiceTask:
    """A connector task that waits for its result."""

    id: int
    element: str
    name: str
    connector: str
    operation: str | None
    parameters: dict[str, Any]
    extensions: Extensions
    scope: int
    process: str


@dataclass(frozen=True)
class Waiting:
    """A token that waits for an event."""

    id: int
    element: str
    type: str  # timer | message | signal | condition
    name: str
    due: datetime | None
    correlation: dict[str, Any]
    process: str
    interrupting: bool = True


def ready_task(token: Token) -> ReadyTask:
    """Describe a token at a user or manual task."""
    model = token.task_spec.model
    return ReadyTask(
        id=token.id,
        element=model.id,
        name=model.name,
        type=model.kind,
        lane=model.lane,
        extensions=model.extensions,
        documentation=model.documentation,
        scope=token.workflow.number,
        process=token.workflow.spec.process,
        source=token.data,
        loop_index=token.internal_data.get("index") if token.role != MAIN else None,
    )


def service_task(token: Token) -> ServiceTask:
    """Describe a token at a connector task, its parameters evaluated."""
    spec = token.task_spec
    return ServiceTask(
        id=token.id,
        element=spec.model.id,
        name=spec.model.name,
        connector=spec.call.name,
        operation=spec.call.operation,
        parameters=parameters(token, spec.call),
        extensions=spec.model.extensions,
        scope=token.workflow.number,
        process=token.workflow.spec.process,
    )


def waiting(token: Token, correlation: dict[str, Any]) -> Waiting:
    """Describe a token that listens, with the correlation it asks for."""
    heard = token.task_spec.heard
    due = token.internal_data.get("due")
    return Waiting(
        id=token.id,
        element=heard.id,
        type=_TYPES.get(heard.event.kind, heard.event.kind),
        name=heard.event.name or heard.name,
        due=None if due is None else datetime.fromisoformat(due),
        correlation=correlation,
        process=token.workflow.spec.process,
        interrupting=heard.interrupting,
    )
