"""Archiving: everything proved before it is listed, or nothing archived and somebody called."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from catalogue import loader
from engine import clock
from engine.casework import documents, evaluations, stored
from engine.casework.demonstration import stories
from engine.db import Database, reading, transaction
from engine.models import Case, CaseArchive, Document, EventValue, Incident, Instance
from engine.people.identity import Actor
from engine.process import incidents, jobs, worker
from engine.record.verify import verify
from tests.engine.casework.acting import case_of, do, events_of, papers_of

MONDAY = datetime(2026, 9, 14, 2, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def concluded(database: Database, staff: dict[str, Actor]) -> UUID:
    """A declaration with an upload, evaluated well, that only has to be archived."""
    with clock.at(MONDAY):
        case = stories.play(database, stories.tax(1), staff, demo=True)
        with transaction(database) as session:
            documents.add_upload(
                session,
                session.get_one(Case, case),
                material_key=None,
                file_name="授权书.pdf",
                data=PDF,
                by=staff[stories.LI],
            )
        do(database, case, staff[stories.LI], "Activity_ConfirmPayment", stories.PAID.values)
        with transaction(database) as session:
            evaluations.evaluate(session, case, 5, channel="window", by=staff[stories.LI])
    return case


def work(database: Database, rounds: int = 1) -> None:
    for number in range(rounds):
        with clock.at(MONDAY + timedelta(days=number)):
            worker.run_once(database)


def archive_of(database: Database, case: UUID) -> CaseArchive | None:
    with reading(database) as session:
        found = session.get(CaseArchive, case)
        if found is not None:
            session.expunge(found)
        return found


def test_the_catalogue_lists_every_file_with_its_hash(database: Database, concluded: UUID) -> None:
    with reading(database) as session:
        before = {
            row.number: row.sha256
            for row in documents.of_case(session, case_of(database, concluded))
        }

    work(database)

    assert papers_of(database, concluded)[-1] == "archive-catalogue"
    with reading(database) as session:
        paper = documents.of_case(session, case_of(database, concluded))[-1]
        content = stored.read(session, concluded, paper.sha256)
        told = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        told = re.sub(r"\s", "", told)
        assert session.get_one(Instance, concluded).status == "completed"
        assert verify(session, concluded).first_bad is None
    assert len(before) == 5 and all(sha256 in told for sha256 in before.values())
    assert "归档目录" in told and "授权书" not in told  # a name somebody gave may hold a person's
    found = archive_of(database, concluded)
    assert found is not None and (found.documents, found.retention) == (5, "10-years")
    assert found.event_head in told and "10年" in told
    (event,) = events_of(database, concluded, "case.archived")
    assert (event["digest"][1], event["paper_no"][1]) == (found.digest, found.paper_no)


def test_a_file_that_was_changed_stops_the_archive_and_nothing_else(
    database: Database, concluded: UUID
) -> None:
    with transaction(database) as session:
        upload = select(Document).where(
            Document.instance_id == concluded, Document.kind == "upload"
        )
        row = session.scalars(upload).one()
        name = stored.stored_name(concluded, row.sha256)
        (place,) = stored.files_of(session).root.rglob(name[2:])
    kept = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))

    work(database, jobs.ATTEMPTS)

    assert archive_of(database, concluded) is None
    assert "archive-catalogue" not in papers_of(database, concluded)
    case = case_of(database, concluded)
    assert (case.outcome, case.stage) == ("granted", "closed")
    with reading(database) as session:
        latest = evaluations.latest(session, case)
        assert latest is not None and latest.grade == 5
        (incident,) = session.scalars(select(Incident).where(Incident.instance_id == concluded))
        assert "was changed" in incident.message and str(case.case_no) in incident.message
        number = incident.number

    place.write_bytes(kept)
    with clock.at(MONDAY + timedelta(days=9)):
        with transaction(database) as session:
            incidents.retry(session, concluded, number, by=Actor.system())
        worker.run_once(database)
    assert archive_of(database, concluded) is not None


def test_an_event_that_was_changed_stops_the_archive(database: Database, concluded: UUID) -> None:
    with transaction(database) as session:
        session.execute(
            update(EventValue)
            .where(EventValue.instance_id == concluded, EventValue.number == 3)
            .values(salt=b"0" * 64)
        )

    work(database, jobs.ATTEMPTS)

    assert archive_of(database, concluded) is None
    with reading(database) as session:
        (incident,) = session.scalars(select(Incident).where(Incident.instance_id == concluded))
        assert "event 3" in incident.message


def test_every_category_says_how_long_it_is_kept() -> None:
    kept = {key: one.retention for key, one in loader.load_categories().items()}

    assert len(kept) == 20
    assert kept["notary"] == "permanent" and kept["licence-simple"] == "30-years"
