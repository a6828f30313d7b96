"""Steps: one transaction each, and an incident when one fails.

Screens, the interface, the command line and the worker all move cases through `run`. What a person
can mend (an `EngineError`) goes to that person; what the diagram or the program got wrong rolls
back whole, goes to the person too, and becomes an incident that somebody can see and retry.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy.orm import Session

from engine.bpmn.errors import StepFailed
from engine.db import Database, transaction
from engine.errors import EngineError
from engine.process import incidents

log = logging.getLogger(__name__)


class InstanceStepFailed(StepFailed):
    """Mend the variable, the diagram or the program, then do the step again."""

    def __init__(
        self, instance_id: UUID, element: str, reason: str, task_number: int | None = None
    ) -> None:
        super().__init__(element, reason)
        self.instance_id = instance_id
        self.task_number = task_number


@contextmanager
def run(
    database: Database, *, instance_id: UUID | None = None, task_number: int | None = None
) -> Iterator[Session]:
    """Open the transaction of a step.

    Args:
        database: where the instance lives.
        instance_id: to which an incident belongs when the error itself does not say.
        task_number: the task that was being completed.

    Raises:
        EngineError: whatever the step raised, after the rollback.
    """
    try:
        with transaction(database) as session:
            yield session
    except InstanceStepFailed as error:
        number = task_number if error.task_number is None else error.task_number
        _record(database, error.instance_id, error.element, number, error)
        raise
    except EngineError:
        raise
    except Exception as error:
        if instance_id is not None:
            _record(database, instance_id, None, task_number, error)
        raise


def _record(
    database: Database,
    instance_id: UUID,
    element: str | None,
    task_number: int | None,
    error: Exception,
) -> None:
    # The kind alone: the text of an unexpected error may quote what somebody typed.
    message = str(error) if isinstance(error, EngineError) else f"defect: {type(error).__name__}"
    facts = {"instance": str(instance_id), "element": element, "kind": type(error).__name__}
    log.error("step failed", extra=facts)
    incidents.record(
        database, instance_id, message=message, element=element, task_number=task_number
    )
