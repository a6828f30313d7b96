"""Personal data: kept apart, masked, found by hash, destroyed for good."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import CaseData, EventValue, Instance, PersonKey
from engine.record import history, keys, masking, personal
from engine.record.history import UNSET
from engine.record.verify import verify
from tests.engine.record.cases import fill

ID_NUMBER = "50010118950307002X"


def test_a_kept_value_comes_back_and_is_not_readable_in_its_row(
    session: Session, instance: Instance
) -> None:
    personal.keep(session, instance.id, "applicant_name", "张虚构")
    personal.keep(session, instance.id, "shop", "假想大药房", personal=False)

    assert personal.values(session, instance.id) == {
        "applicant_name": "张虚构",
        "shop": "假想大药房",
    }
    row = session.get_one(CaseData, (instance.id, "applicant_name"))
    assert "张虚构".encode() not in row.value
    assert session.get_one(CaseData, (instance.id, "shop")).value == '"假想大药房"'.encode()


def test_screens_get_masks(session: Session, instance: Instance) -> None:
    personal.keep(session, instance.id, "applicant_name", "张虚构")
    personal.keep(session, instance.id, "applicant_id_number", ID_NUMBER)
    personal.keep(session, instance.id, "shop", "假想大药房", personal=False)

    shown = {kept.field: (kept.value, kept.state) for kept in personal.shown(session, instance.id)}

    assert shown == {
        "applicant_name": ("张*", "masked"),
        "applicant_id_number": ("5001**********002X", "masked"),
        "shop": ("假想大药房", "clear"),
    }
    assert personal.reveal(session, instance.id, "applicant_id_number") == ID_NUMBER


def test_a_list_gets_one_masked_field_of_many_cases(
    session: Session, another: Callable[[], Instance]
) -> None:
    person, body, gone, empty = another(), another(), another(), another()
    personal.keep(session, person.id, "applicant.name", "张虚构")
    personal.keep(session, body.id, "applicant.name", "假想大药房", personal=False)
    personal.keep(session, gone.id, "applicant.name", "李四")
    personal.destroy(session, gone.id, "applicant", actor="u1", reason="期满")

    ids = [person.id, body.id, gone.id, empty.id]

    assert personal.masked(session, ids, "applicant.name") == {
        person.id: "张*",
        body.id: "假想大药房",
    }
    assert personal.masked(session, [], "applicant.name") == {}


@pytest.mark.parametrize(
    ("field", "value", "masked"),
    [
        ("applicant_name", "张三", "张*"),
        ("agent.name", "Ada Lovelace", "Ada *"),
        ("applicant_id_number", ID_NUMBER, "5001**********002X"),
        ("id_number", "12345", "1****"),
        ("agent_phone", "00012345678", "000****5678"),
        ("email", "nobody@example.org", "n***@example.org"),
        ("delivery_address", "重庆市虚构区想象路1号", "重庆市虚构区***"),
        ("birthday", "1895-03-07", "1895-**-**"),
        ("diagnosis", "none", "***"),
        ("applicant_name", None, None),
        ("owners", [{"name": "李四", "age": 7}], [{"name": "李*", "age": "***"}]),
    ],
)
def test_masks_follow_the_field_name(field: str, value: object, masked: object) -> None:
    assert masking.mask_field(field, value) == masked


def test_a_value_is_found_whatever_its_width_and_case(
    session: Session, another: Callable[[], Instance]
) -> None:
    first, second = another(), another()
    personal.keep(session, first.id, "id_number", ID_NUMBER)
    personal.keep(session, second.id, "passport", ID_NUMBER)

    assert personal.find(session, "id_number", "５００１０１１８９５０３０７００２x ") == [first.id]
    assert personal.find(session, "id_number", "500101") == []


def test_replacing_a_value_replaces_its_search_hash(session: Session, instance: Instance) -> None:
    personal.keep(session, instance.id, "id_number", "1")
    personal.keep(session, instance.id, "id_number", "2")

    assert personal.find(session, "id_number", "1") == []
    assert personal.find(session, "id_number", "2") == [instance.id]


def test_search_hashes_need_the_master_key() -> None:
    assert personal.search_hash(b"a" * 32, "x") != personal.search_hash(b"b" * 32, "x")


def test_destroyed_data_is_gone_and_the_chain_still_verifies(
    session: Session, instance: Instance
) -> None:
    fill(session, instance)
    personal.keep(session, instance.id, "id_number", ID_NUMBER)
    personal.keep(session, instance.id, "agent_name", "李四", person="agent")

    assert personal.destroy(session, instance.id, "applicant", actor="u1", reason="期满")

    assert personal.values(session, instance.id) == {"agent_name": "李四"}
    assert personal.find(session, "id_number", ID_NUMBER) == []
    with pytest.raises(keys.DataDestroyed):
        personal.reveal(session, instance.id, "id_number")
    with pytest.raises(keys.DataDestroyed):
        personal.keep(session, instance.id, "id_number", ID_NUMBER)
    report = verify(session, instance.id)
    assert report.ok
    assert (report.events, report.sealed) == (5, 4)
    shown = history.events(session, instance.id, reveal=True)
    assert shown[0].changes[0].state == "destroyed"
    assert shown[0].changes[0].after is UNSET
    assert shown[-1].type == "personal.destroyed"


def test_destroying_twice_says_that_nothing_was_left(session: Session, instance: Instance) -> None:
    personal.keep(session, instance.id, "id_number", ID_NUMBER)

    personal.destroy(session, instance.id, "applicant", actor="u1", reason="期满")

    assert not personal.destroy(session, instance.id, "applicant", actor="u1", reason="期满")
    assert instance.event_count == 1


def test_a_ciphertext_moved_to_another_case_does_not_open(
    session: Session, another: Callable[[], Instance]
) -> None:
    first, second = another(), another()
    personal.keep(session, first.id, "id_number", "1")
    personal.keep(session, second.id, "id_number", "2")

    first_key = session.get_one(PersonKey, (first.id, "applicant"))
    session.get_one(PersonKey, (second.id, "applicant")).wrapped = first_key.wrapped
    session.flush()

    with pytest.raises(keys.KeyDoesNotFit):
        personal.values(session, second.id)


def test_a_lost_key_without_a_destruction_is_a_fault(session: Session, instance: Instance) -> None:
    fill(session, instance)

    session.delete(session.get_one(PersonKey, (instance.id, "applicant")))
    session.flush()

    report = verify(session, instance.id)
    assert report.first_bad is not None
    assert report.first_bad.sequence == 1


def test_without_a_master_key_nothing_personal_is_written(
    session: Session, instance: Instance
) -> None:
    session.info["wiring"] = None

    with pytest.raises(keys.MasterKeyMissing):
        personal.keep(session, instance.id, "id_number", ID_NUMBER)

    assert session.scalars(select(CaseData)).all() == []
    assert session.scalars(select(EventValue)).all() == []


def test_sealed_bytes_open_at_their_place_only(session: Session) -> None:
    sealed = keys.seal(session, "draft/1", b"typed")

    assert keys.unseal(session, "draft/1", sealed) == b"typed"
    with pytest.raises(keys.KeyDoesNotFit):
        keys.unseal(session, "draft/2", sealed)
