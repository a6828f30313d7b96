"""Reviews: who ticked which review point stays in the record, and nowhere else."""

from __future__ import annotations

import pytest

from engine.casework import cases, matters, reviews
from engine.casework.demonstration import stories
from engine.casework.demonstration.stories import Doing
from engine.db import reading, transaction
from engine.models import Instance
from engine.process.variables import UnknownField
from tests.engine.casework.acting import events_of

STORY = stories.pharmacy(
    1,
    Doing(stories.LI, stories.EXAMINE, stories.ACCEPT),
    Doing(stories.ZHOU, stories.RECEIVE_CASE, stories.TAKE),
)


def review(database, instance_id, who, points):
    with transaction(database) as session:
        key = stories.waiting(session, instance_id, stories.REVIEW)
        reviews.complete(session, key, by=who, variables=stories.APPROVE, points=points)


def test_the_record_says_which_points_the_reviewer_ticked(database, staff):
    instance_id = stories.play(database, STORY, staff, demo=True)

    review(database, instance_id, staff[stories.ZHOU], ["1"])

    facts = events_of(database, instance_id, "task.completed")[-1]
    with reading(database) as session:
        matter = matters.of_case(session, cases.get(session, instance_id))
        kept = session.get_one(Instance, instance_id).variables
    texts = [point.text for point in matter.review_points]
    assert facts["points_checked"][1] == texts[:1]
    assert facts["points_unchecked"][1] == texts[1:]
    assert not [name for name in kept if name.startswith("points")]


@pytest.mark.parametrize("points", [["0"], ["99"], ["1", "x"]])
def test_a_point_that_the_matter_does_not_have_is_refused(database, staff, points):
    instance_id = stories.play(database, STORY, staff, demo=True)

    with pytest.raises(UnknownField):
        review(database, instance_id, staff[stories.ZHOU], points)

    with reading(database) as session:
        stories.waiting(session, instance_id, stories.REVIEW)
