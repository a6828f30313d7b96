"""Deploying: what is refused, what gets a version, and what an instance is pinned to."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import Definition, Deployment, SourceFile
from engine.people.identity import Actor
from engine.people.permissions import MissingPermission
from engine.process import definitions, instances
from engine.process.definitions import DefinitionNotFound, DeploymentRejected
from engine.process.variables import UnknownField
from engine.process.wiring import Wiring
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world
from tests.engine.process.world import SYSTEM


def form(identity: str, *keys: str) -> bytes:
    fields = [{"type": "textfield", "key": key, "id": f"Field_{key}"} for key in keys]
    return json.dumps({"type": "default", "id": identity, "components": fields}).encode()


def caller(called: str = "child") -> bytes:
    call = d.element("callActivity", "Call", calledElement=called)
    return d.document(d.process("parent", d.start(), call, d.end(), d.flows("s Call; Call e")))


def child(task: str) -> bytes:
    flows = d.flows(f"s {task}; {task} e")
    return d.document(d.process("child", d.start(), d.user(task), d.end(), flows))


def test_the_same_files_again_change_nothing(session: Session) -> None:
    files = {"casework.bpmn": world.casework()}
    first = definitions.deploy(session, files, by=SYSTEM)

    again = definitions.deploy(session, files, by=SYSTEM)

    assert again.deployment.id == first.deployment.id
    assert [one.id for one in again.definitions] == [one.id for one in first.definitions]
    assert session.scalar(select(func.count()).select_from(Deployment)) == 1
    assert session.scalar(select(func.count()).select_from(SourceFile)) == 1


def test_a_changed_process_gets_the_next_version(session: Session) -> None:
    definitions.deploy(session, {"c.bpmn": child("A")}, by=SYSTEM)

    (second,) = definitions.deploy(session, {"c.bpmn": child("B")}, by=SYSTEM).definitions

    assert (second.kind, second.key, second.version) == ("process", "child", 2)
    assert definitions.latest(session, "child").id == second.id
    assert definitions.latest(session, "child", 1).version == 1


def test_an_instance_stays_on_the_version_it_began_with(session: Session) -> None:
    definitions.deploy(session, {"p.bpmn": caller(), "c.bpmn": child("Old")}, by=SYSTEM)
    old = world.begin(session, "parent")

    definitions.deploy(session, {"p.bpmn": caller(), "c.bpmn": child("New")}, by=SYSTEM)
    new = world.begin(session, "parent")

    assert world.open_elements(session, old) == ["Old"]
    assert world.open_elements(session, new) == ["New"]
    assert world.complete(session, old, "Old").instance.status == "completed"


def test_a_called_process_may_have_been_deployed_before(session: Session) -> None:
    definitions.deploy(session, {"c.bpmn": child("A")}, by=SYSTEM)
    definitions.deploy(session, {"p.bpmn": caller()}, by=SYSTEM)

    assert world.open_elements(session, world.begin(session, "parent")) == ["A"]


def test_a_called_process_that_is_nowhere_is_refused_by_name(session: Session) -> None:
    with pytest.raises(DeploymentRejected) as refused:
        definitions.deploy(session, {"p.bpmn": caller("nowhere")}, by=SYSTEM)

    (problem,) = refused.value.problems
    assert (problem.rule, problem.element, problem.kind) == (
        "called-process-missing",
        "Call",
        "invalid",
    )
    assert problem.line is not None


def test_one_bad_file_refuses_all(session: Session) -> None:
    files = {"good.bpmn": child("A"), "bad.bpmn": b"<no xml", "f.form": b"[]"}

    with pytest.raises(DeploymentRejected) as refused:
        definitions.deploy(session, files, by=SYSTEM)

    assert refused.value.code == "deployment-rejected"
    errors = [one for one in refused.value.problems if one.severity == "error"]
    assert {one.file for one in errors} == {"bad.bpmn", "f.form"}
    assert session.scalar(select(func.count()).select_from(Definition)) == 0
    assert session.scalar(select(func.count()).select_from(SourceFile)) == 0


def test_other_kinds_of_file_are_refused(session: Session) -> None:
    with pytest.raises(DeploymentRejected):
        definitions.deploy(session, {"notes.txt": b"hello"}, by=SYSTEM)


def test_an_unknown_operation_is_refused(session: Session) -> None:
    session.info["wiring"] = Wiring(operations={"known": lambda call: None})
    document = d.document(
        d.process("p", d.start(), d.operation("O", "no.such"), d.end(), d.flows("s O; O e"))
    )

    with pytest.raises(DeploymentRejected) as refused:
        definitions.deploy(session, {"p.bpmn": document}, by=SYSTEM)

    assert [one.rule for one in refused.value.problems] == ["operation-unknown"]


def test_an_unknown_process_is_not_found(session: Session) -> None:
    with pytest.raises(DefinitionNotFound) as missing:
        instances.start(session, "nothing", by=SYSTEM)

    assert missing.value.status == 404


def test_a_form_lies_beside_its_process(session: Session, who: dict[str, Actor]) -> None:
    asks = d.extensions('<tongban:form key="apply"/>')
    one = d.document(d.process("one", d.start(), d.user("A", asks), d.end(), d.flows("s A; A e")))
    files = {"one/process.bpmn": one, "one/apply.form": form("apply", "title")}
    definitions.deploy(session, files, by=SYSTEM)
    case = world.begin(session, "one")

    done = world.complete(session, case, "A", who["li"], title="标题")

    assert done.instance.variables == {"title": "标题"}
    assert done.task.form_key == "apply"


def test_a_changed_form_gives_its_process_a_new_version(
    session: Session, who: dict[str, Actor]
) -> None:
    asks = d.extensions('<tongban:form key="apply"/>')
    one = d.document(d.process("one", d.start(), d.user("A", asks), d.end(), d.flows("s A; A e")))
    definitions.deploy(session, {"p.bpmn": one, "apply.form": form("apply", "old")}, by=SYSTEM)
    before = world.begin(session, "one")

    made = definitions.deploy(
        session, {"p.bpmn": one, "apply.form": form("apply", "new")}, by=SYSTEM
    )

    assert {(part.kind, part.version) for part in made.definitions} == {("process", 2), ("form", 2)}
    world.complete(session, world.begin(session, "one"), "A", who["li"], new="1")
    world.complete(session, before, "A", who["li"], old="1")


def test_forms_of_one_name_in_two_folders_stay_apart(
    session: Session, who: dict[str, Actor]
) -> None:
    asks = d.extensions('<tongban:form key="apply"/>')
    files = {}
    for name in ("one", "two"):
        parts = (d.start(), d.user("A", asks), d.end(), d.flows("s A; A e"))
        files[f"{name}/process.bpmn"] = d.document(d.process(name, *parts))
        files[f"{name}/apply.form"] = form("Form_0x1", name)
    definitions.deploy(session, files, by=SYSTEM)

    for name in ("one", "two"):
        done = world.complete(session, world.begin(session, name), "A", who["li"], **{name: "1"})
        assert done.instance.variables == {name: "1"}


def test_a_field_that_the_form_does_not_name_is_refused(
    session: Session, who: dict[str, Actor]
) -> None:
    asks = d.extensions('<tongban:form key="apply"/>')
    one = d.document(d.process("one", d.start(), d.user("A", asks), d.end(), d.flows("s A; A e")))
    definitions.deploy(session, {"p.bpmn": one, "apply.form": form("apply", "title")}, by=SYSTEM)
    case = world.begin(session, "one")

    with pytest.raises(UnknownField) as refused:
        world.complete(session, case, "A", who["li"], title="x", other=1)

    assert refused.value.params["fields"] == ["other"]
    assert world.open_elements(session, case) == ["A"]


def test_a_missing_form_is_a_remark_here_and_an_error_in_a_release(session: Session) -> None:
    asks = d.extensions('<tongban:form key="nowhere"/>')
    one = d.document(d.process("one", d.start(), d.user("A", asks), d.end(), d.flows("s A; A e")))

    made = definitions.deploy(session, {"p.bpmn": one}, by=SYSTEM)

    assert ("form-missing", "warning") in [(one.rule, one.severity) for one in made.problems]
    assert world.open_elements(session, world.begin(session, "one")) == ["A"]
    with pytest.raises(DeploymentRejected):
        definitions.deploy(session, {"p.bpmn": one}, by=SYSTEM, profile="release")


def test_only_designers_and_administrators_deploy(session: Session, who: dict[str, Actor]) -> None:
    files = {"casework.bpmn": world.casework()}

    with pytest.raises(MissingPermission):
        definitions.deploy(session, files, by=who["li"])
    assert definitions.deploy(session, files, by=who["root"]).definitions[0].version == 1
