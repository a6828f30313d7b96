"""Drafts: kept for one person, unreadable in the database, gone with the task."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import Draft
from engine.people.identity import Actor
from engine.process import tasks
from engine.process.assignment import TaskNotYours
from engine.process.drafts import DraftTooLarge
from engine.process.taking import TaskAlreadyCompleted
from tests.engine.process import world

Who = dict[str, Actor]


def test_a_draft_is_its_writers_own_and_replaced(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    key = world.key_of(session, world.begin(session), "A")
    tasks.save_draft(session, key, by=who["li"], content={"name": "甲乙"})

    tasks.save_draft(session, key, by=who["li"], content={"name": "甲乙丙"})

    assert tasks.draft(session, key, by=who["li"]) == {"name": "甲乙丙"}
    assert tasks.draft(session, key, by=who["wang"]) is None
    row = session.scalars(select(Draft)).one()
    assert "甲乙丙".encode() not in row.content


def test_a_draft_goes_when_the_task_is_completed(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    case = world.begin(session)
    key = world.key_of(session, case, "A")
    tasks.save_draft(session, key, by=who["li"], content={"a": 1})
    tasks.save_draft(session, key, by=who["wang"], content={"a": 2})

    world.complete(session, case, "A", who["li"])

    assert session.scalar(select(func.count()).select_from(Draft)) == 0
    with pytest.raises(TaskAlreadyCompleted):
        tasks.save_draft(session, key, by=who["li"], content={})


def test_a_draft_needs_a_task_of_ones_own_and_has_a_size(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    key = world.key_of(session, world.begin(session), "A")

    with pytest.raises(TaskNotYours):
        tasks.save_draft(session, key, by=who["chen"], content={})
    with pytest.raises(DraftTooLarge):
        tasks.save_draft(session, key, by=who["li"], content={"a": "x" * 300_000})
