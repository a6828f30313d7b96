"""A case is put back or forward, but never to where the drawing could not have come."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from engine.bpmn.relocation import MoveTargetUnfit, MoveUnreachable
from engine.models import Instance, Task
from engine.process.interventions import moving
from engine.record import history
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world

WHY = "材料有误，退回"


def started(session: Session):
    world.deploy_casework(session)
    return world.begin(session, "casework", purpose="试", amount=150)


def test_a_review_goes_back_to_the_application_and_on_again(session: Session, who) -> None:
    instance_id = started(session)
    world.complete(session, instance_id, "Apply", amount=150)

    moving.move(session, instance_id, to="Apply", by=who["root"], reason=WHY)

    assert world.open_elements(session, instance_id) == ["Apply"]
    assert session.get_one(Instance, instance_id).altered
    states = session.query(Task.element, Task.state).order_by(Task.number).all()
    assert [tuple(one) for one in states] == [
        ("Apply", "completed"),
        ("Review", "cancelled"),
        ("Apply", "open"),
    ]
    for element in ("Apply", "Review", "CheckPlace", "CheckPapers"):
        world.complete(session, instance_id, element)
    assert session.get_one(Instance, instance_id).status == "completed"


def test_the_record_says_from_where_to_where_and_why(session: Session, who) -> None:
    instance_id = started(session)
    world.complete(session, instance_id, "Apply", amount=150)
    moving.move(session, instance_id, to="Apply", by=who["root"], reason=WHY)

    (moved,) = [e for e in history.events(session, instance_id) if e.type == "instance.moved"]

    told = {change.field: (change.before, change.after) for change in moved.changes}
    assert told["place"] == (["Review"], ["Apply"])
    assert told["reason"][1] == WHY
    assert moved.actor == who["root"].key


def test_one_branch_alone_cannot_go_back_before_the_fork(session: Session, who) -> None:
    instance_id = started(session)
    world.complete(session, instance_id, "Apply", amount=150)
    world.complete(session, instance_id, "Review")
    one = world.key_of(session, instance_id, "CheckPlace").number

    with pytest.raises(MoveUnreachable):
        moving.move(session, instance_id, to="Review", by=who["root"], reason=WHY, numbers=[one])

    assert world.open_elements(session, instance_id) == ["CheckPlace", "CheckPapers"]
    moving.move(session, instance_id, to="Review", by=who["root"], reason=WHY)
    assert world.open_elements(session, instance_id) == ["Review"]


def test_a_branch_whose_other_half_waits_at_the_join_may_be_done_again(session, who) -> None:
    instance_id = started(session)
    world.complete(session, instance_id, "Apply", amount=150)
    world.complete(session, instance_id, "Review")
    world.complete(session, instance_id, "CheckPlace")

    with pytest.raises(MoveUnreachable):
        moving.move(session, instance_id, to="Review", by=who["root"], reason=WHY)

    assert world.open_elements(session, instance_id) == ["CheckPapers"]


@pytest.mark.parametrize("target", ["Nowhere", "Fork", "Done"])
def test_a_case_is_put_only_where_it_can_wait(session: Session, who, target: str) -> None:
    instance_id = started(session)

    with pytest.raises(MoveTargetUnfit):
        moving.move(session, instance_id, to=target, by=who["root"], reason=WHY)


def test_tasks_that_are_not_open_cannot_be_moved(session: Session, who) -> None:
    instance_id = started(session)

    with pytest.raises(moving.NothingToMove):
        moving.move(session, instance_id, to="Review", by=who["root"], reason=WHY, numbers=[99])


def test_events_on_the_border_of_the_task_left_fire_no_more(session: Session, who) -> None:
    world.deploy(
        session,
        d.process(
            "p",
            d.start(),
            d.user("A"),
            d.user("B"),
            d.boundary("Late", "B", d.timer("P1D")),
            d.user("C"),
            d.end(),
            d.flows("s A; A B; B e; Late C; C e"),
        ),
    )
    instance_id = world.begin(session)
    world.complete(session, instance_id, "A")

    moving.move(session, instance_id, to="A", by=who["root"], reason=WHY)

    assert world.waits_of(session, instance_id) == []
