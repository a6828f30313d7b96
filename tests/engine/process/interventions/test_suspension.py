"""A suspended instance stands still: nobody completes, nothing fires, nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from engine import clock
from engine.db import Database, reading, transaction
from engine.models import Instance, Job
from engine.people.permissions import MissingPermission
from engine.process import incidents, instances, messages, tasks, worker
from engine.process.interventions import suspension
from engine.process.interventions.grounds import InterventionReasonMissing
from engine.process.locking import InstanceEnded, InstanceSuspended
from engine.record import history
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world

WHY = "核对材料"


def test_its_tasks_can_be_neither_claimed_nor_completed(session: Session, who) -> None:
    world.deploy(session, world.two_tasks())
    instance_id = world.begin(session)
    key = world.key_of(session, instance_id, "A")

    suspension.suspend(session, instance_id, by=who["root"], reason=WHY)

    with pytest.raises(InstanceSuspended):
        tasks.claim(session, key, by=who["li"])
    with pytest.raises(InstanceSuspended):
        tasks.complete(session, key, by=who["li"], variables={})
    suspension.resume(session, instance_id, by=who["root"], reason=WHY)
    tasks.complete(session, key, by=who["li"], variables={})
    assert world.open_elements(session, instance_id) == ["B"]
    types = [event.type for event in history.events(session, instance_id)]
    assert [t for t in types if t.startswith("instance.")] == [
        "instance.started",
        "instance.suspended",
        "instance.resumed",
    ]


def test_a_timer_that_fell_due_meanwhile_fires_after_it(database: Database) -> None:
    with transaction(database) as session, clock.at(d.START_AT):
        who = world.people(session)
        world.deploy(
            session,
            d.process(
                "p",
                d.start(),
                d.element("intermediateCatchEvent", "T", d.timer("PT1H")),
                d.user("A"),
                d.end(),
                d.flows("s T; T A; A e"),
            ),
        )
        instance_id = world.begin(session)
        suspension.suspend(session, instance_id, by=who["root"], reason=WHY)

    with clock.at(d.START_AT + timedelta(hours=2)):
        worker.run_once(database)
        with transaction(database) as session:
            assert world.open_elements(session, instance_id) == []
            assert session.query(Job.state).one() == ("held",)
            suspension.resume(session, instance_id, by=who["root"], reason=WHY)
        worker.run_once(database)

    with reading(database) as session:
        assert world.open_elements(session, instance_id) == ["A"]


def test_a_message_is_kept_for_it(database: Database) -> None:
    with transaction(database) as session:
        who = world.people(session)
        world.deploy(
            session,
            '<bpmn:message id="M" name="paid"/>',
            d.process(
                "p",
                d.start(),
                d.element("intermediateCatchEvent", "W", d.message("M")),
                d.user("A"),
                d.end(),
                d.flows("s W; W A; A e"),
            ),
        )
        instance_id = world.begin(session)
        suspension.suspend(session, instance_id, by=who["root"], reason=WHY)
        assert messages.send(session, "paid", by=who["root"]).state == "buffered"
        suspension.resume(session, instance_id, by=who["root"], reason=WHY)

    worker.run_once(database)

    with reading(database) as session:
        assert world.open_elements(session, instance_id) == ["A"]


def test_only_operators_with_a_reason_suspend_what_runs(session: Session, who) -> None:
    world.deploy(session, d.process("p", d.start(), d.user("A"), d.end(), d.flows("s A; A e")))
    instance_id = world.begin(session)

    with pytest.raises(MissingPermission):
        suspension.suspend(session, instance_id, by=who["li"], reason=WHY)
    with pytest.raises(InterventionReasonMissing):
        suspension.suspend(session, instance_id, by=who["root"], reason=" ")
    with pytest.raises(suspension.NotSuspended):
        suspension.resume(session, instance_id, by=who["root"], reason=WHY)
    world.complete(session, instance_id, "A")
    with pytest.raises(InstanceEnded):
        suspension.suspend(session, instance_id, by=who["root"], reason=WHY)
    assert session.get_one(Instance, instance_id).status == "completed"


def test_a_job_tried_again_meanwhile_is_held_and_done_after_it(database: Database) -> None:
    with transaction(database) as session, clock.at(d.START_AT):
        who = world.people(session)
        world.deploy(
            session,
            d.process(
                "p",
                d.start(),
                d.element("intermediateCatchEvent", "T", d.timer("PT1H")),
                d.script("S", "x = y"),
                d.end(),
                d.flows("s T; T S; S e"),
            ),
        )
        instance_id = world.begin(session)

    with clock.at(d.START_AT + timedelta(hours=2)):
        worker.run_once(database)
        with transaction(database) as session:
            suspension.suspend(session, instance_id, by=who["root"], reason=WHY)
            (seen,) = instances.view(session, instance_id).incidents
            incidents.retry(session, instance_id, seen["number"], by=who["root"])
        worker.run_once(database)

    with reading(database) as session:
        assert session.query(Job.kind, Job.state).all() == [("timer", "held")]


def test_a_message_for_it_starts_no_other_instance(session: Session, who) -> None:
    catch = d.element("intermediateCatchEvent", "C", d.message("M"))
    begins = d.start("s", d.message("M"))
    world.deploy(
        session,
        '<bpmn:message id="M" name="paid"/>',
        d.process("q", d.start("qs"), catch, d.end("qe"), d.flows("qs C; C qe")),
        d.process("p", begins, d.user("A"), d.end(), d.flows("s A; A e")),
    )
    suspension.suspend(session, world.begin(session, "q"), by=who["root"], reason=WHY)

    assert messages.send(session, "paid", by=who["root"]).state == "buffered"
    assert session.query(Instance.process_key).all() == [("q",)]


def test_a_reason_that_no_database_keeps_is_refused(session: Session, who) -> None:
    world.deploy(session, world.two_tasks())
    instance_id = world.begin(session)

    with pytest.raises(InterventionReasonMissing):
        suspension.suspend(session, instance_id, by=who["root"], reason="a\0b")
