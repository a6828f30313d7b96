"""Claiming, completing, giving back: what a clerk may do with a task, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.models import Task
from engine.people.identity import Actor
from engine.process import instances, tasks, worklist
from engine.process.assignment import SamePersonForbidden, TaskNotYours
from engine.process.taking import (
    TaskAlreadyClaimed,
    TaskAlreadyCompleted,
    TaskMovedOn,
    TaskNotFound,
)
from engine.process.tasks import TaskKey, TaskNotClaimed
from engine.process.variables import UnknownField, VariableInvalid
from engine.process.worklist import CursorInvalid
from engine.record import history
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world

Who = dict[str, Actor]


def test_a_case_runs_from_application_to_result(session: Session, who: Who) -> None:
    world.deploy_casework(session)
    case = world.begin(session, "casework", by=who["li"], purpose="开店")

    world.complete(session, case, "Apply", who["li"], amount=500)
    world.complete(session, case, "Review", who["li"])
    assert world.open_elements(session, case) == ["CheckPlace", "CheckPapers"]
    world.complete(session, case, "CheckPapers", who["wang"])
    done = world.complete(session, case, "CheckPlace", who["wang"])

    assert done.instance.status == "completed"
    assert done.instance.ended_by == "none"
    assert done.instance.variables["summary"] == "开店:1000"
    assert done.task.completed_by == who["wang"].user_id


def test_the_default_flow_ends_a_small_case(session: Session, who: Who) -> None:
    world.deploy_casework(session)
    case = world.begin(session, "casework", purpose="x")

    done = world.complete(session, case, "Apply", who["li"], amount=100)

    assert done.instance.status == "completed"
    assert world.open_elements(session, case) == []


def test_a_completed_task_cannot_be_completed_again(session: Session, who: Who) -> None:
    world.deploy_casework(session)
    case = world.begin(session, "casework", purpose="x")
    world.complete(session, case, "Apply", who["li"], amount=500)
    before = instances.get(session, case).event_count

    with pytest.raises(TaskAlreadyCompleted) as refused:
        world.complete(session, case, "Apply", who["li"], amount=1)

    assert refused.value.code == "task-already-completed"
    assert refused.value.status == 409
    assert instances.get(session, case).variables["amount"] == 500
    assert instances.get(session, case).event_count == before


def test_a_claimed_task_is_its_holders(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    case = world.begin(session)
    key = world.key_of(session, case, "A")
    tasks.claim(session, key, by=who["li"])

    for act in (
        lambda: tasks.claim(session, key, by=who["wang"]),
        lambda: world.complete(session, case, "A", who["wang"]),
    ):
        with pytest.raises(TaskAlreadyClaimed) as refused:
            act()
        assert refused.value.params["assignee"] == who["li"].name
    assert world.complete(session, case, "A", who["li"]).task.state == "completed"


def test_claiming_again_changes_nothing(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    key = world.key_of(session, world.begin(session), "A")

    first = tasks.claim(session, key, by=who["li"]).version
    again = tasks.claim(session, key, by=who["li"]).version

    assert first == again == 2


def test_a_task_that_moved_on_is_left_alone(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    key = world.key_of(session, world.begin(session), "A")
    seen = tasks.get(session, key).version
    tasks.claim(session, key, by=who["li"])
    tasks.release(session, key, by=who["li"])

    with pytest.raises(TaskMovedOn) as refused:
        tasks.complete(session, key, by=who["li"], variables={}, version=seen)

    assert refused.value.code == "task-moved-on"
    assert tasks.get(session, key).state == "open"


def test_only_the_holder_or_a_supervisor_releases(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    key = world.key_of(session, world.begin(session), "A")
    tasks.claim(session, key, by=who["li"])

    with pytest.raises(TaskNotClaimed):
        tasks.release(session, key, by=who["wang"])
    released = tasks.release(session, key, by=who["zhao"])

    assert (released.state, released.assignee_id) == ("open", None)


def test_delegation_hands_a_task_to_a_colleague_with_a_reason(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    case = world.begin(session)
    key = world.key_of(session, case, "A")
    tasks.claim(session, key, by=who["li"])

    tasks.delegate(session, key, by=who["li"], to=who["wang"].user_id, reason="休假")

    assert tasks.get(session, key).assignee_id == who["wang"].user_id
    event = history.events(session, case)[-1]
    assert event.type == "task.delegated"
    assert {change.field: change.after for change in event.changes}["reason"] == "休假"
    with pytest.raises(TaskAlreadyClaimed):
        world.complete(session, case, "A", who["li"])


def test_nobody_delegates_to_another_office(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    key = world.key_of(session, world.begin(session), "A")

    with pytest.raises(TaskNotYours):
        tasks.delegate(session, key, by=who["zhao"], to=who["chen"].user_id, reason="错")
    with pytest.raises(TaskNotClaimed):
        tasks.delegate(session, key, by=who["li"], to=who["wang"].user_id, reason="不是我的")


@pytest.mark.parametrize("login", ["chen", "root", "shen"])
def test_other_offices_administrators_and_auditors_do_no_casework(
    session: Session, who: Who, login: str
) -> None:
    world.deploy(session, world.two_tasks())
    case = world.begin(session)

    with pytest.raises(TaskNotYours) as refused:
        world.complete(session, case, "A", who[login])

    assert refused.value.status == 403
    assert world.open_elements(session, case) == ["A"]


def test_a_designer_works_the_tasks_of_an_own_instance(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    root = who["root"]
    own = instances.start(session, "p", by=root, office_id=root.office_id).id

    world.complete(session, own, "A", root)

    assert world.open_elements(session, own) == ["B"]


def test_an_instance_without_office_belongs_to_who_started_it(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    own = instances.start(session, "p", by=who["chen"]).id

    with pytest.raises(TaskNotYours):
        world.complete(session, own, "A", who["li"])
    world.complete(session, own, "A", who["chen"])


def test_without_a_form_every_plain_name_is_taken(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    case = world.begin(session)

    with pytest.raises(UnknownField) as refused:
        world.complete(session, case, "A", who["li"], _secret=1, fine=2)
    assert (refused.value.status, refused.value.params["fields"]) == (422, ["_secret"])
    done = world.complete(session, case, "A", who["li"], fine={"deep": [1, None, True, "文"]})

    assert done.instance.variables == {"fine": {"deep": [1, None, True, "文"]}}


@pytest.mark.parametrize("value", [2**70, "a\x00b", "\ud800", float("nan")])
def test_a_value_that_no_database_keeps_is_refused(
    session: Session, who: Who, value: object
) -> None:
    world.deploy(session, world.two_tasks())
    case = world.begin(session)

    with pytest.raises(VariableInvalid):
        world.complete(session, case, "A", who["li"], bad=value)

    assert world.open_elements(session, case) == ["A"]


def test_an_unknown_task_is_not_found(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    case = world.begin(session)

    with pytest.raises(TaskNotFound):
        tasks.claim(session, TaskKey(case, 999), by=who["li"])
    with pytest.raises(TaskNotFound):
        tasks.complete(session, TaskKey(who["li"].user_id, 1), by=who["li"], variables={})


def test_the_same_person_may_not_do_both_steps(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks("", '<tongban:notSameAs element="A"/>'))
    case = world.begin(session)
    world.complete(session, case, "A", who["li"])
    key = world.key_of(session, case, "B")

    for act in (
        lambda: tasks.claim(session, key, by=who["li"]),
        lambda: world.complete(session, case, "B", who["li"]),
        lambda: tasks.delegate(session, key, by=who["zhao"], to=who["li"].user_id, reason="急"),
    ):
        with pytest.raises(SamePersonForbidden):
            act()
    assert world.complete(session, case, "B", who["wang"]).instance.status == "completed"


@pytest.mark.parametrize(("first", "second"), [("A", "B"), ("B", "A")])
def test_two_persons_are_needed_for_steps_side_by_side(
    session: Session, who: Who, first: str, second: str
) -> None:
    rule = d.extensions('<tongban:notSameAs element="A"/>')
    world.deploy(
        session,
        d.process(
            "p",
            d.start(),
            d.gateway("parallel", "Fork"),
            d.user("A"),
            d.user("B", rule),
            d.end(),
            d.flows("s Fork; Fork A; Fork B; A e; B e"),
        ),
    )
    case = world.begin(session)
    tasks.claim(session, world.key_of(session, case, second), by=who["li"])
    world.complete(session, case, first, who["li"])

    with pytest.raises(SamePersonForbidden):
        world.complete(session, case, second, who["li"])


def test_an_interrupted_task_is_cancelled(session: Session, who: Who) -> None:
    world.deploy(
        session,
        d.process(
            "p",
            d.start(),
            d.gateway("parallel", "Fork"),
            d.user("A"),
            d.user("B"),
            d.end("Stop", "<bpmn:terminateEventDefinition/>"),
            d.end(),
            d.flows("s Fork; Fork A; Fork B; A Stop; B e"),
        ),
    )
    case = world.begin(session)
    other = world.key_of(session, case, "B")

    done = world.complete(session, case, "A", who["li"])

    assert (done.instance.status, done.instance.ended_by) == ("completed", "terminate")
    assert tasks.get(session, other).state == "cancelled"
    with pytest.raises(TaskAlreadyCompleted):
        world.complete(session, case, "B", who["li"])


def test_a_list_shows_ones_offices_first_due_first(session: Session, who: Who) -> None:
    limit = '<tongban:limit days="{}" unit="day"/>'
    world.deploy(session, world.two_tasks(limit.format(3), limit.format(1)))
    late, soon, other = world.begin(session), world.begin(session), world.begin(session)
    world.complete(session, soon, "A", who["li"])
    with clock.at(clock.now() + timedelta(hours=1)):
        world.complete(session, other, "A", who["li"])
    elsewhere = instances.start(session, "p", by=world.SYSTEM, office_id=world.WINDOW).id

    mine = worklist.page(session, by=who["li"])

    assert [row.instance_id for row in mine.items][2:] == [late]
    assert {row.instance_id for row in mine.items[:2]} == {soon, other}
    window = worklist.page(session, by=who["chen"]).items
    assert [row.instance_id for row in window] == [elsewhere]
    assert len(worklist.page(session, by=who["shen"]).items) == 4
    assert worklist.page(session, by=who["root"]).items == []


def test_pages_hold_every_task_once_with_and_without_due_time(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks('<tongban:limit days="2" unit="day"/>'))
    cases = [world.begin(session) for _ in range(9)]
    for case in cases[::2]:
        world.complete(session, case, "A", who["li"])  # B has no limit

    seen, cursor = [], None
    while True:
        page = worklist.page(session, by=who["li"], limit=2, cursor=cursor)
        seen += [row.instance_id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 9
    assert set(seen[:4]) == set(cases[1::2])
    with pytest.raises(CursorInvalid):
        worklist.page(session, by=who["li"], cursor="nonsense")


def test_a_list_can_be_narrowed(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks())
    case, _ = world.begin(session), world.begin(session)
    world.complete(session, case, "A", who["li"])
    tasks.claim(session, world.key_of(session, case, "B"), by=who["li"])

    def found(**filters: object) -> int:
        return len(worklist.page(session, by=who["li"], **filters).items)

    assert found() == 2
    assert found(instance=case) == 1
    assert found(assignee=who["li"].user_id) == 1
    assert found(state="completed") == 1
    assert found(process_key="other") == 0
    assert found(office=world.WINDOW) == 0


def test_candidates_narrow_a_task_to_a_role(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks('<tongban:candidates groups="supervisor"/>'))
    case = world.begin(session)

    with pytest.raises(TaskNotYours):
        world.complete(session, case, "A", who["li"])
    world.complete(session, case, "A", who["zhao"])


def test_the_diagram_names_an_office_by_role(session: Session, who: Who) -> None:
    world.deploy(session, world.two_tasks('<tongban:office role="intake"/>'))
    case = world.begin(session, intake_office=world.WINDOW)

    with pytest.raises(TaskNotYours):
        world.complete(session, case, "A", who["li"])
    world.complete(session, case, "A", who["chen"])

    row = session.scalars(select(Task).where(Task.instance_id == case, Task.element == "B")).one()
    assert row.office_id == world.ORGAN


def test_a_limit_gives_a_due_time(session: Session, who: Who) -> None:
    hour = '<tongban:limit days="6" unit="hour"/>'
    world.deploy(session, world.two_tasks(hour, '<tongban:limit days="2" unit="day"/>'))
    with clock.at(d.START_AT):
        case = world.begin(session)
        world.complete(session, case, "A", who["li"])

    by_element = {
        t.element: t for t in session.scalars(select(Task).where(Task.instance_id == case))
    }

    assert by_element["A"].due_at == d.START_AT + timedelta(hours=6)
    due = by_element["B"].due_at
    assert due is not None
    assert clock.local_date(due) == clock.local_date(d.START_AT) + timedelta(days=2)
