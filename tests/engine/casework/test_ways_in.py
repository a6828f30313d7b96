"""What may follow later, and what is vouched for: promises, limits, checks and the credit record."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
from engine.casework import (
    calls,
    closing,
    commitments,
    deadlines,
    materials,
    stored,
    tolerance,
    ways_in,
)
from engine.casework.demonstration import applicants
from engine.casework.intake import Application
from engine.casework.materials import MaterialsMissing
from engine.casework.tolerance import ToleranceExtended, ToleranceTooLong
from engine.casework.ways_in import WaysIn
from engine.models import Case, Deadline, Document, Instance, MaterialReceived
from engine.process.operations import OperationCall
from engine.record import history, personal
from tests.engine.casework.paper_cases import CLERK, NOON, make_case

HOLIDAYS = Path(__file__).parents[3] / "catalogue" / "holidays"
PHARMACY = 11


@pytest.fixture(autouse=True)
def calendar(session: Session) -> None:
    holidays.load_folder(session, HOLIDAYS)


@pytest.fixture
def case(session: Session) -> Case:
    """A case of matter 11 with one tolerable material promised for later."""
    made = make_case(session, PHARMACY)
    made.received_at, made.decided_at = NOON, None
    session.merge(
        MaterialReceived(
            instance_id=made.instance_id, material_key=tolerable().key, state="tolerated"
        )
    )
    session.flush()
    return made


def tolerable() -> Any:
    return next(one for one in loader.load().matters[PHARMACY].materials if one.tolerable)


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


def text_of(session: Session, case: Case, paper: str) -> str:
    found = session.scalars(select(Document).where(Document.paper == paper)).one()
    pages = PdfReader(io.BytesIO(stored.read(session, case.instance_id, found.sha256))).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def test_a_promise_is_printed_with_its_materials_and_last_day(session: Session, case: Case) -> None:
    with clock.at(NOON):
        said = tolerance.begin(call(session, case), case)

    row = deadlines.find(session, case, "tolerance")
    assert row is not None and row.days == tolerance.DAYS
    assert said["tolerance_due_at"] == clock.start_of(row.due_on + timedelta(days=1)).isoformat()
    text = text_of(session, case, "tolerance-promise")
    assert tolerable().name in text and f"{row.due_on.month}月{row.due_on.day}日" in text


def test_without_a_promise_nothing_begins(session: Session, case: Case) -> None:
    row = session.get_one(MaterialReceived, (case.instance_id, tolerable().key))
    row.state = "received"

    assert tolerance.begin(call(session, case), case) == {}
    assert tolerance.check(call(session, case)) == {"tolerance": "none"}


def test_what_comes_before_the_decision_meets_the_limit(session: Session, case: Case) -> None:
    with clock.at(NOON):
        tolerance.begin(call(session, case), case)
        assert tolerance.check(call(session, case))["tolerance"] == "open"
        with pytest.raises(MaterialsMissing):
            tolerance.take(call(session, case))

        materials.mark(session, case, tolerable().key, received=True, by=CLERK)
        tolerance.settle(session, case, by=CLERK)

        assert deadlines.find(session, case, "tolerance").met_on == clock.today()
        assert tolerance.check(call(session, case)) == {"tolerance": "supplied"}


def test_a_mark_taken_back_is_a_promise_again(session: Session, case: Case) -> None:
    with clock.at(NOON):
        tolerance.begin(call(session, case), case)
        row = deadlines.find(session, case, "tolerance")
        due_on = row.due_on
        for received in (True, False):
            materials.mark(session, case, tolerable().key, received=received, by=CLERK)
            tolerance.settle(session, case, by=CLERK)

    assert materials.tolerated(session, case) == [tolerable().key]
    assert (row.met_on, row.due_on) == (None, due_on)


def test_what_came_unconfirmed_is_no_lapse(session: Session, case: Case) -> None:
    with clock.at(NOON):
        tolerance.begin(call(session, case), case)
        materials.mark(session, case, tolerable().key, received=True, by=CLERK)

        assert tolerance.lapse(call(session, case)) == {"tolerance": "supplied"}


def test_the_limit_stays_overdue_until_somebody_decides(session: Session, case: Case) -> None:
    with clock.at(NOON):
        tolerance.begin(call(session, case), case)
        tolerance.lapse(call(session, case))
        assert deadlines.find(session, case, "tolerance").met_on is None

        tolerance.refuse(call(session, case, tolerance_reason="逾期未补。"))

        assert deadlines.find(session, case, "tolerance").met_on is not None


def test_a_refusal_waits_for_nothing(session: Session, case: Case) -> None:
    with clock.at(NOON):
        tolerance.begin(call(session, case), case)

    assert tolerance.check(call(session, case, review="reject")) == {"tolerance": "none"}


def test_more_time_is_given_once_and_not_for_long(session: Session, case: Case) -> None:
    with clock.at(NOON):
        tolerance.begin(call(session, case), case)
        tolerance.lapse(call(session, case))
        with pytest.raises(ToleranceTooLong):
            tolerance.extend(call(session, case, tolerance_days=11))

        said = tolerance.extend(call(session, case, tolerance_days=5, tolerance_reason="在途"))

        assert said["tolerance_extended"] is True
        assert deadlines.find(session, case, "tolerance").days == 5
        with pytest.raises(ToleranceExtended):
            tolerance.extend(call(session, case, tolerance_extended=True, tolerance_days=5))


def test_what_never_came_is_refused_with_the_reason(session: Session, case: Case) -> None:
    said = tolerance.refuse(call(session, case, tolerance_reason="逾期未补，也未说明。"))

    assert said == {
        "tolerance": "lapsed",
        "review": "reject",
        "review_opinion": "逾期未补，也未说明。",
    }


def test_a_commitment_is_printed_and_checked(session: Session, case: Case) -> None:
    commitments.sign(session, case, "虚构人")
    with clock.at(NOON):
        assert commitments.begin(call(session, case), case) == {}
        commitments.open_check(call(session, case))
        assert deadlines.find(session, case, "commitment").met_on is None

        said = commitments.keep(call(session, case, commitment_note="属实"))

    assert said == {"commitment": "kept"}
    assert deadlines.find(session, case, "commitment").met_on is not None
    assert "虚构人" in text_of(session, case, "commitment")
    assert "虚构人" not in str(history.events(session, case.instance_id, reveal=True))


@pytest.mark.parametrize("is_closed", [True, False])
def test_no_limit_runs_on_when_the_process_is_ended_from_outside(
    session: Session, case: Case, is_closed: bool
) -> None:
    instance = session.get_one(Instance, case.instance_id)
    with clock.at(NOON):
        commitments.open_check(call(session, case))
        case.closed_at = clock.now() if is_closed else None
        instance.status = "cancelled"

        closing.on_finished(session, instance, CLERK)

    running = select(Deadline.kind).where(Deadline.met_on.is_(None))
    assert session.scalars(running).all() == []


def test_a_false_commitment_is_revoked_and_its_giver_may_not_commit_again(
    session: Session, case: Case
) -> None:
    number = applicants.credit_code(7)
    personal.keep(session, case.instance_id, "applicant.id_no", number)
    commitments.sign(session, case, "虚构人")
    assert not commitments.is_barred(session, number)
    with clock.at(NOON):
        calls.issue(call(session, case), case, "decision-granted", decided_on=clock.today())
        commitments.open_check(call(session, case))

        said = commitments.revoke(call(session, case, commitment_note="现场核查不符。"))

    assert said["outcome"] == case.outcome == "revoked"
    assert commitments.is_barred(session, number)
    (entry,) = commitments.entries(session)
    assert (entry.instance_id, number in str(vars(entry))) == (case.instance_id, False)
    assert "现场核查不符。" in text_of(session, case, "revocation")
    granted = session.scalars(select(Document).where(Document.paper == "decision-granted")).one()
    assert granted.withdrawn_at is not None


@pytest.mark.parametrize(
    ("allowed", "given", "signed", "error"),
    [
        (WaysIn(True, True), "committed", None, {"materials.proof": ("commitment-unsigned", {})}),
        (WaysIn(True, False), "received", "甲", {"commitment": ("commitment-not-allowed", {})}),
        (WaysIn(True, True), "committed", "甲", {}),
        (WaysIn(True, True), "received", None, {}),
    ],
)
def test_a_commitment_is_signed_and_allowed(
    session: Session, allowed: WaysIn, given: str, signed: str | None, error: dict
) -> None:
    handed = Application(applicants.person(1), materials={"proof": given}, commitment=signed)

    assert ways_in.check(session, allowed, handed) == error


def test_whoever_gave_a_false_commitment_is_known_however_the_number_is_typed(
    session: Session, case: Case
) -> None:
    given = applicants.person(1)
    personal.keep(session, case.instance_id, "applicant.id_no", given.id_no)
    with clock.at(NOON):
        commitments.open_check(call(session, case))
        commitments.revoke(call(session, case, commitment_note="现场核查不符。"))
    typed = replace(given, id_no=f"{given.id_no[:6]}-{given.id_no[6:]}")
    handed = Application(typed, materials={}, commitment="甲")

    found = ways_in.check(session, WaysIn(True, True), handed)

    assert found == {"commitment": ("commitment-barred", {})}


def test_a_commitment_is_checked_though_the_calendar_ends(session: Session, case: Case) -> None:
    with clock.at(datetime(2026, 12, 30, 4, tzinfo=UTC)):
        assert commitments.open_check(call(session, case)) == {"commitment_finding": None}
        assert commitments.keep(call(session, case))["commitment"] == "kept"


def test_only_what_the_catalogue_allows_can_follow_or_be_vouched_for() -> None:
    one = tolerable()

    assert "tolerated" in WaysIn(True, True).states_of(one)
    assert "tolerated" not in WaysIn(False, True).states_of(one)
    assert "committed" not in WaysIn(True, True).states_of(one) or one.committable
