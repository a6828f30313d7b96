"""Many instances at once: progress, what failed and why, pause and cancel, nothing twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from engine.db import Database, reading, transaction
from engine.models import Event, Instance
from engine.people.identity import Actor
from engine.process import worker
from engine.process.interventions import batches
from tests.engine.process import world

WHY = "统一处理"


def prepared(database: Database, count: int = 4) -> tuple[Actor, list[UUID]]:
    with transaction(database) as session:
        who = world.people(session)
        world.deploy(session, world.two_tasks())
        return who["root"], [world.begin(session) for _ in range(count)]


def make(database: Database, by: Actor, ids: list[UUID], kind: str = "suspend", **more) -> UUID:
    with transaction(database) as session:
        return batches.create(session, kind, ids, by=by, reason=WHY, parameters=more).id


def counts(database: Database, by: Actor, batch_id: UUID) -> tuple[str, dict[str, int]]:
    with reading(database) as session:
        found = batches.progress(session, batch_id, by=by)
        return found.batch.state, dict(found.counts)


def test_what_cannot_be_done_is_told_and_the_others_go_on(database: Database) -> None:
    by, ids = prepared(database)
    with transaction(database) as session:
        for element in ("A", "B"):
            world.complete(session, ids[1], element)
    batch_id = make(database, by, ids)

    worker.run_once(database)

    assert counts(database, by, batch_id) == ("done", {"done": 3, "failed": 1})
    with reading(database) as session:
        (failed,) = batches.progress(session, batch_id, by=by).failed
        assert (failed.instance_id, failed.code) == (ids[1], "instance-ended")
        assert session.get_one(Instance, ids[0]).status == "suspended"


def test_a_paused_batch_waits_and_a_cancelled_one_drops_the_rest(database: Database) -> None:
    by, ids = prepared(database)
    batch_id = make(database, by, ids, "move", to="A")
    with transaction(database) as session:
        batches.steer(session, batch_id, "paused", by=by)

    worker.run_once(database)
    assert counts(database, by, batch_id) == ("paused", {"waiting": 4})
    with transaction(database) as session:
        batches.steer(session, batch_id, "cancelled", by=by)
    worker.run_once(database)

    assert counts(database, by, batch_id) == ("cancelled", {"dropped": 4})
    with pytest.raises(batches.BatchEnded), transaction(database) as session:
        batches.steer(session, batch_id, "running", by=by)


def test_two_workers_at_once_do_each_instance_once(database: Database) -> None:
    by, ids = prepared(database, 12)
    make(database, by, ids)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: batches.work(database), range(3)))

    with reading(database) as session:
        suspended = session.query(Event.instance_id).filter(Event.type == "instance.suspended")
        assert sorted(one for (one,) in suspended) == sorted(ids)


@pytest.mark.parametrize(
    "kind, more", [("explode", {}), ("suspend", {"to": "A"}), ("move", {"by": "somebody"})]
)
def test_what_is_no_batch_is_refused(session: Session, kind: str, more: dict) -> None:
    who = world.people(session)
    world.deploy(session, world.two_tasks())

    with pytest.raises(batches.BatchInvalid):
        batches.create(
            session, kind, [world.begin(session)], by=who["root"], reason=WHY, parameters=more
        )


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("move", {}),
        ("move", {"to": ["A"]}),
        ("move", {"to": "A\0"}),
        ("migrate", {"to": "2"}),
        ("migrate", {"to": 2, "names": 3}),
        ("migrate", {"to": 2, "names": {"A": 3}}),
        ("suspend", {"to": "A"}),
    ],
)
def test_what_would_fail_in_every_instance_is_refused_at_once(
    database: Database, kind: str, given: dict[str, object]
) -> None:
    by, ids = prepared(database, 1)

    with pytest.raises(batches.BatchInvalid):
        make(database, by, ids, kind, **given)
