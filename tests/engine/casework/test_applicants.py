"""Applicants: everything wrong is told at once; what is kept is encrypted and found again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import applicants
from engine.casework.applicants import Agent, Applicant
from engine.models import CaseData, Instance
from engine.record import personal
from tests.engine.casework.paper_cases import BODY, PERSON
from tests.engine.record.cases import make_instance


@pytest.fixture
def instance(session: Session) -> Instance:
    return make_instance(session)


@pytest.mark.parametrize("applicant", [PERSON, BODY])
def test_a_complete_applicant_has_no_errors(applicant: Applicant) -> None:
    assert applicants.check(applicant) == {}


def test_an_empty_form_is_told_whole() -> None:
    assert applicants.check(Applicant()) == {
        "applicant.kind": ("choose-one", {}),
        "applicant.name": ("required", {}),
        "applicant.id_type": ("choose-one", {}),
        "applicant.id_no": ("required", {}),
        "applicant.phone": ("required", {}),
    }


def test_a_body_needs_an_agent_with_an_authorisation() -> None:
    errors = applicants.check(replace(BODY, agent=None))

    assert set(errors) == {f"agent.{name}" for name in vars(Agent())}


def test_the_agent_of_a_person_needs_an_authorisation_too() -> None:
    agent = replace(BODY.agent or Agent(), authorisation="")

    assert applicants.check(replace(PERSON, agent=agent)) == {
        "agent.authorisation": ("required", {})
    }


@pytest.mark.parametrize(
    ("change", "field", "error"),
    [
        ({"id_type": "uscc"}, "id_type", ("id-type-not-for-holder", {"paper": "统一社会信用代码"})),
        ({"id_no": "500101189503071234"}, "id_no", ("id-no-check-digit", {"paper": "居民身份证"})),
        ({"phone": "电话"}, "phone", ("phone-format", {})),
        ({"name": "虚" * 101}, "name", ("too-long", {"longest": 100})),
        ({"address": "路" * 201}, "address", ("too-long", {"longest": 200})),
        ({"name": "虚\x07构"}, "name", ("not-printable", {"characters": "U+0007"})),
    ],
)
def test_one_wrong_field_is_told_by_code(
    change: dict[str, str], field: str, error: tuple[str, dict[str, object]]
) -> None:
    assert applicants.check(replace(PERSON, **change))[f"applicant.{field}"] == error


def test_a_matter_for_bodies_refuses_a_person() -> None:
    errors = applicants.check(PERSON, kinds={"body"})

    assert errors == {"applicant.kind": ("kind-not-served", {"kind": "person"})}


def test_nobody_is_their_own_agent() -> None:
    agent = Agent("虚构一", PERSON.id_type, PERSON.id_no, "", "授权委托书")

    errors = applicants.check(replace(PERSON, agent=agent))

    assert errors == {"agent.id_no": ("agent-is-applicant", {})}


def test_what_is_kept_is_normalised_and_comes_back(session: Session, instance: Instance) -> None:
    typed = replace(
        PERSON, name=" 虚\u200b构一 ", id_no="500101 18950307 1233", phone="000-00000001"
    )

    applicants.keep(session, instance.id, typed)

    assert applicants.kept(session, instance.id) == PERSON


def test_nothing_personal_lies_in_the_table_in_clear(session: Session, instance: Instance) -> None:
    applicants.keep(session, instance.id, BODY)

    rows = session.scalars(select(CaseData).where(CaseData.instance_id == instance.id)).all()
    clear = {row.field for row in rows if row.person is None}
    public = {"applicant.name", "applicant.id_no", "applicant.address"}  # of a body
    assert clear == public | {"applicant.kind", "applicant.id_type", "agent.id_type"}
    assert BODY.agent is not None
    stored = b"".join(row.value for row in rows)
    secret = (BODY.agent.name, BODY.agent.id_no, PERSON.name, PERSON.id_no)
    assert not any(text.encode() in stored for text in secret)


def test_nothing_of_a_person_lies_in_the_table_in_clear(
    session: Session, instance: Instance
) -> None:
    applicants.keep(session, instance.id, PERSON)

    rows = session.scalars(select(CaseData).where(CaseData.instance_id == instance.id)).all()
    clear = {row.field for row in rows if row.person is None}
    assert clear == {"applicant.kind", "applicant.id_type"}


def test_an_agent_who_is_gone_leaves_nothing_behind(session: Session, instance: Instance) -> None:
    applicants.keep(session, instance.id, replace(PERSON, agent=BODY.agent))

    applicants.keep(session, instance.id, PERSON)

    assert applicants.kept(session, instance.id).agent is None


def test_the_agents_data_can_be_destroyed_alone(session: Session, instance: Instance) -> None:
    applicants.keep(session, instance.id, BODY)

    personal.destroy(session, instance.id, "agent", actor="system", reason="期限届满")

    kept = applicants.kept(session, instance.id)
    assert kept.name == BODY.name
    assert kept.agent is None or kept.agent.name == ""


def test_an_applicant_is_found_by_paper_of_identity(session: Session, instance: Instance) -> None:
    applicants.keep(session, instance.id, PERSON)

    assert personal.find(session, "applicant.id_no", PERSON.id_no) == [instance.id]


def test_flat_fields_and_applicants_are_the_same_thing() -> None:
    assert applicants.from_fields(applicants.as_fields(BODY)) == BODY
    assert applicants.from_fields(applicants.as_fields(PERSON)) == PERSON
