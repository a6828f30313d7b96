"""Documents: accepted by content, named neutrally, removable until received."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from engine import clock
from engine.casework import documents
from engine.models import Case, Correction, Document
from engine.record import history
from tests.engine.casework.paper_cases import CLERK, NOON, make_case

PDF = b"%PDF-1.7\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n rest"


@pytest.fixture
def case(session: Session) -> Case:
    made = make_case(session)
    made.received_at = None
    return made


def add(session: Session, case: Case, name: str = "扫描.pdf", data: bytes = PDF) -> Document:
    return documents.add_upload(
        session, case, material_key="change-application", file_name=name, data=data, by=CLERK
    )


def test_a_file_is_kept_and_opened_again(session: Session, case: Case) -> None:
    added = add(session, case)

    opened = documents.open_for(session, case, added.number, CLERK)

    with opened.content as content:
        assert content.read() == PDF
    assert (opened.media_type, opened.size) == ("application/pdf", len(PDF))


def test_the_senders_name_is_kept_encrypted_and_not_in_the_row(
    session: Session, case: Case
) -> None:
    added = add(session, case, "C:\\虚构二\\虚构二的身份证?.PDF")

    assert added.file_name == "01-change-application.pdf"
    assert documents.given_names(session, case) == {1: "虚构二的身份证 .PDF"}


def test_adding_and_removing_stand_in_the_history_without_the_name(
    session: Session, case: Case
) -> None:
    added = add(session, case, "虚构二.pdf")
    documents.remove(session, case, added.number, by=CLERK)

    events = history.events(session, case.instance_id, reveal=True)
    assert [event.type for event in events] == ["document.added", "document.removed"]
    assert "虚构二" not in repr(events)
    assert added.sha256 in repr(events)


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.png", PDF), ("a.exe", b"MZ"), ("a.pdf", b"MZ"), ("pdf", PDF), ("a.pdf.exe", PDF)],
)
def test_content_and_extension_must_agree(
    session: Session, case: Case, name: str, data: bytes
) -> None:
    with pytest.raises(documents.UploadTypeNotAllowed) as refused:
        add(session, case, name, data)

    assert "pdf" in refused.value.params["allowed"]
    assert name not in str(refused.value) or name == "pdf"
    assert documents.of_case(session, case) == []


def test_a_file_over_the_limit_is_refused_with_the_limit(session: Session, case: Case) -> None:
    with pytest.raises(documents.UploadTooLarge) as refused:
        add(session, case, data=PDF + bytes(documents.SIZE_LIMIT))

    assert refused.value.params == {"megabytes": 21, "limit": 20}


def test_a_file_of_exactly_the_limit_is_accepted(session: Session, case: Case) -> None:
    added = add(session, case, data=PDF.ljust(documents.SIZE_LIMIT, b" "))

    assert added.size == documents.SIZE_LIMIT


def test_an_empty_file_is_refused(session: Session, case: Case) -> None:
    with pytest.raises(documents.UploadEmpty):
        add(session, case, data=b"")


def test_a_material_must_be_one_of_the_matter(session: Session, case: Case) -> None:
    with pytest.raises(documents.MaterialUnknown):
        documents.add_upload(
            session, case, material_key="invented", file_name="a.pdf", data=PDF, by=CLERK
        )


def test_a_removed_file_is_gone_and_its_number_is_not_used_again(
    session: Session, case: Case
) -> None:
    first = add(session, case)
    documents.remove(session, case, first.number, by=CLERK)

    second = add(session, case, "b.png", PNG)

    assert second.number == 2
    assert [one.number for one in documents.of_case(session, case)] == [2]
    assert len(documents.of_case(session, case, removed=True)) == 2
    with pytest.raises(documents.DocumentNotFound):
        documents.open_for(session, case, first.number, CLERK)


def test_a_received_file_cannot_be_removed(session: Session, case: Case) -> None:
    added = add(session, case)
    case.received_at = clock.now()

    with pytest.raises(documents.DocumentReceived):
        documents.remove(session, case, added.number, by=CLERK)


def test_what_came_with_the_open_correction_can_be_removed(session: Session, case: Case) -> None:
    with clock.at(NOON):
        before = add(session, case)
    case.received_at = NOON
    told_at = NOON + timedelta(days=1)
    session.add(
        Correction(
            instance_id=case.instance_id,
            number=1,
            items=["x"],
            told_at=told_at,
            due_on=told_at.date(),
        )
    )
    with clock.at(told_at + timedelta(days=1)):
        after = add(session, case)

        documents.remove(session, case, after.number, by=CLERK)
        with pytest.raises(documents.DocumentReceived):
            documents.remove(session, case, before.number, by=CLERK)


def test_a_closed_case_takes_no_files(session: Session, case: Case) -> None:
    case.closed_at = clock.now()

    with pytest.raises(documents.CaseTakesNoDocuments):
        add(session, case)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_sanitised(given: str, kept: str) -> None:
    assert documents.sanitised(given) == kept
