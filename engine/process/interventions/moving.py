"""Moving: a case put back to an earlier step 退回, or past one that cannot be done."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from engine.errors import Invalid
from engine.models import Instance
from engine.people.identity import Actor
from engine.process.execution import Step
from engine.process.interventions import grounds
from engine.record.history import Value


class NothingToMove(Invalid):
    """Name the numbers of open tasks of the instance."""

    code = "nothing-to-move"
    message = "Instance {instance} has no such open task."


def move(
    session: Session,
    instance_id: UUID,
    *,
    to: str,
    by: Actor,
    reason: str,
    numbers: Collection[int] | None = None,
) -> Instance:
    """Take open tasks away and put the case at another element of their level.

    Args:
        to: the id of a task, a sub-process or a waiting event.
        numbers: the tasks that are given up; all open ones by default.

    Raises:
        MissingPermission, InterventionReasonMissing: not by this person, or not without a reason.
        InstanceNotFound, InstanceEnded, InstanceSuspended: it does not run.
        NothingToMove: no such task is open.
        MoveOriginUnfit, MoveTargetUnfit, MoveUnreachable, MoveUnproven: not there.
        StepFailed: the step after it failed.
    """
    told = grounds.require(by, reason)
    step = Step.open(session, instance_id, by)
    tasks = [t for t in step.tasks.values() if numbers is None or t.number in numbers]
    if not tasks or (numbers is not None and len(tasks) != len(set(numbers))):
        raise NothingToMove(instance=instance_id)
    given_up = sorted(task.element for task in tasks)
    step.note(
        "instance.moved",
        to,
        {"reason": Value(after=told), "place": Value(before=given_up, after=[to])},
    )
    step.instance.altered = True
    step.run.relocate([task.token for task in tasks], to)
    return step.finish()
