"""Running cases go on under a new version, or it is said why they cannot."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import Instance, Job, Task
from engine.process import assignment, definitions, drafts, tasks
from engine.process.interventions import migration
from engine.process.interventions.migration import CannotMigrate
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world

WHY = "新版流程"


def deploy(session: Session, *parts: str) -> int:
    files = {"t.bpmn": d.document(d.process("p", *parts))}
    definitions.deploy(session, files, by=world.SYSTEM)
    return definitions.latest(session, "p").version


def old(session: Session) -> int:
    return deploy(
        session,
        d.start(),
        d.user("A"),
        d.user("B"),
        d.boundary("Late", "B", d.timer("P3D"), interrupting=False),
        d.end(),
        d.end("Warned"),
        d.flows("s A; A B; B e; Late Warned"),
    )


def new(session: Session, second: str = "B") -> int:
    return deploy(
        session,
        d.start(),
        d.user("A"),
        d.user("Between"),
        d.user(second),
        d.boundary("Late", second, d.timer("P3D"), interrupting=False),
        d.boundary("Early", second, d.timer("P1D"), interrupting=False),
        d.end(),
        d.end("Warned"),
        d.flows(f"s A; A Between; Between {second}; {second} e; Late Warned; Early Warned"),
    )


def test_a_case_goes_on_as_the_new_version_says(session: Session, who) -> None:
    old(session)
    instance_id = world.begin(session)
    version = new(session)

    migration.migrate(session, instance_id, to=version, by=who["root"], reason=WHY)

    row = session.get_one(Instance, instance_id)
    assert (row.version, row.altered) == (version, True)
    world.complete(session, instance_id, "A")
    assert world.open_elements(session, instance_id) == ["Between"]


def test_due_times_stay_and_new_events_begin_to_listen(session: Session, who) -> None:
    old(session)
    instance_id = world.begin(session)
    world.complete(session, instance_id, "A")
    (before,) = session.scalars(select(Job).where(Job.instance_id == instance_id))
    due, element = before.due_at, before.element
    version = new(session)

    migration.migrate(session, instance_id, to=version, by=who["root"], reason=WHY)

    jobs = {j.element: j.due_at for j in session.scalars(select(Job))}
    assert jobs.keys() == {"Late", "Early"}
    assert (element, jobs["Late"]) == ("Late", due)


def test_an_open_task_keeps_number_holder_and_draft_under_its_new_id(session, who) -> None:
    old(session)
    instance_id = world.begin(session)
    world.complete(session, instance_id, "A")
    key = world.key_of(session, instance_id, "B")
    tasks.claim(session, key, by=who["li"])
    tasks.save_draft(session, key, by=who["li"], content={"note": "写到一半"})
    version = new(session, second="Review")

    migration.migrate(
        session, instance_id, to=version, by=who["root"], reason=WHY, names={"B": "Review"}
    )

    task = session.get_one(Task, key)
    assert (task.element, task.state, task.assignee_id) == (
        "Review",
        "claimed",
        who["li"].user_id,
    )
    assert drafts.kept(session, task, by=who["li"]) == {"note": "写到一半"}
    tasks.complete(session, key, by=who["li"], variables={})
    assert session.get_one(Instance, instance_id).status == "completed"


def test_a_plan_names_each_case_that_cannot_go_and_changes_nothing(session, who) -> None:
    old(session)
    early, late = world.begin(session), world.begin(session)
    world.complete(session, late, "A")
    version = new(session, second="Review")

    outlook = migration.plan(session, "p", to=version, by=who["root"])

    told = {one.instance_id: [(o.element, o.reason) for o in one.obstacles] for one in outlook}
    assert told == {early: [], late: [("B", "element-gone")]}
    with pytest.raises(CannotMigrate) as refused:
        migration.migrate(session, late, to=version, by=who["root"], reason=WHY)
    assert "B (element-gone)" in str(refused.value)
    assert session.get_one(Instance, late).version == 1


def test_a_task_cannot_become_an_event(session: Session, who) -> None:
    old(session)
    instance_id = world.begin(session)
    version = deploy(
        session,
        d.start(),
        d.element("intermediateCatchEvent", "A", d.timer("P1D")),
        d.end(),
        d.flows("s A; A e"),
    )

    with pytest.raises(CannotMigrate, match="kind-changed"):
        migration.migrate(session, instance_id, to=version, by=who["root"], reason=WHY)


def test_an_event_that_has_come_does_not_listen_again(session: Session, who) -> None:
    old(session)
    instance_id = world.begin(session)
    world.complete(session, instance_id, "A")
    world.fire(session, instance_id, "Late")
    version = new(session)

    migration.migrate(session, instance_id, to=version, by=who["root"], reason=WHY)

    assert [j.element for j in session.scalars(select(Job))] == ["Early"]


@pytest.mark.parametrize("version", [0, 2, 2**31, 10**30])
def test_a_version_that_is_not_there_is_told(session: Session, who, version: int) -> None:
    old(session)
    instance_id = world.begin(session)

    with pytest.raises(definitions.DefinitionNotFound):
        migration.migrate(session, instance_id, to=version, by=who["root"], reason=WHY)


def reviewed(session: Session, first: str, *, another: bool = True) -> int:
    """Deploy a task, one between, and a review by another person than the first one's."""
    rule = d.extensions(f'<tongban:notSameAs element="{first}"/>') if another else ""
    flows = d.flows(f"s {first}; {first} M; M Review; Review e")
    return deploy(
        session, d.start(), d.user(first), d.user("M"), d.user("Review", rule), d.end(), flows
    )


def test_two_persons_stay_two_under_new_names(session: Session, who) -> None:
    reviewed(session, "A")
    instance_id = world.begin(session)
    world.complete(session, instance_id, "A", who["li"])
    version = reviewed(session, "Examine")

    names = {"A": "Examine"}
    migration.migrate(session, instance_id, to=version, by=who["root"], reason=WHY, names=names)

    world.complete(session, instance_id, "M", who["wang"])
    with pytest.raises(assignment.SamePersonForbidden):
        tasks.claim(session, world.key_of(session, instance_id, "Review"), by=who["li"])


def test_a_new_rule_of_two_persons_binds_a_task_that_is_open(session: Session, who) -> None:
    reviewed(session, "A", another=False)
    instance_id = world.begin(session)
    world.complete(session, instance_id, "A", who["li"])
    world.complete(session, instance_id, "M", who["wang"])
    version = reviewed(session, "A")

    migration.migrate(session, instance_id, to=version, by=who["root"], reason=WHY)

    with pytest.raises(assignment.SamePersonForbidden):
        tasks.claim(session, world.key_of(session, instance_id, "Review"), by=who["li"])


def test_what_is_asked_of_an_outside_system_stays_the_same_question(session: Session, who) -> None:
    def asked(name: str) -> int:
        call = d.extensions('<tongban:connector name="bank" operation="pay"/>')
        pays = d.element("serviceTask", name, call)
        return deploy(session, d.start(), pays, d.end(), d.flows(f"s {name}; {name} e"))

    asked("Pay")
    instance_id = world.begin(session)
    (number,) = session.scalars(select(Job.number))
    version = asked("Remit")

    names = {"Pay": "Remit"}
    migration.migrate(session, instance_id, to=version, by=who["root"], reason=WHY, names=names)

    session.expire_all()
    assert [(one.number, one.element) for one in session.scalars(select(Job))] == [
        (number, "Remit")
    ]
