"""Opinions of a demonstration: what the invented applicants say of cases that were closed.

The first of them is dissatisfied, so that somebody has an evaluation to rectify; the next is not;
the third says nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from engine.casework import cases, evaluations
from engine.db import Database, reading, transaction
from engine.people.identity import Actor

OPINIONS = (
    (2, ("slow", "unclear"), "演示评价：等候时间太长，到了窗口才知道还缺一份材料。"),
    (5, (), "演示评价：在家门口就办成了。"),
    None,
)


def give(database: Database, played: Iterable[UUID]) -> int:
    """Let applicants evaluate, in their order, those of the cases that wait for it.

    Returns:
        How many were evaluated.
    """
    with reading(database) as session:
        waiting = [one for one in played if evaluations.open_of(session, cases.get(session, one))]
    given = 0
    for number, instance_id in enumerate(waiting):
        opinion = OPINIONS[number % len(OPINIONS)]
        if opinion is None:
            continue
        grade, reasons, text = opinion
        with transaction(database) as session:
            evaluations.evaluate(
                session,
                instance_id,
                grade,
                reasons=reasons,
                text=text,
                channel="online",
                by=Actor.system(),
            )
        given += 1
    return given
