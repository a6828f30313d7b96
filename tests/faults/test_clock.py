"""The clock of a machine jumps back an hour: order, leases, due times and the record stay right."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from engine import clock
from engine.db import Database, reading, transaction
from engine.models import Job, Task
from engine.process import jobs, worker
from engine.record import history
from engine.record.verify import verify
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world

NOON = d.START_AT + timedelta(hours=12)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def limited(duration: str) -> str:
    """A, then B, each with a limit that opens another task and interrupts nothing."""
    parts = [d.start(), d.user("A"), d.user("B"), d.user("Remind"), d.end()]
    parts += [d.boundary(f"Late{name}", name, d.timer(duration), False) for name in "AB"]
    flows = d.flows("s A; A B; B e; LateA Remind; LateB Remind; Remind e")
    return d.process("p", *parts, flows)


def test_steps_keep_their_order_and_the_record_verifies(database: Database) -> None:
    with transaction(database) as session, clock.at(NOON):
        world.deploy(session, limited("PT30M"))
        case = world.begin(session)
    with transaction(database) as session, clock.at(NOON - HOUR):
        world.complete(session, case, "A")
    with transaction(database) as session, clock.at(NOON - HOUR + MINUTE):
        world.complete(session, case, "B")

    with reading(database) as session:
        events = history.events(session, case)
        assert [one.sequence for one in events] == list(range(1, len(events) + 1))
        completed = [one.element for one in events if one.type == "task.completed"]
        assert completed == ["A", "B"]
        assert min(one.at for one in events) == NOON - HOUR  # the record says what the clock said
        assert verify(session, case).first_bad is None
        tasks = session.scalars(select(Task).order_by(Task.number)).all()
        assert [(task.element, task.state) for task in tasks] == [
            ("A", "completed"),
            ("B", "completed"),
        ]
        assert session.scalars(select(Job)).all() == []


def test_a_timer_is_due_when_it_was_due_and_fires_once(database: Database) -> None:
    with transaction(database) as session, clock.at(NOON):
        world.deploy(session, limited("PT30M"))
        case = world.begin(session)
    with clock.at(NOON - HOUR):
        assert worker.run_once(database) == 0
        with transaction(database) as session:  # a step between does not move what waits
            world.complete(session, case, "A")
    with reading(database) as session:
        (due,) = session.scalars(select(Job.due_at))
        assert due == NOON - HOUR + 30 * MINUTE  # of B, which began after the jump
    with clock.at(NOON - HOUR + 29 * MINUTE):
        assert worker.run_once(database) == 0
    with clock.at(NOON - HOUR + 30 * MINUTE):
        assert worker.run_once(database) == 1
    with clock.at(NOON - 2 * HOUR):
        assert worker.run_once(database) == 0
    with clock.at(NOON):
        assert worker.run_once(database) == 0

    with reading(database) as session:
        assert world.open_elements(session, case) == ["B", "Remind"]
        assert verify(session, case).first_bad is None


def test_a_lease_is_held_by_the_time_of_the_database(database: Database) -> None:
    with transaction(database) as session, clock.at(NOON - HOUR):
        world.deploy(session, limited("PT1M"))
        world.begin(session)
    with clock.at(NOON):
        (mine,) = jobs.take(database)
    for other in (NOON - HOUR + MINUTE, NOON + 2 * HOUR):  # machines whose clocks disagree
        with clock.at(other):
            assert jobs.take(database) == []

    with clock.at(NOON - HOUR):  # the clock jumps while the job is being done
        assert jobs.perform(database, mine) is True

    with reading(database) as session:
        assert session.scalars(select(Job)).all() == []
