"""Jobs: timers fire when the clock says so, once; what keeps failing calls a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from engine import clock
from engine.db import Database, reading, transaction
from engine.errors import Unavailable
from engine.models import Incident, Job
from engine.process import incidents, instances, jobs, worker
from engine.process.operations import OperationCall
from engine.process.taking import TaskAlreadyCompleted
from engine.process.wiring import Wiring
from engine.record.verify import verify
from tests.conftest import MASTER_KEY
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world


@pytest.fixture
def broken() -> list[bool]:
    """Whether the operation `work` fails: not empty."""
    return []


@pytest.fixture
def wiring(broken: list[bool]) -> Wiring:
    def work(call: OperationCall) -> None:
        if broken:
            raise Away()

    return Wiring(operations={"work": work}, master_key=MASTER_KEY)


def limited(text: str = "P5D", form: str = "timeDuration", interrupting: bool = True) -> str:
    flows = d.flows("s A; A e; Late B; B e")
    late = d.boundary("Late", "A", d.timer(text, form), interrupting)
    return d.process("p", d.start(), d.user("A"), late, d.user("B"), d.end(), flows)


def begin(database: Database, *parts: str, **variables: Any) -> UUID:
    with transaction(database) as session:
        world.people(session)
        world.deploy(session, *parts)
        return world.begin(session, **variables)


def elements(database: Database, instance_id: UUID) -> list[str]:
    with reading(database) as session:
        return world.open_elements(session, instance_id)


def count(database: Database) -> int:
    with reading(database) as session:
        return session.scalar(select(func.count()).select_from(Job)) or 0


def test_a_timer_fires_when_it_is_due_and_not_before(database: Database) -> None:
    with clock.at(d.START_AT):
        case = begin(database, limited())
        assert worker.run_once(database) == 0
    with clock.at(d.START_AT + timedelta(days=5, seconds=-1)):
        assert worker.run_once(database) == 0
        assert elements(database, case) == ["A"]

    with clock.at(d.START_AT + timedelta(days=5)):
        assert worker.run_once(database) == 1
        assert worker.run_once(database) == 0

    assert elements(database, case) == ["B"]
    assert count(database) == 0
    with reading(database) as session:
        assert verify(session, case).first_bad is None


def test_a_timer_goes_with_the_task_it_hangs_on(database: Database) -> None:
    case = begin(database, limited())
    assert count(database) == 1

    with transaction(database) as session:
        world.complete(session, case, "A")

    assert count(database) == 0


def test_a_task_that_a_timer_took_away_cannot_be_completed(database: Database) -> None:
    with clock.at(d.START_AT):
        case = begin(database, limited())
    with clock.at(d.START_AT + timedelta(days=6)):
        worker.run_once(database)

    with pytest.raises(TaskAlreadyCompleted), transaction(database) as session:
        world.complete(session, case, "A")


def test_an_instant_in_a_variable_is_a_timer(database: Database) -> None:
    due = d.START_AT + timedelta(hours=3)
    with clock.at(d.START_AT):
        case = begin(database, limited("due_at", "timeDate"), due_at=due.isoformat())

    with reading(database) as session:
        (waiting,) = [w for w in instances.view(session, case).waiting if w["type"] == "timer"]
    assert waiting["due"] == due
    assert waiting["element"] == "Late"


def test_a_repeating_timer_leaves_the_task_and_comes_again(database: Database) -> None:
    with clock.at(d.START_AT):
        case = begin(database, limited("R3/P1D", "timeCycle", interrupting=False))
    for day in (1, 2, 3, 4):
        with clock.at(d.START_AT + timedelta(days=day)):
            worker.run_once(database)

    assert elements(database, case) == ["A", "B", "B", "B"]
    assert count(database) == 0


def connector() -> str:
    task = d.element(
        "serviceTask", "Ask", d.extensions('<tongban:connector name="registry" operation="find"/>')
    )
    return d.process("p", d.start(), task, d.end(), d.flows("s Ask; Ask e"))


def test_a_call_without_connector_is_an_incident_that_names_it(database: Database) -> None:
    case = begin(database, connector())

    assert worker.run_once(database) == 0

    with reading(database) as session:
        (incident,) = incidents.open_of(session, case)
        assert "registry" in incident.message
        assert (incident.kind, incident.element) == ("job", "Ask")
        assert session.scalars(select(Job.state)).one() == "dead"
        assert instances.get(session, case).status == "incident"


def test_a_retried_job_is_tried_again_at_once(database: Database) -> None:
    case = begin(database, connector())
    worker.run_once(database)
    assert worker.run_once(database) == 0
    with transaction(database) as session:
        (incident,) = incidents.open_of(session, case)
        incidents.retry(session, case, incident.number, by=world.SYSTEM)
    with reading(database) as session:
        row = session.scalars(select(Job)).one()
        assert (row.state, row.attempts) == ("waiting", 0)
        assert instances.get(session, case).status == "running"

    worker.run_once(database)

    with reading(database) as session:
        assert len(incidents.open_of(session, case)) == 1
        assert session.scalar(select(func.count()).select_from(Incident)) == 2


class Away(Unavailable):
    """Wait."""

    code = "away"


def test_what_keeps_failing_comes_later_each_time_and_then_calls_a_person(
    database: Database, broken: list[bool]
) -> None:
    flows = d.flows("s A; A e; Late Work; Work B; B e")
    late = d.boundary("Late", "A", d.timer("PT1S"))
    work = d.operation("Work", "work")
    broken.append(True)
    with clock.at(d.START_AT):
        case = begin(
            database,
            d.process("p", d.start(), d.user("A"), late, work, d.user("B"), d.end(), flows),
        )
    now, waits = d.START_AT + timedelta(seconds=1), []
    for attempt in range(1, jobs.ATTEMPTS + 1):
        with clock.at(now):
            assert worker.run_once(database) == 0
        with reading(database) as session:
            row = session.scalars(select(Job)).one()
            assert (row.attempts, row.lease) == (attempt, None)
            waits.append(row.due_at - now)
            now = row.due_at

    assert waits[:-1] == sorted(waits[:-1])
    assert waits[-2] > 4 * waits[0]
    with reading(database) as session:
        (number,) = [one.number for one in incidents.open_of(session, case)]
        assert session.scalars(select(Job.state)).one() == "dead"
    broken.clear()
    with transaction(database) as session, clock.at(now):
        incidents.retry(session, case, number, by=world.SYSTEM)
    with clock.at(now):
        assert worker.run_once(database) == 1
    assert elements(database, case) == ["B"]


def test_a_leased_job_is_left_alone_until_the_lease_is_over(database: Database) -> None:
    with clock.at(d.START_AT):
        begin(database, limited("PT1S"))
    with clock.at(d.START_AT + timedelta(minutes=1)):
        (mine,) = jobs.take(database)

        assert jobs.take(database) == []
        with transaction(database) as session:
            past = clock.now() - timedelta(hours=1)
            session.execute(update(Job).values(leased_until=past))
        (theirs,) = jobs.take(database)

    assert mine.lease != theirs.lease
    assert jobs.perform(database, mine) is False  # the result of a lost lease does not count
    assert count(database) == 1
    with clock.at(d.START_AT + timedelta(minutes=1)):
        assert jobs.perform(database, theirs) is True
    assert count(database) == 0
