"""Should the lock of a case ever fail, the database refuses the second of two steps."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import undefer

from engine.db import Database, reading, transaction
from engine.models import Instance, Task
from engine.outages import Overtaken
from engine.process import locking
from engine.process.execution import Step
from engine.record.verify import verify
from tests.engine.process import world


@pytest.fixture
def case(database: Database) -> UUID:
    with transaction(database) as session:
        world.people(session)
        world.deploy(session, world.two_tasks())
        return world.begin(session)


def unlocked(database: Database, case: UUID) -> tuple[Instance, dict[int, Task]]:
    """Read what a step needs without holding the row: the defect that these tests play."""
    with reading(database) as session:
        instance = session.get_one(Instance, case, options=[undefer(Instance.state)])
        tasks = locking.open_tasks(session, case)
        session.expunge_all()
    return instance, tasks


@pytest.mark.parametrize("completes", [True, False], ids=["with events", "without events"])
def test_a_step_on_what_somebody_else_has_moved_is_refused_whole(
    database: Database, case: UUID, completes: bool, caplog: pytest.LogCaptureFixture
) -> None:
    instance, tasks = unlocked(database, case)
    with transaction(database) as session:
        world.complete(session, case, "A", by_first=1)

    with pytest.raises(Overtaken), transaction(database) as session:
        session.add_all([instance, *tasks.values()])
        step = Step.resume(session, instance, tasks, world.SYSTEM)
        if completes:
            step.complete(next(iter(tasks)), {"by_second": 1})
        step.finish()

    assert "rows were changed that somebody held" in caplog.text
    with reading(database) as session:
        assert world.open_elements(session, case) == ["B"]
        assert session.get_one(Instance, case).variables == {"by_first": 1}
        assert verify(session, case).first_bad is None


def test_whoever_reads_afresh_goes_on(database: Database, case: UUID) -> None:
    for element in ("A", "B"):
        with transaction(database) as session:
            world.complete(session, case, element)

    with reading(database) as session:
        found = session.get_one(Instance, case)
        assert (found.status, found.steps) == ("completed", 3)
