"""Evaluations: once a service, poor ones rectified, the applicant's words never in the clear."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from engine import clock
from engine.casework import cases, deadlines, evaluations, housekeeping, rectifications
from engine.casework.demonstration import opinions, stories
from engine.db import Database, reading, transaction
from engine.models import CalendarDay, Evaluation, EventValue, Instance, Office, Scope, Task
from engine.people import succession
from engine.people.identity import Actor
from engine.process import instances, messages, worker
from engine.record import personal
from engine.record.verify import verify
from tests.engine.casework.acting import case_of, do, events_of

MONDAY = datetime(2026, 9, 14, 2, tzinfo=UTC)
WORDS = "窗口的人让我等了两个小时"
FOUND = {"evaluation_finding": "confirmed", "rectification": "已增开窗口。"}
CALLED = {"call_back": "satisfied", "call_back_note": "申请人说可以"}


@pytest.fixture
def closed(database: Database, staff: dict[str, Actor]) -> UUID:
    """A declaration that is closed and waits for its evaluation."""
    with clock.at(MONDAY):
        return stories.play(database, stories.tax(1, stories.PAID), staff, demo=True)


def evaluate(database: Database, case: UUID, grade: int, **more: object) -> None:
    with transaction(database) as session:
        evaluations.evaluate(
            session, case, grade, channel="online", by=Actor.system(), **more  # type: ignore
        )


def latest(database: Database, case: UUID) -> Evaluation:
    with reading(database) as session:
        found = evaluations.latest(session, case_of(database, case))
        assert found is not None
        session.expunge(found)
        return found


def status(database: Database, case: UUID) -> str:
    with reading(database) as session:
        return session.get_one(Instance, case).status


def test_a_closed_case_invites_by_its_last_paper_and_its_process_goes_on(
    database: Database, closed: UUID
) -> None:
    case, invited = case_of(database, closed), latest(database, closed)

    assert (case.stage, case.outcome, case.closed_at is not None) == ("closed", "granted", True)
    assert status(database, closed) == "running"
    assert invited.paper_no == f"{case.case_no}-SD-1"  # the proof of service
    assert invited.due_on == clock.local_date(MONDAY) + timedelta(days=30)
    assert (invited.office_id, invited.grade) == ("500103-tax", None)


def test_a_good_evaluation_ends_it_and_the_case_is_archived(
    database: Database, closed: UUID
) -> None:
    with clock.at(MONDAY + timedelta(days=1)):
        evaluate(database, closed, 5)
        worker.run_once(database)

    assert status(database, closed) == "completed"
    assert (latest(database, closed).grade, latest(database, closed).channel) == (5, "online")


def test_silence_is_no_grade(database: Database, closed: UUID) -> None:
    with clock.at(MONDAY + timedelta(days=30)):
        worker.run_once(database)
        assert latest(database, closed).lapsed_at is None
    with clock.at(MONDAY + timedelta(days=31)):
        worker.run_once(database)
        worker.run_once(database)

    found = latest(database, closed)
    assert (found.grade, found.lapsed_at is not None) == (None, True)
    assert status(database, closed) == "completed"


@pytest.mark.parametrize("grade", [1, 2])
def test_a_poor_evaluation_is_rectified_and_told_by_the_handling_office(
    database: Database, closed: UUID, staff: dict[str, Actor], grade: int
) -> None:
    with clock.at(MONDAY):
        evaluate(database, closed, grade, reasons=["slow"])
    with reading(database) as session:
        key = stories.waiting(session, closed, "Activity_RectifyEvaluation")
        task = session.get_one(Task, (key.instance_id, key.number))
        limit = deadlines.find(session, case_of(database, closed), "rectify")
        assert limit is not None and task.due_at is not None
        assert (task.office_id, clock.local_date(task.due_at)) == ("500103-tax", limit.due_on)
        assert (limit.days, limit.unit) == (rectifications.RECTIFY_DAYS, "workday")

    with clock.at(MONDAY + timedelta(days=2)):
        do(database, closed, staff[stories.SUN], "Activity_RectifyEvaluation", FOUND)
        do(database, closed, staff[stories.SUN], "Activity_CallBack", CALLED)
        worker.run_once(database)

    found = latest(database, closed)
    assert (found.finding, found.call_back) == ("confirmed", "satisfied")
    assert found.rectified_at is not None
    assert status(database, closed) == "completed"
    (told,) = events_of(database, closed, "evaluation.rectified")
    assert told["measures"][1] == "已增开窗口。"
    with reading(database) as session:
        limit = deadlines.find(session, case_of(database, closed), "rectify")
        assert limit is not None and limit.met_on == clock.local_date(MONDAY + timedelta(days=2))
        assert verify(session, closed).first_bad is None


@pytest.mark.parametrize("grade", [3, 4, 5])
def test_other_grades_need_no_reason_and_make_no_task(
    database: Database, closed: UUID, grade: int
) -> None:
    with clock.at(MONDAY):
        evaluate(database, closed, grade)

    with reading(database) as session, pytest.raises(LookupError):
        stories.waiting(session, closed, "Activity_RectifyEvaluation")


@pytest.mark.parametrize(
    ("grade", "more", "error"),
    [
        (0, {}, evaluations.GradeInvalid),
        (6, {}, evaluations.GradeInvalid),
        (1, {}, evaluations.PoorWithoutReason),
        (2, {"reasons": ["unheard-of"], "text": "  "}, evaluations.PoorWithoutReason),
        (5, {"text": "好" * 501}, evaluations.EvaluationTextTooLong),
    ],
)
def test_what_is_not_whole_is_not_kept(
    database: Database, closed: UUID, grade: int, more: dict[str, object], error: type[Exception]
) -> None:
    with clock.at(MONDAY), pytest.raises(error):
        evaluate(database, closed, grade, **more)

    assert latest(database, closed).evaluated_at is None


def test_a_service_is_evaluated_once(database: Database, closed: UUID) -> None:
    with clock.at(MONDAY):
        evaluate(database, closed, 4)
        with pytest.raises(evaluations.EvaluationClosed):
            evaluate(database, closed, 1, reasons=["slow"])

    assert latest(database, closed).grade == 4


def test_nobody_evaluates_after_the_time_or_before_the_end(
    database: Database, closed: UUID, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY + timedelta(days=31)), pytest.raises(evaluations.EvaluationClosed):
        evaluate(database, closed, 5)  # though no worker has noted it yet
    open_case = stories.play(database, stories.pharmacy(1), staff, demo=True)
    with pytest.raises(evaluations.EvaluationClosed):
        evaluate(database, open_case, 5)


def test_words_are_encrypted_and_no_variable(
    database: Database, closed: UUID, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY):
        evaluate(database, closed, 1, text=WORDS)
        do(database, closed, staff[stories.SUN], "Activity_RectifyEvaluation", FOUND)
        do(database, closed, staff[stories.SUN], "Activity_CallBack", CALLED)

    with reading(database) as session:
        assert personal.values(session, closed)["evaluation.1.text"] == WORDS
        assert personal.values(session, closed)["call_back_note"] == CALLED["call_back_note"]
        shown = {one.field: one.value for one in personal.shown(session, closed)}
        assert shown["evaluation.1.text"] == "***"
        values = session.scalars(select(EventValue).where(EventValue.instance_id == closed))
        told = b"".join(one.value for one in values).decode(errors="replace")
        kept = session.scalars(select(Scope).where(Scope.instance_id == closed))
        state = b"".join(one.state for one in kept).decode(errors="replace")
        variables = str(session.get_one(Instance, closed).variables)
    for secret in (WORDS, CALLED["call_back_note"]):
        assert secret not in told + state + variables


def test_a_closed_case_cannot_be_stopped_while_it_waits(
    database: Database, closed: UUID, staff: dict[str, Actor]
) -> None:
    with pytest.raises(cases.CaseClosed), transaction(database) as session:
        case = cases.get(session, closed)
        cases.stop(session, case, "withdraw", reason="改变主意", by=staff[stories.LI])
    with pytest.raises(cases.CaseClosed), transaction(database) as session:
        # as a program could send it past the case
        payload = {"stop_kind": "withdraw"}
        messages.deliver_to(session, closed, cases.STOPPED, payload, by=Actor.system())

    assert case_of(database, closed).outcome == "granted"
    assert status(database, closed) == "running"


@pytest.mark.parametrize("said", ["good", "poor"])
def test_a_message_alone_is_no_evaluation(database: Database, closed: UUID, said: str) -> None:
    with pytest.raises(evaluations.EvaluationNotGiven), transaction(database) as session:
        messages.send(session, "case.evaluated", payload={"evaluation": said}, by=Actor.system())

    assert status(database, closed) == "running"
    with clock.at(MONDAY):
        evaluate(database, closed, 3)


@pytest.mark.parametrize("grade", [5, None])
def test_a_grade_that_was_changed_by_hand_is_found(
    database: Database, closed: UUID, grade: int | None
) -> None:
    with clock.at(MONDAY):
        evaluate(database, closed, 2, reasons=["slow"])
    with transaction(database) as session:
        session.execute(update(Evaluation).values(grade=grade))

    with reading(database) as session:
        found = verify(session, closed).first_bad
    assert found is not None and "grade" in found.problem


def test_a_calendar_that_ends_loses_no_evaluation(
    database: Database, staff: dict[str, Actor]
) -> None:
    december = datetime(2026, 12, 28, 2, tzinfo=UTC)
    with transaction(database) as session:
        session.execute(delete(CalendarDay).where(CalendarDay.day > date(2026, 12, 31)))
    with clock.at(december):
        case = stories.play(database, stories.tax(2, stories.PAID), staff, demo=True)
        evaluate(database, case, 1, reasons=["attitude"])

    with reading(database) as session:
        limit = deadlines.find(session, case_of(database, case), "rectify")
        assert limit is not None and limit.due_on is None
        stories.waiting(session, case, "Activity_RectifyEvaluation")


def test_a_process_that_is_cancelled_takes_its_invitation_back(
    database: Database, closed: UUID
) -> None:
    with clock.at(MONDAY + timedelta(days=1)):
        with transaction(database) as session:
            instances.cancel(session, closed, by=Actor.system(), reason="演示")
        with pytest.raises(evaluations.EvaluationClosed):
            evaluate(database, closed, 5)

    case = case_of(database, closed)
    assert (case.outcome, case.stage) == ("granted", "closed")
    assert clock.local_date(case.closed_at) == clock.local_date(MONDAY)


def test_an_office_that_ends_leaves_its_name_on_closed_cases_and_passes_rectification_on(
    database: Database, closed: UUID, staff: dict[str, Actor]
) -> None:
    with clock.at(MONDAY):
        evaluate(database, closed, 1, reasons=["slow"])
        with transaction(database) as session:
            session.get_one(Office, "500103-tax").successor_id = "500102-tax"
            session.get_one(Office, "500103-tax").valid_to = clock.today()
    with clock.at(MONDAY + timedelta(days=1)):
        housekeeping.daily(database)
        housekeeping.daily(database)

    assert case_of(database, closed).handling_office_id == "500103-tax"
    with reading(database) as session:
        key = stories.waiting(session, closed, "Activity_RectifyEvaluation")
        assert session.get_one(Task, (key.instance_id, key.number)).office_id == "500102-tax"
        assert succession.pending(session) == []
    assert len(events_of(database, closed, "office.succeeded")) == 1


def test_a_demonstration_has_an_evaluation_to_rectify(
    database: Database, staff: dict[str, Actor]
) -> None:
    told = [stories.tax(1, stories.PAID), stories.pharmacy(1), stories.tax(2, stories.PAID)]
    told.append(stories.tax(3, stories.PAID))
    played = [stories.play(database, story, staff, demo=True) for story in told]

    assert opinions.give(database, played) == 2

    grades = [latest(database, played[number]).grade for number in (0, 2, 3)]
    assert grades == [2, 5, None]
    with reading(database) as session:
        stories.waiting(session, played[0], "Activity_RectifyEvaluation")
