"""Calling: what a step calls while it runs: operations and decisions.

An operation is looked up by the name in the diagram; a decision is evaluated with what the
definition pinned. What was called, and what it answered, is kept for the history of the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from engine.bpmn.activities import OperationContext
from engine.bpmn.errors import BpmnError, StepFailed
from engine.errors import EngineError
from engine.process import decisions
from engine.process.operations import OperationCall
from engine.process.wiring import wiring_of
from engine.record import history

if TYPE_CHECKING:
    from engine.process.execution import Step


def call(step: Step, context: OperationContext) -> Mapping[str, Any] | None:
    """Call what an element names; return the variables it changes.

    Raises:
        BpmnError, EngineError: as the operation raised them.
        StepFailed: there is no such operation, or it failed with a defect.
    """
    if context.kind == "decision":
        return _decide(step, context)
    operation = wiring_of(step.session).operations.get(context.name)
    if operation is None:
        raise StepFailed(context.element, f"there is no {context.kind} {context.name}")
    asked = OperationCall(
        session=step.session,
        instance=step.instance,
        element=context.element,
        variables=context.variables,
        by=step.by,
        at=context.at,
        parameters=context.parameters,
    )
    try:
        with history.after(step.session, step.write_history):  # what caused the call stands first
            result = operation(asked)
    except (BpmnError, EngineError, DBAPIError):
        raise
    except Exception as error:
        # The kind alone: the text of an unexpected error may quote what somebody typed.
        reason = f"the operation {context.name} failed ({type(error).__name__})"
        raise StepFailed(context.element, reason) from error
    step.called.append([context.element, context.name, dict(result or {})])
    return result


def _decide(step: Step, context: OperationContext) -> Mapping[str, Any]:
    decided = decisions.decide(step.built.decisions.get(context.name), context)
    step.note("decision.evaluated", context.element, decided.fields)
    step.called.append([context.element, context.name, decided.variables])
    return decided.variables
