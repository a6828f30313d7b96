"""Operations: functions that a diagram calls by name inside a step.

They see the session and the locked instance and return the process variables they change. They
use the database only and are deterministic, so a failing step can be rolled back and run again.
An operation leaves its task by an error event of the diagram by raising `BpmnError`; any other
exception fails the step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.bpmn.errors import BpmnError
from engine.models import Instance
from engine.people.identity import Actor

__all__ = ["BpmnError", "Operation", "OperationCall"]


@dataclass(frozen=True)
class OperationCall:
    """One call of an operation.

    Attributes:
        session: the step's open transaction; an operation flushes and never commits.
        instance: the locked row.
        element: the id of the task in the diagram.
        variables: the process variables as the task sees them; a copy, changed by what is returned.
        by: who took the step.
        at: the instant of the step.
        parameters: what the diagram gives by `tongban:parameter`.
    """

    session: Session
    instance: Instance
    element: str
    variables: Mapping[str, Any]
    by: Actor
    at: datetime
    parameters: Mapping[str, Any] = field(default_factory=dict)


Operation = Callable[[OperationCall], Mapping[str, Any] | None]
