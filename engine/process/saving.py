"""Saving: what a step that has come to its next wait leaves in the database.

Tasks, jobs and subscriptions first, then the scopes whose state changed, then the history of the
step; the row of the instance is updated once, at the end. Only what is new is written: most
steps change one scope and two tasks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete
from sqlalchemy.orm.attributes import flag_modified

from engine import rows
from engine.bpmn.errors import StepFailed
from engine.models import Scope
from engine.process import incidents, placing, variables, waits
from engine.record.history import Entry, Value

if TYPE_CHECKING:
    from engine.process.execution import Step


def save(step: Step) -> None:
    """Write everything that a step has changed.

    Raises:
        StepFailed: a variable cannot be kept.
    """
    instance, values = step.instance, step.run.variables
    if not variables.storable(values):
        raise StepFailed(instance.process_key, "a variable holds the character NUL")
    with step.session.no_autoflush:  # one update of the instance, at the end
        placing.save(step)
        waits.save(step)
        _save_scopes(step)
    if values != instance.variables or _as_text(values) != _as_text(instance.variables):
        instance.variables = values
        flag_modified(instance, "variables")
    instance.steps += 1
    troubled = instance.status == "incident"  # the only status that has open incidents
    ended = step.run.is_completed()
    if ended:
        instance.status = "cancelled" if step.run.ended_by == "cancel" else "completed"
        instance.ended_at = step.at
        instance.ended_by, instance.error_code = step.run.ended_by, step.run.error_code
    _note_path(step)
    step.write_history()
    if troubled:
        incidents.resolve(
            step.session,
            instance,
            by=step.by,
            task_number=step.task_number,
            job_number=step.job_number,
            everything=ended,
        )


def _as_text(values: Mapping[str, Any]) -> bytes:
    # 1 and true are equal, and not the same; the order of keys is the database's affair.
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)


def _save_scopes(step: Step) -> None:
    blobs, instance = step.run.dump(), step.instance
    instance.state = blobs.pop(0, None)
    if len(blobs) != instance.scopes:
        instance.scopes = len(blobs)
    gone = set(step.blobs) - set(blobs) - {0}
    if gone:
        step.session.execute(
            delete(Scope)
            .where(Scope.instance_id == instance.id, Scope.number.in_(gone))
            .execution_options(synchronize_session=False)
        )
    changed = [
        {"instance_id": instance.id, "number": number, "state": blob}
        for number, blob in blobs.items()
        if step.blobs.get(number) != blob
    ]
    if changed:
        rows.put(step.session, Scope, changed)


def _note_path(step: Step) -> None:
    path = [[one.event, one.element, one.process] for one in step.run.journal]
    if path:
        fields = {"path": Value(after=path)}
        if step.called:
            fields["operations"] = Value(after=step.called)
        step.entries.append(Entry("process.moved", step.by.key, fields=fields))
