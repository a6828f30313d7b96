"""Decisions in processes: deployed, pinned, asked inside the step, and kept in the history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from engine.db import Database, transaction
from engine.models import Instance
from engine.process import definitions
from engine.process.definitions import DeploymentRejected
from engine.process.steps import InstanceStepFailed
from engine.record import history, verify
from tests.engine.bpmn import diagrams as d
from tests.engine.bpmn.decisions import drawings
from tests.engine.process import world
from tests.engine.process.world import SYSTEM

FEES = drawings.table(
    "amount:number; urgent:boolean -> fee:number",
    "< 1000 | false | 0",
    "< 1000 | true | amount * 0.05",
    ">= 1000 | - | 50.5",
)


def fees(table: str = FEES, *more: str) -> bytes:
    return drawings.file(
        drawings.given("amount", "number"),
        drawings.given("urgent", "boolean"),
        drawings.decision("Fee", drawings.needs("i_amount", "i_urgent"), table, identity="fee"),
        *more,
    )


def asking(inside: str = "", **attributes: str) -> bytes:
    task = d.element(
        "businessRuleTask", "Ask", d.extensions(inside) if inside else "", **attributes
    )
    flows = d.flows("s Ask; Ask A; A e")
    return d.document(d.process("p", d.start(), task, d.user("A"), d.end(), flows))


def begin(session: Session, process: bytes, **variables: Any) -> Instance:
    files = {"p.bpmn": process, "fees.dmn": fees()}
    definitions.deploy(session, files, by=SYSTEM)
    return session.get_one(Instance, world.begin(session, "p", **variables))


KEY_ALONE = '<tongban:decision key="same" result="which"/>'
DECIDE = '<tongban:decision key="fee" result="due"/>'


def test_a_process_asks_a_decision_from_upload_to_history(database: Database) -> None:
    with transaction(database) as session:
        files = {"p.bpmn": asking(DECIDE), "fees.dmn": fees()}
        made = definitions.deploy(session, files, by=SYSTEM).definitions
        deployed = [(one.kind, one.key, one.version) for one in made]
    with transaction(database) as session:
        case = world.begin(session, "p", amount=300, urgent=True)
    with transaction(database) as session:
        variables = session.get_one(Instance, case).variables
        kept = [one for one in history.events(session, case) if one.type == "decision.evaluated"]
        fields = {one.field: one.after for one in kept[0].changes}

    assert deployed == [("process", "p", 1), ("decision", "fee", 1)]
    assert variables == {"amount": 300, "urgent": True, "due": 15}
    assert kept[0].element == "Ask"
    assert (fields["decision"], fields["rules"], fields["output"]) == ("fee", ["r2"], 15)
    assert fields["inputs"] == {"amount": 300, "urgent": True}


@pytest.mark.parametrize(
    ("inside", "attributes", "expected"),
    [
        (DECIDE, {}, {"due": 50.5}),
        ('<tongban:decision key="fee"/>', {}, {"fee": 50.5}),
        ("", {"camunda__decisionRef": "fee", "camunda__resultVariable": "due"}, {"due": 50.5}),
        (
            "",
            {
                "camunda__decisionRef": "fee",
                "camunda__resultVariable": "due",
                "camunda__mapDecisionResult": "resultList",
            },
            {"due": [{"fee": 50.5}]},
        ),
        (
            "",
            {
                "camunda__decisionRef": "fee",
                "camunda__resultVariable": "due",
                "camunda__mapDecisionResult": "singleEntry",
            },
            {"due": 50.5},
        ),
        (
            "<spiffworkflow:calledDecisionId>fee</spiffworkflow:calledDecisionId>",
            {},
            {"fee": 50.5},
        ),
    ],
)
def test_every_way_of_naming_a_decision_gives_its_result(
    session: Session, inside: str, attributes: dict[str, str], expected: dict[str, Any]
) -> None:
    instance = begin(session, asking(inside, **attributes), amount=1000, urgent=False)

    given = {"amount": 1000, "urgent": False}
    assert instance.variables == given | expected


def test_a_decision_that_is_nowhere_is_refused_by_name(session: Session) -> None:
    with pytest.raises(DeploymentRejected) as refused:
        definitions.deploy(session, {"p.bpmn": asking(DECIDE)}, by=SYSTEM)

    (problem,) = [one for one in refused.value.problems if one.severity == "error"]
    assert (problem.rule, problem.element, problem.severity) == ("decision-missing", "Ask", "error")
    assert problem.message_zh


def test_a_decision_may_have_been_deployed_before(session: Session) -> None:
    definitions.deploy(session, {"fees.dmn": fees()}, by=SYSTEM)
    definitions.deploy(session, {"p.bpmn": asking(DECIDE)}, by=SYSTEM)

    case = world.begin(session, "p", amount=10, urgent=False)

    assert session.get_one(Instance, case).variables["due"] == 0


def test_an_instance_stays_on_the_decision_it_began_with(session: Session) -> None:
    flows = d.flows("s A; A Ask; Ask B; B e")
    task = d.element("businessRuleTask", "Ask", d.extensions(DECIDE))
    process = d.document(d.process("p", d.start(), d.user("A"), task, d.user("B"), d.end(), flows))
    definitions.deploy(session, {"p.bpmn": process, "fees.dmn": fees()}, by=SYSTEM)
    old = world.begin(session, "p", amount=2000, urgent=False)

    dearer = FEES.replace("50.5", "99")
    made = definitions.deploy(session, {"p.bpmn": process, "fees.dmn": fees(dearer)}, by=SYSTEM)
    new = world.begin(session, "p", amount=2000, urgent=False)

    assert {(one.kind, one.version) for one in made.definitions} == {
        ("process", 2),
        ("decision", 2),
    }
    assert _due(session, old) == 50.5
    assert _due(session, new) == 99


def _due(session: Session, case: UUID) -> Any:
    world.complete(session, case, "A")
    return session.get_one(Instance, case).variables["due"]


def importing(rate: str) -> dict[str, bytes]:
    library = drawings.file(
        drawings.decision("Rate", drawings.literal(rate), identity="d_rate"),
        namespace="urn:library",
        identity="Library",
    )
    place = f'namespace="urn:library" importType="{drawings.NAMESPACES["1.5"]}"'
    importer = drawings.file(
        f'<import name="lib" {place}/>',
        drawings.given("amount", "number"),
        drawings.decision(
            "Fee",
            drawings.needs("i_amount", "urn:library#d_rate"),
            drawings.literal("amount * lib.Rate"),
            identity="fee",
        ),
    )
    return {"p.bpmn": asking(DECIDE), "fee.dmn": importer, "library.dmn": library}


def test_an_imported_file_is_pinned_with_the_decision(session: Session) -> None:
    definitions.deploy(session, importing("0.1"), by=SYSTEM)
    case = world.begin(session, "p", amount=200)

    again = definitions.deploy(session, importing("0.1"), by=SYSTEM)

    assert session.get_one(Instance, case).variables["due"] == 20
    assert {one.version for one in again.definitions} == {1}


def test_decisions_of_one_id_in_two_files_are_known_by_the_id_of_the_file_too(
    session: Session,
) -> None:
    files = {
        f"{name}.dmn": drawings.file(
            drawings.decision("D", drawings.literal(f'"{name}"'), identity="same"),
            namespace=f"urn:{name}",
            identity=name,
        )
        for name in ("One", "Two")
    }
    process = asking('<tongban:decision key="Two.same" result="which"/>')

    made = definitions.deploy(session, {"p.bpmn": process, **files}, by=SYSTEM).definitions
    again = definitions.deploy(session, {"p.bpmn": process, **files}, by=SYSTEM).definitions
    with pytest.raises(DeploymentRejected, match="no decision same"):
        definitions.deploy(session, {"q.bpmn": asking(KEY_ALONE), **files}, by=SYSTEM)

    assert {one.key for one in made if one.kind == "decision"} == {"One.same", "Two.same"}
    assert {one.version for one in again} == {1}
    case = world.begin(session, "p")
    assert session.get_one(Instance, case).variables == {"which": "Two"}


def test_a_changed_import_gives_its_decision_a_new_version(session: Session) -> None:
    definitions.deploy(session, importing("0.1"), by=SYSTEM)
    old = world.begin(session, "p", amount=200)

    made = definitions.deploy(session, importing("0.2"), by=SYSTEM).definitions

    assert {(one.key, one.version) for one in made} == {("p", 2), ("fee", 2), ("d_rate", 2)}
    new = world.begin(session, "p", amount=200)
    assert session.get_one(Instance, old).variables["due"] == 20
    assert session.get_one(Instance, new).variables["due"] == 40


def test_a_variable_that_is_not_set_fails_the_step_by_name(session: Session) -> None:
    definitions.deploy(session, {"p.bpmn": asking(DECIDE), "fees.dmn": fees()}, by=SYSTEM)

    with pytest.raises(InstanceStepFailed) as failed:
        world.begin(session, "p", amount=5)

    assert failed.value.element == "Ask"
    assert "needs the variable urgent" in str(failed.value.params["reason"])


def test_two_rules_that_match_at_once_fail_the_step_and_choose_nothing(session: Session) -> None:
    table = drawings.table("amount:number -> fee:number", "> 10 | 1", "> 20 | 2")
    files = {"p.bpmn": asking(DECIDE), "fees.dmn": fees(table)}
    definitions.deploy(session, files, by=SYSTEM)

    assert world.begin(session, "p", amount=15, urgent=False)
    with pytest.raises(InstanceStepFailed, match="rules 1, 2 match at once"):
        world.begin(session, "p", amount=25, urgent=False)


def test_an_overlap_is_a_remark_here_and_an_error_in_a_release(session: Session) -> None:
    table = drawings.table("amount:number -> fee:number", "> 10 | 1", "> 20 | 2", "<= 10 | 0")
    files = {"fees.dmn": fees(table)}

    made = definitions.deploy(session, files, by=SYSTEM)

    assert [(one.rule, one.severity) for one in made.problems] == [("table-overlap", "warning")]
    with pytest.raises(DeploymentRejected):
        definitions.deploy(session, {"other.dmn": fees(table)}, by=SYSTEM, profile="release")


def test_names_with_spaces_meet_variables_with_underscores(session: Session) -> None:
    model = drawings.file(
        drawings.given("Monthly income", "number"),
        drawings.given("due on", "date"),
        drawings.decision(
            "Is late",
            drawings.needs("i_Monthly_income", "i_due_on"),
            drawings.literal("due on < date(2026, 1, 2) and Monthly income > 1.5"),
            identity="late",
        ),
    )
    process = asking('<tongban:decision key="late"/>')
    definitions.deploy(session, {"p.bpmn": process, "l.dmn": model}, by=SYSTEM)

    case = world.begin(session, "p", Monthly_income=1.6, due_on="2026-01-01")

    assert session.get_one(Instance, case).variables["Is_late"] is True


def test_a_wrong_file_of_decisions_is_refused_with_its_line(session: Session) -> None:
    broken = FEES.replace("amount * 0.05", "amount *")

    with pytest.raises(DeploymentRejected) as refused:
        definitions.deploy(session, {"fees.dmn": fees(broken)}, by=SYSTEM)

    (problem,) = [one for one in refused.value.problems if one.severity == "error"]
    assert (problem.rule, problem.file) == ("feel-invalid", "fees.dmn")
    assert problem.line and problem.message_zh


def test_the_chain_holds_after_a_decision_with_decimals(session: Session) -> None:
    instance = begin(session, asking(DECIDE), amount=3.25, urgent=True)

    assert instance.variables["due"] == 0.1625
    assert verify.verify(session, instance.id).ok
