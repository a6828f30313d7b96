"""What is answered rather than decided: reports that come late, enquiries, certificates, clearance."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue import loader
from engine import clock
from engine.calendar import holidays
from engine.casework import clearance, deciding, duties, enquiries, stored
from engine.models import Case, Deadline, Document, Instance
from engine.process.operations import OperationCall
from engine.record import history, personal
from tests.engine.casework.paper_cases import CLERK, NOON, make_case

HOLIDAYS = Path(__file__).parents[3] / "catalogue" / "holidays"


@pytest.fixture(autouse=True)
def calendar(session: Session) -> None:
    holidays.load_folder(session, HOLIDAYS)


def call(session: Session, case: Case, **variables: Any) -> OperationCall:
    made: Any = SimpleNamespace(
        session=session,
        instance=session.get_one(Instance, case.instance_id),
        element="Activity_Here",
        variables=variables,
        parameters={},
        by=CLERK,
        at=clock.now(),
    )
    return made  # type: ignore[no-any-return]


def papers_of(session: Session, case: Case) -> list[str | None]:
    return list(session.scalars(select(Document.paper).order_by(Document.number)))


def text_of(session: Session, case: Case) -> str:
    paper = session.scalars(select(Document)).one()
    content = stored.read(session, case.instance_id, paper.sha256)
    pages = PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def types_of(session: Session, case: Case) -> list[str]:
    return [event.type for event in history.events(session, case.instance_id)]


@pytest.mark.parametrize(
    ("happened_on", "last", "late"),
    [
        ("2026-09-03", date(2026, 9, 18), False),
        ("2026-08-29", date(2026, 9, 14), False),  # the 13th is a Sunday
        ("2026-08-28", date(2026, 9, 14), False),
        ("2026-08-26", date(2026, 9, 10), True),
    ],
)
def test_a_report_is_late_after_its_last_working_day(
    session: Session, happened_on: str, last: date, late: bool
) -> None:
    case = make_case(session, 22)
    personal.keep(session, case.instance_id, "form.happened_on", happened_on, personal=False)

    said = duties.check(call(session, case))

    assert said == {"duty_due_on": last.isoformat(), "is_late": late}
    assert ("duty.late" in types_of(session, case)) is late


def test_a_duty_without_a_date_is_never_late(session: Session) -> None:
    case = make_case(session, 24)

    assert duties.check(call(session, case)) == {"duty_due_on": None, "is_late": False}


def test_an_enquiry_is_taken_up_without_an_acceptance(session: Session) -> None:
    case = make_case(session, 109)
    case.accepted_at = None

    enquiries.take_up(call(session, case))

    assert (case.stage, case.accepted_at) == ("handling", None)
    assert papers_of(session, case) == []
    assert session.scalars(select(Deadline)).all() == []  # answered at once


def test_nothing_on_record_is_an_answer_too(session: Session) -> None:
    case = make_case(session, 82)
    personal.keep(session, case.instance_id, "result_statement", "九月没有入库税款。")

    said = enquiries.no_record(call(session, case))

    assert said == {"decision": "granted", "outcome": "granted"}
    assert papers_of(session, case) == ["no-record-notice"]
    assert "九月没有入库税款。" in text_of(session, case)


def test_what_an_answer_says_is_kept_apart_and_printed(session: Session) -> None:
    case = make_case(session, 109)
    personal.keep(session, case.instance_id, "result_statement", "虚构一未列入欠税公告。")

    deciding.issue_result(call(session, case))

    assert "虚构一未列入欠税公告。" in text_of(session, case)
    assert "虚构一" not in str(history.events(session, case.instance_id, reveal=True))


def test_a_commitment_is_kept_with_its_last_day(session: Session) -> None:
    case = make_case(session, 106)
    with clock.at(NOON):
        said = clearance.promise(
            call(session, case, make_good_by="2026-10-20", unsettled_items="九月未申报")
        )

    assert datetime.fromisoformat(said["make_good_due_at"]) == datetime(
        2026, 10, 20, 16, tzinfo=UTC
    )
    assert "2026年10月20日前（含当日）办结：\n九月未申报" in said["result_statement"]
    assert types_of(session, case) == ["clearance.promised"]


def test_a_commitment_for_today_is_none(session: Session) -> None:
    case = make_case(session, 106)
    with clock.at(NOON), pytest.raises(clearance.PromiseTooEarly):
        clearance.promise(call(session, case, make_good_by="2026-09-14"))


def test_open_matters_are_told_in_writing(session: Session) -> None:
    case = make_case(session, 106)

    said = clearance.refuse(call(session, case, unsettled_items="九月的增值税没有申报。"))

    assert said == {"decision": "refused", "outcome": "refused", "make_good_due_at": None}
    assert papers_of(session, case) == ["unsettled-notice"]
    assert case.outcome_reason == "九月的增值税没有申报。"


@pytest.mark.parametrize(
    ("no", "paper"),
    [(2, "decision-granted"), (11, "change-confirmation"), (25, "result")],
)
def test_the_paper_of_a_grant_is_what_the_matter_promises(
    session: Session, no: int, paper: str
) -> None:
    case = make_case(session, no)

    deciding.grant(call(session, case))

    assert papers_of(session, case) == [paper]
    assert loader.load().by_no(no).result.name


def test_what_is_kept_and_broken_of_a_commitment_is_on_record(session: Session) -> None:
    case = make_case(session, 106)

    clearance.keep(call(session, case, make_good_note="已补申报"))
    clearance.lapse(call(session, case))

    assert types_of(session, case) == ["clearance.kept", "clearance.broken"]
