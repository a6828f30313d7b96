"""Beside the chain: keys, files and left-over values that no longer agree with it are named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from engine import clock
from engine.models import Document, Event, Instance, PersonKey
from engine.record import history, keys, personal
from engine.record.history import Entry, Value
from engine.record.verify import verify
from tests.engine.record.cases import fill

ONE, OTHER = "1" * 64, "2" * 64


@pytest.fixture
def case(session: Session, instance: Instance) -> Instance:
    """A case with two persons' data and two files."""
    fill(session, instance)
    personal.keep(session, instance.id, "applicant.name", "张虚构")
    personal.keep(session, instance.id, "agent.name", "李虚构", person="agent")
    keys.person_key(session, instance.id, keys.FILES)
    add_file(session, instance, 1, ONE, "document.added")
    add_file(session, instance, 2, OTHER, "paper.issued")
    return instance


def add_file(session: Session, instance: Instance, number: int, sha256: str, type_: str) -> None:
    session.add(
        Document(
            instance_id=instance.id, number=number, kind="upload", file_name="a.pdf",
            media_type="application/pdf", size=1, sha256=sha256, created_at=clock.now(),
            created_by="system",
        )
    )  # fmt: skip
    facts = {"number": Value(after=number), "sha256": Value(after=sha256)}
    history.append(session, instance, [Entry(type_, "system", fields=facts)])


def problem(session: Session, instance: Instance) -> str | None:
    session.flush()
    session.expire_all()
    fault = verify(session, instance.id).first_bad
    return fault.problem if fault else None


def test_a_case_whose_holdings_agree_is_in_order(session: Session, case: Instance) -> None:
    assert problem(session, case) is None


@pytest.mark.parametrize("person", ["applicant", "agent"])
def test_what_was_destroyed_on_record_is_in_order(
    session: Session, case: Instance, person: str
) -> None:
    personal.destroy(session, case.id, person, actor="u1", reason="期满")

    assert problem(session, case) is None


@pytest.mark.parametrize("person", ["applicant", "agent", keys.FILES])
def test_a_key_that_is_gone_without_an_event_is_named(
    session: Session, case: Instance, person: str
) -> None:
    session.execute(
        update(PersonKey)
        .where(PersonKey.instance_id == case.id, PersonKey.person == person)
        .values(wrapped=None)
    )

    assert problem(session, case) == f"the key of {person} is gone, and no event says so"


def test_the_event_of_one_person_does_not_cover_another(session: Session, case: Instance) -> None:
    personal.destroy(session, case.id, "agent", actor="u1", reason="期满")
    keys.destroy(session, case.id, "applicant")

    assert problem(session, case) == "the key of applicant is gone, and no event says so"


def swap_the_files(session: Session, case: Instance) -> None:
    session.get_one(Document, (case.id, 1)).sha256 = OTHER
    session.get_one(Document, (case.id, 2)).sha256 = ONE


def change_a_file(session: Session, case: Instance) -> None:
    session.get_one(Document, (case.id, 1)).sha256 = "3" * 64


def drop_a_file(session: Session, case: Instance) -> None:
    session.execute(delete(Document).where(Document.instance_id == case.id, Document.number == 1))


@pytest.mark.parametrize("tamper", [swap_the_files, change_a_file, drop_a_file])
def test_a_file_that_is_not_the_one_of_its_event_is_named(
    session: Session, case: Instance, tamper: Callable[[Session, Instance], None]
) -> None:
    tamper(session, case)

    session.flush()
    session.expire_all()
    fault = verify(session, case.id).first_bad
    assert fault is not None and fault.sequence == 5
    assert fault.problem == "its file is not the one that is listed now"


def test_a_file_that_no_event_tells_of_is_named(session: Session, case: Instance) -> None:
    session.add(
        Document(
            instance_id=case.id, number=3, kind="upload", file_name="b.pdf",
            media_type="application/pdf", size=1, sha256=ONE, created_at=clock.now(),
            created_by="system",
        )
    )  # fmt: skip

    assert problem(session, case) == "no event says where file 3 comes from"


def test_values_left_behind_by_a_cut_tail_betray_it(session: Session, case: Instance) -> None:
    session.execute(delete(Event).where(Event.instance_id == case.id, Event.sequence > 4))
    case.event_count = 4
    case.event_head = session.get_one(Event, (case.id, 4)).hash

    assert problem(session, case) == "is gone, though its values are still there"
