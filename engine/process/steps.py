"""Steps: one transaction each, and an incident when one fails.

Screens, the interface, the command line and the worker all move cases through `run`. What a person
can mend (an `EngineError`) goes to that person; what the diagram or the program got wrong rolls
back whole and becomes an incident that somebody can see and retry.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy.orm import Session

from engine.bpmn.errors import StepFailed
from engine.db import Database, transaction
from engine.errors import EngineError
from engine.process import incidents


@contextmanager
def run(
    database: Database, *, instance_id: UUID | None = None, task_number: int | None = None
) -> Iterator[Session]:
    """Open the transaction of a step.

    Args:
        database: where the instance lives.
        instance_id: to which an incident belongs, should the step fail.
        task_number: the task that was being completed.

    Raises:
        EngineError: whatever the step raised, after the rollback.
    """
    try:
        with transaction(database) as session:
            yield session
    except StepFailed as error:
        if instance_id is not None:
            incidents.record(
                database,
                instance_id,
                message=str(error),
                element=error.element,
                task_number=task_number,
            )
        raise
    except EngineError:
        raise
    except Exception as error:
        if instance_id is not None:
            # The type alone: the text of an unexpected error may quote what somebody typed.
            message = f"defect: {type(error).__name__}"
            incidents.record(database, instance_id, message=message, task_number=task_number)
        raise
