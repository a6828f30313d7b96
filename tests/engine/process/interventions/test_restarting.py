"""A finished instance is begun anew as another one."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import Instance
from engine.process import messages
from engine.process.interventions import restarting
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world


def test_the_new_one_has_the_variables_of_the_old(session: Session, who) -> None:
    world.deploy(session, world.two_tasks())
    instance_id = world.begin(session, amount=5)
    for element in ("A", "B"):
        world.complete(session, instance_id, element, amount=7)

    begun = restarting.restart(session, instance_id, by=who["root"], reason="误结")

    assert begun.id != instance_id
    assert (begun.status, begun.variables, begun.altered) == ("running", {"amount": 7}, True)
    assert world.open_elements(session, begun.id) == ["A"]
    assert session.get_one(Instance, instance_id).status == "completed"


def test_what_runs_is_not_begun_anew(session: Session, who) -> None:
    world.deploy(session, world.two_tasks())
    instance_id = world.begin(session)

    with pytest.raises(restarting.StillRunning):
        restarting.restart(session, instance_id, by=who["root"], reason="误结")


def test_what_a_message_began_begins_at_its_event_again(session: Session, who) -> None:
    world.deploy(
        session,
        '<bpmn:message id="M" name="paid"/>',
        d.process("p", d.start("s", d.message("M")), d.user("A"), d.end(), d.flows("s A; A e")),
    )
    messages.send(session, "paid", by=world.SYSTEM)
    instance_id = session.scalars(select(Instance.id)).one()
    world.complete(session, instance_id, "A")

    begun = restarting.restart(session, instance_id, by=who["root"], reason="误结")

    assert world.open_elements(session, begun.id) == ["A"]
