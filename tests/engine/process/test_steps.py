"""A step is all or nothing: what fails is rolled back whole and leaves an incident."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select

from engine.bpmn.errors import StepFailed
from engine.db import Database, reading, transaction
from engine.errors import Invalid
from engine.files import FileStore
from engine.models import CaseData, Event, Incident, Instance, Job, Scope, Subscription, Task
from engine.people.identity import Actor
from engine.process import incidents, instances, locking, steps, tasks
from engine.process.operations import BpmnError, OperationCall
from engine.process.wiring import Wiring
from engine.record import history
from engine.record.verify import verify
from tests.conftest import MASTER_KEY
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world

TABLES = (Instance, Task, Scope, Job, Subscription, Event, CaseData)
Who = dict[str, Actor]


class NotToday(Invalid):
    """Come back tomorrow."""

    code = "not-today"
    message = "Not today."


def work(call: OperationCall) -> dict[str, Any] | None:
    """Do what the variable `mood` says."""
    call.instance.business_key = "touched"
    mood = call.variables.get("mood")
    if mood == "defect":
        raise KeyError("secret value of a person")
    if mood == "refuse":
        raise NotToday()
    if mood == "error":
        raise BpmnError("E1", "known to the diagram")
    return {"worked": call.parameters.get("how"), "at": call.at.isoformat()}


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def wiring(tmp_path: Path, told: list[tuple[str, str]]) -> Wiring:
    def hook(name: str) -> Any:
        return lambda session, instance, by: told.append((name, instance.status))

    return Wiring(
        operations={"work": work},
        on_started=hook("started"),
        on_step=hook("step"),
        on_finished=hook("finished"),
        files=FileStore(tmp_path / "files"),
        master_key=MASTER_KEY,
    )


@pytest.fixture
def case(database: Database) -> tuple[Database, UUID, Who]:
    """An instance that waits at A before the operation."""
    how = '<tongban:parameter name="how" value="well"/>'
    with transaction(database) as session:
        who = world.people(session)
        caught = d.boundary("Caught", "Work", d.error())
        world.deploy(
            session,
            d.process(
                "p",
                d.start(),
                d.user("A"),
                d.operation("Work", "work", how),
                caught,
                d.script("After", "doubled = amount * 2"),
                d.user("B"),
                d.end(),
                d.user("C"),
                d.flows("s A; A Work; Work After; After B; B e; Caught C; C e"),
            ),
        )
        instance_id = world.begin(session, amount=1)
    return database, instance_id, who


def picture(database: Database) -> dict[str, list[Any]]:
    """Return every row of a case as it stands."""
    with reading(database) as session:
        return {
            table.__tablename__: [
                tuple(row) for row in session.execute(select(*table.__table__.columns)).all()
            ]
            for table in TABLES
        }


def act(case: tuple[Database, UUID, Who], element: str = "A", **values: Any) -> None:
    database, instance_id, who = case
    with reading(database) as session:
        key = world.key_of(session, instance_id, element)
    with steps.run(database, instance_id=instance_id, task_number=key.number) as session:
        tasks.complete(session, key, by=who["li"], variables=values)


def test_an_operation_gives_variables_and_gets_parameters(case: Any) -> None:
    act(case, mood="fine")

    database, instance_id, _ = case
    with reading(database) as session:
        row = instances.get(session, instance_id)
        assert row.variables["worked"] == "well"
        assert row.variables["doubled"] == 2
        assert row.business_key == "touched"
        assert world.open_elements(session, instance_id) == ["B"]


def test_an_error_of_the_diagram_takes_its_boundary_event(case: Any) -> None:
    act(case, mood="error")

    database, instance_id, _ = case
    with reading(database) as session:
        assert world.open_elements(session, instance_id) == ["C"]
        assert incidents.open_of(session, instance_id) == []


@pytest.mark.parametrize(
    "values", [{"mood": "refuse"}, {"mood": "defect"}, {"mood": "fine", "amount": "x" * 3}]
)
def test_a_step_that_fails_leaves_every_row_untouched(case: Any, values: dict[str, Any]) -> None:
    database, instance_id, _ = case
    before = picture(database)
    if values.get("amount"):
        values = {**values, "amount": None}  # the script cannot double nothing

    with pytest.raises(Exception):  # noqa: B017 - which one is told by the tests below
        act(case, **values)

    after = picture(database)
    for table in ("task", "scope", "job", "subscription", "case_data"):
        assert after[table] == before[table], table
    with reading(database) as session:
        row = instances.get(session, instance_id)
        assert (row.variables, row.business_key, row.steps) == ({"amount": 1}, None, 1)
        assert world.open_elements(session, instance_id) == ["A"]
        assert verify(session, instance_id).first_bad is None


def test_a_refusal_goes_to_the_person_and_is_no_incident(case: Any) -> None:
    database, instance_id, _ = case

    with pytest.raises(NotToday):
        act(case, mood="refuse")

    with reading(database) as session:
        assert incidents.open_of(session, instance_id) == []
        assert instances.get(session, instance_id).status == "running"


def test_a_failing_script_becomes_an_incident_at_its_element(case: Any) -> None:
    database, instance_id, _ = case

    with pytest.raises(StepFailed) as failed:
        act(case, mood="fine", amount=None)

    assert failed.value.params["element"] == "After"
    with reading(database) as session:
        (incident,) = incidents.open_of(session, instance_id)
        assert (incident.kind, incident.element) == ("step", "After")
        assert incident.task_number == world.key_of(session, instance_id, "A").number
        assert instances.get(session, instance_id).status == "incident"
        assert instances.view(session, instance_id).incidents[0]["element"] == "After"
        assert history.events(session, instance_id)[-1].type == "incident.created"


def test_a_defect_of_an_operation_is_an_incident_without_the_value(case: Any) -> None:
    database, instance_id, _ = case

    with pytest.raises(Exception):  # noqa: B017
        act(case, mood="defect")

    with reading(database) as session:
        (incident,) = incidents.open_of(session, instance_id)
        assert "secret" not in incident.message
        assert "KeyError" in incident.message


def test_doing_it_again_after_mending_resolves_the_incident(case: Any) -> None:
    database, instance_id, who = case
    with pytest.raises(StepFailed):
        act(case, mood="fine", amount=None)

    act(case, mood="fine", amount=4)

    with reading(database) as session:
        assert incidents.open_of(session, instance_id) == []
        row = session.scalars(select(Incident)).one()
        assert row.resolved_by == who["li"].key
        assert instances.get(session, instance_id).status == "running"
        assert verify(session, instance_id).first_bad is None


def test_a_first_step_that_fails_leaves_no_instance(database: Database) -> None:
    with transaction(database) as session:
        broken = d.script("Broken", "x = missing + 1")
        flows = d.flows("s Broken; Broken e")
        world.deploy(session, d.process("p", d.start(), broken, d.end(), flows))

    with pytest.raises(StepFailed), steps.run(database) as session:
        world.begin(session)

    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(Instance)) == 0
        assert session.scalar(select(func.count()).select_from(Incident)) == 0


def test_the_hooks_hear_of_every_step_and_of_the_end(
    case: Any, told: list[tuple[str, str]]
) -> None:
    told.clear()

    act(case, mood="fine")
    act(case, "B")

    assert told == [("step", "running"), ("finished", "completed")]


def test_cancelling_ends_everything_for_a_reason(case: Any, told: list[tuple[str, str]]) -> None:
    database, instance_id, who = case
    with pytest.raises(instances.CancelReasonMissing), transaction(database) as session:
        instances.cancel(session, instance_id, by=who["zhao"], reason="  ")
    told.clear()

    with transaction(database) as session:
        instances.cancel(session, instance_id, by=who["zhao"], reason="重复收件")

    with reading(database) as session:
        row = instances.get(session, instance_id)
        assert (row.status, row.ended_by) == ("cancelled", "cancel")
        assert row.ended_at is not None
        assert world.open_elements(session, instance_id) == []
        assert session.scalar(select(func.count()).select_from(Scope)) == 0
        assert (row.state, row.scopes) == (None, 0)
    assert told == [("finished", "cancelled")]
    with pytest.raises(locking.InstanceEnded), transaction(database) as session:
        instances.cancel(session, instance_id, by=who["zhao"], reason="又一次")


def test_personal_fields_never_become_variables(database: Database) -> None:
    personal = '<tongban:personal fields="id_no"/>'
    with transaction(database) as session:
        who = world.people(session)
        world.deploy(session, world.two_tasks(personal))
        case = world.begin(session)
        world.complete(session, case, "A", who["li"], id_no="500101189503071234", size=3)

    with reading(database) as session:
        assert instances.get(session, case).variables == {"size": 3}
        assert session.scalars(select(CaseData.field)).all() == ["id_no"]
        everything = str(picture(database)["event"]) + str(picture(database)["scope"])
        assert "500101189503071234" not in everything
        assert verify(session, case).first_bad is None


def test_what_was_sent_is_kept_in_the_history(database: Database) -> None:
    with transaction(database) as session:
        who = world.people(session)
        world.deploy(session, world.two_tasks())
        case = world.begin(session, given="开始")
        world.complete(session, case, "A", who["li"], amount=7)

    with reading(database) as session:
        events = history.events(session, case)
        kept = {e.type: {c.field: c.after for c in e.changes} for e in events}
        assert kept["instance.started"]["given"] == "开始"
        assert kept["task.completed"]["amount"] == 7
        completed = next(e for e in events if e.type == "task.completed")
        assert (completed.actor, completed.element) == (who["li"].key, "A")


def test_what_an_operation_did_stands_after_what_caused_it(database: Database) -> None:
    def note(call: OperationCall) -> None:
        history.append(call.session, call.instance, [history.Entry("case.noted", call.by.key)])

    wiring = Wiring(operations={"note": note}, master_key=MASTER_KEY)
    with database.sessions(info={"wiring": wiring, "database": database}) as session:
        session.connection(execution_options={"writes": True})
        who = world.people(session)
        flows = d.flows("s A; A Note; Note B; B e")
        parts = (d.user("A"), d.operation("Note", "note"), d.user("B"))
        world.deploy(session, d.process("p", d.start(), *parts, d.end(), flows))
        case = world.begin(session)
        world.complete(session, case, "A", who["li"])

        types = [event.type for event in history.events(session, case)]

    assert types.index("task.completed") < types.index("case.noted")


def test_the_same_failure_again_renews_its_incident(case: Any) -> None:
    database, instance_id, _ = case
    for _ in range(3):
        with pytest.raises(StepFailed):
            act(case, mood="fine", amount=None)

    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(Incident)) == 1


def test_another_task_that_succeeds_leaves_the_incident_open(database: Database) -> None:
    with transaction(database) as session:
        who = world.people(session)
        fork = d.flows("s Fork; Fork A; Fork B; A Double; Double e; B C; C e")
        parts = (d.gateway("parallel", "Fork"), d.user("A"), d.user("B"), d.user("C"))
        double = d.script("Double", "x = amount * 2")
        world.deploy(session, d.process("p", d.start(), *parts, double, d.end(), fork))
        instance_id = world.begin(session, amount=None)
    whole = (database, instance_id, who)
    with pytest.raises(StepFailed):
        act(whole, "A")

    act(whole, "B")

    with reading(database) as session:
        assert [one.element for one in incidents.open_of(session, instance_id)] == ["Double"]
        assert instances.get(session, instance_id).status == "incident"
    act(whole, "A", amount=2)
    with reading(database) as session:
        assert instances.get(session, instance_id).status == "running"


def test_a_completion_takes_few_statements(database: Database) -> None:
    with transaction(database) as session:
        who = world.people(session)
        world.deploy_casework(session)
        instance_id = world.begin(session, "casework", purpose="x")
        world.complete(session, instance_id, "Apply", who["li"], amount=500)
        key = world.key_of(session, instance_id, "Review")
    seen: list[str] = []
    listen = (database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    event.listen(*listen)

    with transaction(database) as session:
        tasks.complete(session, key, by=who["li"], variables={"opinion": "可"})

    event.remove(*listen)
    assert len(seen) <= 12, seen


def test_a_value_equal_to_the_old_one_and_of_another_type_is_kept(database: Database) -> None:
    with transaction(database) as session:
        who = world.people(session)
        world.deploy(session, world.two_tasks())
        instance_id = world.begin(session, ready=1, deep={"a": [0]})
    whole = (database, instance_id, who)

    act(whole, "A", ready=True, deep={"a": [False]})

    with reading(database) as session:
        kept = instances.get(session, instance_id).variables
        assert (kept["ready"], kept["deep"]["a"][0]) == (True, False)
        assert {type(kept["ready"]), type(kept["deep"]["a"][0])} == {bool}
