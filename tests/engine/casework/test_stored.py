"""Stored files: unreadable without the case's key, gone with it, collected when nobody names them."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from engine import clock
from engine.casework import documents, housekeeping, papers, stored
from engine.db import Database, reading, transaction
from engine.files import FileDamaged, FileMissing, FileStore
from engine.models import Case, Document
from engine.process.wiring import Wiring
from engine.record import history, keys, personal
from engine.record.verify import verify
from tests.engine.casework.paper_cases import CLERK, make_case

PDF = "%PDF-1.7 虚构二的营业执照".encode()


@pytest.fixture
def files(wiring: Wiring) -> FileStore:
    assert wiring.files is not None
    return wiring.files


def upload(session: Session, case: Case, data: bytes = PDF) -> Document:
    return documents.add_upload(
        session, case, material_key=None, file_name="a.pdf", data=data, by=CLERK
    )


def on_disk(files: FileStore) -> list[Path]:
    return list(files.root.glob("??/*"))


def plain(session: Session, case: Case, files: FileStore, number: int = 1) -> str:
    """Put a file in as releases did that did not encrypt."""
    sha256 = hashlib.sha256(PDF).hexdigest()
    files.keep(sha256, [PDF])
    row = Document(
        instance_id=case.instance_id, number=number, kind="upload", file_name="01-attachment.pdf",
        media_type="application/pdf", size=len(PDF), sha256=sha256, created_at=clock.now(),
        created_by="system",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return sha256


def content_of(session: Session, case: Case, number: int = 1) -> bytes:
    with documents.open_for(session, case, number, CLERK).content as content:
        return content.read()


def test_uploads_and_papers_are_not_readable_on_the_disk(
    session: Session, files: FileStore
) -> None:
    case = make_case(session)
    row = upload(session, case)
    paper = papers.issue(session, case, "acceptance-notice", facts={}, by=CLERK)

    assert len(on_disk(files)) == 2
    for path in on_disk(files):
        assert b"%PDF" not in path.read_bytes()
        assert row.sha256 not in str(path) and paper.sha256 not in str(path).replace("/", "")
    assert row.sha256 == hashlib.sha256(PDF).hexdigest()
    assert content_of(session, case, paper.number).startswith(b"%PDF")
    assert content_of(session, case, row.number) == PDF


def test_equal_content_is_kept_once_in_a_case_and_apart_in_two(
    session: Session, files: FileStore
) -> None:
    one, other = make_case(session), make_case(session, case_no=None)
    for _ in range(2):
        upload(session, one)
    upload(session, other)

    assert len(on_disk(files)) == 2
    contents = {path.read_bytes() for path in on_disk(files)}
    assert len(contents) == 2, "equal files of two cases must not look equal"


@pytest.mark.parametrize("person", ["applicant", keys.FILES])
def test_destroying_a_persons_data_makes_the_files_unreadable(
    session: Session, files: FileStore, person: str
) -> None:
    case, other = make_case(session), make_case(session, case_no=None)
    upload(session, case)
    papers.issue(session, case, "acceptance-notice", facts={}, by=CLERK)
    upload(session, other)

    assert personal.destroy(session, case.instance_id, person, actor="u1", reason="期满")

    for number in (1, 2):
        with pytest.raises(keys.DataDestroyed):
            documents.open_for(session, case, number, CLERK)
    assert verify(session, case.instance_id).ok
    assert history.events(session, case.instance_id)[-1].type == "personal.destroyed"
    assert content_of(session, other) == PDF
    assert not personal.destroy(session, case.instance_id, keys.FILES, actor="u1", reason="期满")
    with pytest.raises(keys.DataDestroyed):
        upload(session, case)


def test_files_of_the_agent_go_with_the_agent(session: Session) -> None:
    case = make_case(session)
    upload(session, case)
    personal.keep(session, case.instance_id, "agent.name", "虚构三", person="agent")

    personal.destroy(session, case.instance_id, "agent", actor="u1", reason="期满")

    with pytest.raises(keys.DataDestroyed):
        documents.open_for(session, case, 1, CLERK)


def test_somebody_whom_the_case_does_not_know_takes_no_files_along(session: Session) -> None:
    case = make_case(session)
    upload(session, case)

    assert not personal.destroy(session, case.instance_id, "nobody", actor="u1", reason="期满")
    assert content_of(session, case) == PDF


def test_destroyed_files_leave_the_disk(database: Database, files: FileStore) -> None:
    with transaction(database) as session:
        case, other = make_case(session), make_case(session, case_no=None)
        upload(session, case)
        upload(session, other)
        personal.destroy(session, case.instance_id, "applicant", actor="u1", reason="期满")
        left = other.instance_id
    make_old(files)

    with reading(database) as session:
        assert stored.collect(session, before=yesterday()) == 1
        assert stored.missing(session) == []
        assert content_of(session, session.get_one(Case, left)) == PDF


def test_a_file_in_another_cases_place_does_not_open(session: Session, files: FileStore) -> None:
    one, other = make_case(session), make_case(session, case_no=None)
    upload(session, one)
    upload(session, other)
    place = files.root / path_of(other.instance_id)
    place.write_bytes((files.root / path_of(one.instance_id)).read_bytes())

    with pytest.raises(FileDamaged):
        content_of(session, other)


def test_a_plain_file_in_place_of_an_encrypted_one_does_not_open(
    session: Session, files: FileStore
) -> None:
    case = make_case(session)
    upload(session, case)
    (files.root / path_of(case.instance_id)).write_bytes(PDF)

    with pytest.raises(FileDamaged):
        content_of(session, case)


def path_of(instance_id: UUID) -> str:
    name = stored.stored_name(instance_id, hashlib.sha256(PDF).hexdigest())
    return f"{name[:2]}/{name[2:]}"


def test_what_a_rolled_back_step_left_does_not_spoil_the_next(database: Database) -> None:
    with transaction(database) as session:
        instance_id = make_case(session).instance_id
    with pytest.raises(RuntimeError), transaction(database) as session:
        upload(session, session.get_one(Case, instance_id))
        raise RuntimeError("the step fails, and the key that it made is gone")

    with transaction(database) as session:
        upload(session, session.get_one(Case, instance_id))

    with reading(database) as session:
        assert content_of(session, session.get_one(Case, instance_id)) == PDF


def test_what_a_rolled_back_step_left_is_collected(database: Database, files: FileStore) -> None:
    with transaction(database) as session:
        case = make_case(session)
        instance_id = case.instance_id
        upload(session, case)
    with pytest.raises(RuntimeError), transaction(database) as session:
        upload(session, session.get_one(Case, instance_id), PDF + b" another")
        raise RuntimeError("the step fails")
    assert len(on_disk(files)) == 2

    with reading(database) as session:
        assert stored.collect(session, before=yesterday()) == 0, "the step may still be under way"
        make_old(files)
        assert stored.collect(session, before=yesterday()) == 1
        assert content_of(session, session.get_one(Case, instance_id)) == PDF


def test_a_lost_file_is_said(session: Session, files: FileStore) -> None:
    case = make_case(session)
    row = upload(session, case)
    for path in on_disk(files):
        path.unlink()

    assert stored.missing(session) == [row.sha256]
    with pytest.raises(FileMissing):
        content_of(session, case)


def test_files_of_an_earlier_release_are_read_and_compared_with_their_hash(
    session: Session, files: FileStore
) -> None:
    case = make_case(session)
    sha256 = plain(session, case, files)
    assert content_of(session, case) == PDF
    assert stored.missing(session) == []

    files.keep(sha256, [PDF + b"!"])
    with pytest.raises(FileDamaged):
        content_of(session, case)


def test_files_of_an_earlier_release_are_destroyed_too(session: Session, files: FileStore) -> None:
    case = make_case(session)
    sha256 = plain(session, case, files)

    assert personal.destroy(session, case.instance_id, "applicant", actor="u1", reason="期满")

    with pytest.raises(keys.DataDestroyed):
        content_of(session, case)
    make_old(files)
    stored.collect(session, before=yesterday())
    assert not files.exists(sha256)


def test_housekeeping_encrypts_the_files_of_an_earlier_release(
    database: Database, files: FileStore
) -> None:
    with transaction(database) as session:
        case, other = make_case(session), make_case(session, case_no=None)
        sha256 = plain(session, case, files)
        plain(session, other, files)
        both = (case.instance_id, other.instance_id)
    make_old(files)

    housekeeping.daily(database)

    assert not files.exists(sha256)
    assert not any(PDF in path.read_bytes() for path in on_disk(files))
    with reading(database) as session:
        for instance_id in both:
            assert content_of(session, session.get_one(Case, instance_id)) == PDF


def test_one_damaged_file_does_not_keep_the_others_in_clear(
    database: Database, files: FileStore
) -> None:
    with transaction(database) as session:
        case = make_case(session)
        sha256 = plain(session, case, files)
        plain(session, make_case(session, case_no=None), files)
        second = make_case(session, case_no=None)
        session.add(row_like(second.instance_id, "c" * 64))
    files.keep("c" * 64, [b"not what its name says"])
    make_old(files)

    stored.tidy(database, before=yesterday())

    assert not files.exists(sha256)
    assert files.exists("c" * 64), "what cannot be proven is left for a person to look at"


def row_like(instance_id: UUID, sha256: str) -> Document:
    return Document(
        instance_id=instance_id, number=1, kind="upload", file_name="01-attachment.pdf",
        media_type="application/pdf", size=3, sha256=sha256, created_at=clock.now(),
        created_by="system",
    )  # fmt: skip


def make_old(files: FileStore) -> None:
    for path in on_disk(files):
        os.utime(path, (0, 0))


def yesterday() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)
