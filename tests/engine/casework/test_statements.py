"""What a review costs in statements: licences have limits, two-person rules and a wider form."""

from __future__ import annotations

from engine.casework.demonstration import stories
from engine.casework.demonstration.stories import Doing
from engine.db import reading, transaction
from engine.process import tasks
from tests.engine.process.test_statements import counted


def test_a_review_of_a_licence_takes_fourteen_statements(database, staff):
    story = stories.article(
        1,
        Doing(stories.ZHAO, stories.EXAMINE_LICENCE, stories.ACCEPT),
        Doing(stories.FENG, stories.RECEIVE_CASE, stories.TAKE),
    )
    instance_id = stories.play(database, story, staff, demo=True)
    with reading(database) as session:
        key = stories.waiting(session, instance_id, stories.REVIEW)

    with counted(database) as seen, transaction(database) as session:
        tasks.complete(session, key, by=staff[stories.FENG], variables=stories.APPROVE)

    assert len(seen) <= 14, seen
