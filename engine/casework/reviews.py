"""Reviews: completing a task of judgement, with the review points that its person ticked.

The points of a matter (审查要点) are guidance, not fields of a form: the process never sees them and
no step depends on them. Who ticked which is kept in the event of the completed task, in the words
of the edition that the case began with, so that an auditor reads what was looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.casework import cases, matters
from engine.people.identity import Actor
from engine.process import tasks
from engine.process.tasks import Completed, TaskKey
from engine.process.variables import UnknownField

ELEMENTS = (
    "Activity_ReviewApplication",
    "Activity_ReviewFirst",
    "Activity_SignDecision",
    "Activity_VerifyRegistration",
    "Activity_LookUpRecord",
    "Activity_VerifyRecord",
    "Activity_AnswerAtWindow",
    "Activity_AnswerEnquiry",
    "Activity_CheckReport",
    "Activity_ScanUnsettled",
    "Activity_CheckInvoice",
    "Activity_CheckFiling",
)


def complete(
    session: Session,
    key: TaskKey,
    *,
    by: Actor,
    variables: Mapping[str, Any],
    points: Iterable[str],
    version: int | None = None,
) -> Completed:
    """Complete a review or a signature.

    Args:
        variables: the values of the task's form.
        points: the numbers of the ticked points, counted from 1 as the screen shows them.

    Raises:
        UnknownField: the matter has no such point.
        EngineError: as `tasks.complete`.
    """
    known = matters.of_case(session, cases.get(session, key.instance_id)).review_points
    ticked = set(points)
    unknown = ticked - {str(number + 1) for number in range(len(known))}
    if unknown:
        raise UnknownField([f"points {one[:20]}" for one in sorted(unknown)])
    facts = {
        "points_checked": [p.text for n, p in enumerate(known, 1) if str(n) in ticked],
        "points_unchecked": [p.text for n, p in enumerate(known, 1) if str(n) not in ticked],
    }
    return tasks.complete(
        session, key, by=by, variables=variables, version=version, facts=facts if known else {}
    )
