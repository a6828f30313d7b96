"""Worklists: a list holds what its reader may take, and nothing that would be refused."""

from __future__ import annotations

from engine.casework import worklists
from engine.casework.demonstration import stories
from engine.casework.demonstration.stories import Doing
from engine.db import reading


def waiting(database, actor):
    with reading(database) as session:
        found = [one.element for one in worklists.tasks(session, actor)]
        assert worklists.counts(session, actor)["all"] == len(found)
    return found


def test_a_signature_waits_for_a_supervisor_who_did_not_review(database, staff):
    story = stories.pharmacy(
        1,
        Doing(stories.LI, stories.EXAMINE, stories.ACCEPT),
        Doing(stories.ZHOU, stories.RECEIVE_CASE, stories.TAKE),
        Doing(stories.ZHOU, stories.REVIEW, stories.APPROVE),
    )
    stories.play(database, story, staff, demo=True)

    assert waiting(database, staff[stories.ZHENG]) == [stories.SIGN_DECISION]
    assert waiting(database, staff[stories.ZHOU]) == []
    assert waiting(database, staff[stories.WU]) == []


def test_who_reviewed_does_not_see_the_signature_that_needs_another(database, staff):
    story = stories.pharmacy(
        2,
        Doing(stories.LI, stories.EXAMINE, stories.ACCEPT),
        Doing(stories.ZHENG, stories.RECEIVE_CASE, stories.TAKE),
        Doing(stories.ZHENG, stories.REVIEW, stories.APPROVE),
    )
    stories.play(database, story, staff, demo=True)

    assert waiting(database, staff[stories.ZHENG]) == []


def test_a_task_without_candidates_waits_for_everybody_of_its_office(database, staff):
    stories.play(database, stories.pharmacy(3), staff, demo=True)

    assert waiting(database, staff[stories.LI]) == [stories.EXAMINE]
    assert waiting(database, staff[stories.WANG]) == [stories.EXAMINE]
    assert waiting(database, staff[stories.ZHAO]) == []
