"""Two workers on one job at the same moment: it is done once, and nothing speaks of a failure."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from engine.db import Database, reading, transaction
from engine.models import Event, Incident, Job
from engine.process import jobs
from engine.record.verify import verify
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world

ROUNDS = 5


def at_once(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """Do two things in two threads that are let go together."""
    gate = Barrier(2)

    def one(call: Callable[[], Any]) -> Any:
        gate.wait()
        return call()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, (first, second)))


@pytest.fixture
def begin(database: Database) -> Callable[[], UUID]:
    """Start a case whose timer is due at once."""
    wait = d.element("intermediateCatchEvent", "Wait", d.timer("PT0S"))
    with transaction(database) as session:
        flows = d.flows("s Wait; Wait A; A e")
        world.deploy(session, d.process("p", d.start(), wait, d.user("A"), d.end(), flows))

    def start() -> UUID:
        with transaction(database) as session:
            return world.begin(session)

    return start


def end_leases(database: Database) -> None:
    """Let the time of a lease pass."""
    with transaction(database) as session:
        past = jobs.database_time(session) - jobs.LEASE
        session.execute(update(Job).values(leased_until=past))


def done_once(database: Database, case: UUID) -> None:
    with reading(database) as session:
        assert world.open_elements(session, case) == ["A"]
        assert session.scalars(select(Job)).all() == []
        assert session.scalars(select(Incident)).all() == []
        assert verify(session, case).first_bad is None


def test_of_two_who_want_a_job_one_gets_it(database: Database, begin: Callable[[], UUID]) -> None:
    for _ in range(ROUNDS):
        case = begin()

        taken = at_once(lambda: jobs.take(database), lambda: jobs.take(database))

        (mine,) = [one for some in taken for one in some]
        assert jobs.perform(database, mine)
        done_once(database, case)


def test_a_worker_that_comes_back_after_its_lease_changes_nothing(
    database: Database, begin: Callable[[], UUID]
) -> None:
    for _ in range(ROUNDS):
        case = begin()
        (late,) = jobs.take(database)
        end_leases(database)
        (mine,) = jobs.take(database)

        told = at_once(lambda: jobs.perform(database, late), lambda: jobs.perform(database, mine))

        assert told == [False, True]
        done_once(database, case)


def test_a_job_given_twice_to_one_lease_is_done_once(
    database: Database, begin: Callable[[], UUID]
) -> None:
    for _ in range(ROUNDS):
        case = begin()
        (mine,) = jobs.take(database)

        told = at_once(lambda: jobs.perform(database, mine), lambda: jobs.perform(database, mine))

        assert sorted(told) == [False, True]
        done_once(database, case)


def test_what_is_let_go_of_can_be_taken_at_once_and_only_by_its_holder(
    database: Database, begin: Callable[[], UUID]
) -> None:
    case = begin()
    (late,) = jobs.take(database)
    end_leases(database)
    (mine,) = jobs.take(database)

    jobs.give_back(database, [late])  # not his any more
    assert jobs.take(database) == []
    jobs.give_back(database, [mine])

    (again,) = jobs.take(database)
    with reading(database) as session:
        assert session.scalars(select(Job.attempts)).all() == [2]  # the first one was lost
    assert jobs.perform(database, again)
    done_once(database, case)


def test_a_thrown_message_is_delivered_once_by_two_workers(database: Database) -> None:
    catch = d.element("intermediateCatchEvent", "Wait", d.message("M"))
    throw = d.element("intermediateThrowEvent", "Tell", d.message("M"))
    flows = d.flows("s Wait; Wait Wait2; Wait2 e")
    again = d.element("intermediateCatchEvent", "Wait2", d.message("M"))
    with transaction(database) as session:
        world.deploy(
            session,
            '<bpmn:message id="M" name="paid"/>',
            d.process("p", d.start(), catch, again, d.end(), flows),
            d.process("q", d.start("s2"), throw, d.end("e2"), d.flows("s2 Tell; Tell e2")),
        )
        case = world.begin(session)
        world.begin(session, "q")

    (mine,) = jobs.take(database)
    told = at_once(lambda: jobs.perform(database, mine), lambda: jobs.perform(database, mine))

    assert sorted(told) == [False, True]
    with reading(database) as session:
        heard = select(func.count()).where(Event.type == "message.received")
        assert session.scalar(heard.where(Event.instance_id == case)) == 1
        assert verify(session, case).first_bad is None
