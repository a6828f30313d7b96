"""Limits of a case: counted by hand here, day by day, and compared with what is stored."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar import holidays
from engine.calendar.workdays import CalendarEnds
from engine.casework import deadlines
from engine.models import CalendarDay, Case, ClockStop, Instance, MatterVersion, Office
from engine.people.identity import Actor
from engine.record import history
from engine.record.verify import verify
from tests.engine.record.cases import make_instance

HOLIDAYS = Path(__file__).parents[3] / "catalogue" / "holidays"
ONE_DAY = timedelta(days=1)
CLERK = Actor.system()


@contextmanager
def on(day: date | str, hour: int = 10) -> Iterator[None]:
    """Work at an hour of a Shanghai day."""
    found = date.fromisoformat(day) if isinstance(day, str) else day
    with clock.at(clock.start_of(found) + timedelta(hours=hour)):
        yield


@pytest.fixture
def case(session: Session) -> Case:
    """A case, with the calendar of the published years."""
    holidays.load_folder(session, HOLIDAYS)
    return prepared(session)


def prepared(session: Session) -> Case:
    """Return a case of a new office and matter."""
    session.add(
        Office(
            id="office-test", name="窗口", name_en="Window", short_name="窗口",
            level="district", roles=["intake"],
        )
    )  # fmt: skip
    session.add(MatterVersion(hash="m", matter_no=119, content={}, added_at=clock.now()))
    session.flush()
    return make_case(session)


def make_case(session: Session) -> Case:
    """Return a new case of the prepared matter."""
    case = Case(
        instance_id=make_instance(session).id,
        matter_no=119,
        matter_hash="m",
        stage="accepted",
        channel="window",
        intake_office_id="office-test",
        created_at=clock.now(),
    )
    session.add(case)
    session.flush()
    return case


def types_of(session: Session, case: Case) -> list[str]:
    """Return the types of the events of a case."""
    return [event.type for event in history.events(session, case.instance_id)]


def test_twenty_working_days_leave_out_the_spring_festival(session: Session, case: Case) -> None:
    with on("2026-02-02"):
        row = deadlines.start(session, case, "statutory", 20)

    assert (row.started_on, row.due_on) == (date(2026, 2, 2), date(2026, 3, 6))


@pytest.mark.parametrize(
    ("days", "unit", "due_on"),
    [
        (0, "workday", "2026-01-05"),
        (5, "workday", "2026-01-12"),
        (4, "day", "2026-01-09"),
        (5, "day", "2026-01-12"),  # ends on a Saturday, so on the Monday after
    ],
)
def test_a_limit_ends_on_a_working_day(
    session: Session, case: Case, days: int, unit: str, due_on: str
) -> None:
    with on("2026-01-05"):
        row = deadlines.start(session, case, "promised", days, unit)

    assert row.due_on == date.fromisoformat(due_on)


def test_stopped_working_days_are_not_counted(session: Session, case: Case) -> None:
    with on("2026-01-05"):  # a Monday
        deadlines.start(session, case, "promised", 10)
        deadlines.start(session, case, "statutory", 20)
    with on("2026-01-07"):
        deadlines.stop(session, case, kind="expert-review", reason="专家评审", by=CLERK)
    with on("2026-01-12"):  # Thursday, Friday and Monday stand
        deadlines.resume(session, case, kind="expert-review", by=CLERK)

    promised = deadlines.find(session, case, "promised")
    statutory = deadlines.find(session, case, "statutory")
    assert promised and promised.due_on == date(2026, 1, 22)
    assert statutory and statutory.due_on == date(2026, 2, 5)


def test_a_stop_within_one_day_costs_nothing(session: Session, case: Case) -> None:
    with on("2026-01-05"):
        before = deadlines.start(session, case, "promised", 10).due_on
        deadlines.stop(session, case, kind="hearing", reason="听证", by=CLERK)
        deadlines.resume(session, case, kind="hearing", by=CLERK)

    row = deadlines.find(session, case, "promised")
    assert row and row.due_on == before


def test_overlapping_stops_are_counted_once(session: Session, case: Case) -> None:
    with on("2026-01-05"):
        deadlines.start(session, case, "promised", 10)
    with on("2026-01-06"):
        deadlines.stop(session, case, kind="correction", reason="补正", by=CLERK)
    with on("2026-01-08"):
        deadlines.stop(session, case, kind="inspection", reason="检验", by=CLERK)
    with on("2026-01-09"):
        deadlines.resume(session, case, kind="correction", by=CLERK)
        assert deadlines.is_stopped(session, case)
        view = deadlines.status(session, case)
    with on("2026-01-13"):
        deadlines.resume(session, case, kind="inspection", by=CLERK)
        assert not deadlines.is_stopped(session, case)

    assert view is not None and view.stopped_by == ("inspection",)
    row = deadlines.find(session, case, "promised")
    assert row and row.due_on == date(2026, 1, 26)  # ten days and the five from 7 to 13 January


def test_other_limits_are_never_stopped(session: Session, case: Case) -> None:
    with on("2026-01-05"):
        deadlines.start(session, case, "notice", 5)
        deadlines.stop(session, case, kind="correction", reason="补正", by=CLERK)
    with on("2026-01-07"):
        view = deadlines.status(session, case, kind="notice")
        deadlines.resume(session, case, kind="correction", by=CLERK)

    assert view and not view.stopped and view.used == 1
    row = deadlines.find(session, case, "notice")
    assert row and row.due_on == date(2026, 1, 12)


def test_a_limit_that_begins_while_the_clock_stands_waits(session: Session, case: Case) -> None:
    with on("2026-01-05"):
        deadlines.stop(session, case, kind="correction", reason="补正", by=CLERK)
    with on("2026-01-06"):
        deadlines.start(session, case, "promised", 3)
    with on("2026-01-08"):
        deadlines.resume(session, case, kind="correction", by=CLERK)

    row = deadlines.find(session, case, "promised")
    assert row and row.due_on == date(2026, 1, 13)


def test_a_limit_begins_once_and_a_met_side_limit_may_begin_again(
    session: Session, case: Case
) -> None:
    with on("2026-01-05"):
        for kind in ("promised", "delivery"):
            deadlines.start(session, case, kind, 5)
            with pytest.raises(deadlines.DeadlineAlreadyRuns):
                deadlines.start(session, case, kind, 5)
            deadlines.meet(session, case, kind)

        with pytest.raises(deadlines.DeadlineAlreadyRuns):
            deadlines.start(session, case, "promised", 5)
    with on("2026-01-12"):
        again = deadlines.start(session, case, "delivery", 5)

    assert (again.started_on, again.met_on) == (date(2026, 1, 12), None)


def test_a_limit_is_extended_once(session: Session, case: Case) -> None:
    with on("2026-01-05"):
        deadlines.start(session, case, "statutory", 20)
        row = deadlines.extend(session, case, "statutory", 10, "案情复杂", CLERK)

        assert (row.days, row.extended_days, row.due_on) == (30, 10, date(2026, 2, 14))
        with pytest.raises(deadlines.AlreadyExtended):
            deadlines.extend(session, case, "statutory", 10, "案情复杂", CLERK)


@pytest.mark.parametrize(
    ("error", "act"),
    [
        (deadlines.DeadlineInvalid, lambda s, c: deadlines.start(s, c, "wished", 5)),
        (deadlines.DeadlineInvalid, lambda s, c: deadlines.start(s, c, "promised", 5, "hour")),
        (deadlines.DeadlineInvalid, lambda s, c: deadlines.start(s, c, "promised", -1)),
        (deadlines.DeadlineInvalid, lambda s, c: deadlines.extend(s, c, "promised", 5, " ", CLERK)),
        (deadlines.NoSuchDeadline, lambda s, c: deadlines.extend(s, c, "promised", 5, "x", CLERK)),
        (deadlines.StopInvalid, lambda s, c: deadlines.stop(s, c, kind="lunch", reason="x")),
        (deadlines.StopInvalid, lambda s, c: deadlines.stop(s, c, kind="hearing", reason=" ")),
        (deadlines.ClockNotStopped, lambda s, c: deadlines.resume(s, c, kind="hearing")),
        (CalendarEnds, lambda s, c: deadlines.start(s, c, "correction", 400)),
    ],
)
def test_what_the_law_does_not_know_is_refused_without_a_trace(
    session: Session, case: Case, error: type[Exception], act
) -> None:
    with on("2026-01-05"), pytest.raises(error):
        act(session, case)

    assert types_of(session, case) == []
    assert deadlines.statuses(session, case, date(2026, 1, 5)) == []


def test_stopping_twice_for_the_same_is_refused(session: Session, case: Case) -> None:
    with on("2026-01-05"):
        deadlines.stop(session, case, kind="hearing", reason="听证", by=CLERK)
        with pytest.raises(deadlines.ClockAlreadyStopped):
            deadlines.stop(session, case, kind="hearing", reason="听证", by=CLERK)


def test_every_change_of_a_clock_is_an_event_with_its_reason(session: Session, case: Case) -> None:
    with on("2026-01-05"):
        deadlines.start(session, case, "promised", 10)
        deadlines.stop(session, case, kind="hearing", reason="申请人要求听证", by=CLERK)
    with on("2026-01-07"):
        deadlines.resume(session, case, kind="hearing", by=CLERK)
        deadlines.extend(session, case, "promised", 5, "案情复杂", CLERK)
        deadlines.meet(session, case, "promised", by=CLERK)
        deadlines.meet(session, case, "promised", by=CLERK)

    assert types_of(session, case) == [
        "clock.started",
        "clock.stopped",
        "clock.resumed",
        "clock.extended",
        "clock.met",
    ]
    resumed = history.events(session, case.instance_id)[2]
    (moved,) = (change for change in resumed.changes if change.field == "promised_due_on")
    assert (moved.before, moved.after) == ("2026-01-19", "2026-01-21")
    assert verify(session, case.instance_id).ok


def test_a_view_tells_the_strip_of_days(session: Session, case: Case) -> None:
    with on("2026-01-05"):
        deadlines.start(session, case, "promised", 5)
    with on("2026-01-06"):
        deadlines.stop(session, case, kind="testing", reason="检测", by=CLERK)
    with on("2026-01-08"):
        deadlines.resume(session, case, kind="testing", by=CLERK)
    with on("2026-01-09"):
        view = deadlines.status(session, case)

    assert view is not None
    assert [(cell.date.day, cell.state) for cell in view.strip] == [
        (6, "used"),
        (7, "stopped"),
        (8, "stopped"),
        (9, "today"),
        (10, "gap"),
        (11, "gap"),
        (12, "left"),
        (13, "left"),
        (14, "left"),
    ]
    assert (view.used, view.left, view.late, view.stopped_days) == (1, 4, 0, 2)
    assert not view.stopped and not view.overdue


def test_a_late_case_shows_how_late(session: Session, case: Case) -> None:
    with on("2026-01-05"):
        deadlines.start(session, case, "promised", 2)
    with on("2026-01-09"):
        view = deadlines.status(session, case)

    assert view is not None
    assert [cell.state for cell in view.strip] == ["used", "used", "beyond", "beyond"]
    assert (view.overdue, view.late, view.left) == (True, 2, 0)


def test_a_standing_clock_tells_the_end_as_if_it_went_on_today(
    session: Session, case: Case
) -> None:
    with on("2026-01-05"):
        deadlines.start(session, case, "promised", 3)
        deadlines.stop(session, case, kind="hearing", reason="听证", by=CLERK)
    with on("2026-01-20"):
        view = deadlines.status(session, case)

    assert view is not None
    assert (view.stopped, view.overdue, view.used, view.due_on) == (
        True, False, 0, date(2026, 1, 23),
    )  # fmt: skip


def test_a_standing_clock_beyond_the_calendar_has_no_known_end(
    session: Session, case: Case
) -> None:
    with on("2026-12-01"):
        deadlines.start(session, case, "promised", 10)
        deadlines.stop(session, case, kind="hearing", reason="听证", by=CLERK)
    with on("2026-12-28"):
        view = deadlines.status(session, case)
        assert view is not None and view.due_on is None and view.stopped
        deadlines.resume(session, case, kind="hearing", by=CLERK)
        view = deadlines.status(session, case)
        assert view is not None and view.due_on is None and not view.stopped and view.left > 0


def test_a_met_limit_stays_as_it_was(session: Session, case: Case) -> None:
    with on("2026-01-05"):
        deadlines.start(session, case, "promised", 5)
    with on("2026-01-07"):
        deadlines.meet(session, case, "promised", by=CLERK)
    with on("2026-03-02"):
        view = deadlines.status(session, case)

    assert view is not None
    assert (view.used, view.left, view.overdue, view.met_on) == (2, 3, False, date(2026, 1, 7))
    assert [cell.state for cell in view.strip][:2] == ["used", "used"]


def test_without_a_kind_the_limit_that_still_runs_is_told(session: Session, case: Case) -> None:
    assert deadlines.status(session, case, date(2026, 1, 5)) is None
    with on("2026-01-05"):
        deadlines.start(session, case, "promised", 5)
        deadlines.start(session, case, "delivery", 10)
        deadlines.meet(session, case, "promised", by=CLERK)
        view = deadlines.status(session, case)

    assert view is not None and view.kind == "delivery"


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC"])
def test_the_day_of_a_stop_is_the_shanghai_day(session: Session, case: Case, zone: str) -> None:
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        with clock.at(datetime(2026, 1, 6, 15, 59, 59, tzinfo=UTC)):
            first = deadlines.stop(session, case, kind="hearing", reason="听证", by=CLERK)
        with clock.at(datetime(2026, 1, 6, 16, 0, 0, tzinfo=UTC)):
            second = deadlines.stop(session, case, kind="testing", reason="检测", by=CLERK)
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()

    assert (first.stopped_on, second.stopped_on) == (date(2026, 1, 6), date(2026, 1, 7))


@dataclass(frozen=True)
class Plan:
    """A life of a case: when its clock starts, and which procedures stop it, in days from then."""

    start: date
    days: int
    unit: str
    stops: dict[str, tuple[int, int]]  # kind -> (first day, length)
    extension: tuple[int, int] | None  # (day, days)
    looked_at: int


PLANS = st.builds(
    Plan,
    start=st.dates(date(2024, 6, 1), date(2026, 3, 1)),
    days=st.integers(1, 25),
    unit=st.sampled_from(["workday", "day"]),
    stops=st.dictionaries(
        st.sampled_from(["correction", "hearing", "expert-review", "quarantine"]),
        st.tuples(st.integers(0, 40), st.integers(0, 25)),
        max_size=4,
    ),
    extension=st.none() | st.tuples(st.integers(0, 20), st.integers(1, 10)),
    looked_at=st.integers(1, 90),
)

PROPERTY = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)


def live(session: Session, plan: Plan) -> Case:
    """Play a plan in the order of its days through the functions that the program uses."""
    case = make_case(session)
    acts: list[tuple[int, int, str, int]] = [(0, 0, "start", 0)]
    for kind, (first, length) in plan.stops.items():
        acts += [(first, 1, f"stop {kind}", 0), (first + length, 2, f"resume {kind}", 0)]
    if plan.extension:
        acts.append((plan.extension[0], 3, "extend", plan.extension[1]))
    for offset, _, act, amount in sorted(acts):
        verb, _, kind = act.partition(" ")
        with on(plan.start + offset * ONE_DAY):
            if verb == "start":
                deadlines.start(session, case, "statutory", plan.days, plan.unit)
            elif verb == "stop":
                deadlines.stop(session, case, kind=kind, reason="因由", by=CLERK)
            elif verb == "resume":
                deadlines.resume(session, case, kind=kind, by=CLERK)
            else:
                deadlines.extend(session, case, "statutory", amount, "因由", CLERK)
    return case


def replay(session: Session, case: Case) -> tuple[date, int, str, list[tuple[date, date]]]:
    """Read start, days, unit and stops of a clock from the events of its case alone."""
    facts: dict[str, object] = {}
    stops: dict[str, list[date]] = {}
    for event in history.events(session, case.instance_id):
        told = {change.field: change.after for change in event.changes}
        if event.type == "clock.started":
            facts = told
        elif event.type == "clock.stopped":
            stops[told["kind"]] = [date.fromisoformat(told["stopped_on"])]
        elif event.type == "clock.resumed":
            stops[told["kind"]].append(date.fromisoformat(told["resumed_on"]))
        elif event.type == "clock.extended":
            facts["days"] = told["days"]
    spans = [(pair[0], pair[1]) for pair in stops.values()]
    return (
        date.fromisoformat(str(facts["started_on"])),
        int(str(facts["days"])),
        str(facts["unit"]),
        spans,
    )


def count_by_hand(
    working: set[date], started_on: date, days: int, unit: str, stops: list[tuple[date, date]]
) -> date:
    """Walk day by day until the limit is used up."""
    left = days
    for offset in itertools.count(1):
        day = started_on + offset * ONE_DAY
        if any(first < day <= last for first, last in stops):
            continue
        if unit == "day" or day in working:
            left -= 1
        if left == 0:
            while day not in working:
                day += ONE_DAY
            return day
    raise AssertionError


def working_days(session: Session) -> set[date]:
    """Return all published working days."""
    return set(session.scalars(select(CalendarDay.day).where(CalendarDay.working.is_(True))))


@PROPERTY
@given(plan=PLANS)
def test_the_stored_end_is_the_one_counted_by_hand_from_the_events(
    session: Session, case: Case, plan: Plan
) -> None:
    lived = live(session, plan)

    row = deadlines.find(session, lived, "statutory")
    assert row is not None
    assert row.due_on == count_by_hand(working_days(session), *replay(session, lived))


@PROPERTY
@given(plan=PLANS)
def test_no_clock_counts_a_stopped_day(session: Session, case: Case, plan: Plan) -> None:
    lived = live(session, plan)
    today = plan.start + plan.looked_at * ONE_DAY

    view = deadlines.status(session, lived, today)

    assert view is not None
    stops = session.scalars(select(ClockStop).where(ClockStop.instance_id == lived.instance_id))
    stopped = {
        row.stopped_on + n * ONE_DAY
        for row in stops
        for n in range(1, ((row.resumed_on or today) - row.stopped_on).days + 1)
        if row.stopped_on + n * ONE_DAY <= today
    }
    counting = {cell.date for cell in view.strip if cell.state not in ("stopped", "gap")}
    assert counting.isdisjoint(stopped)
    states = [cell.state for cell in view.strip]
    whole = states.count("used") + sum(
        cell.state == "beyond" and cell.date < today for cell in view.strip
    )
    if view.due_on is not None:
        assert view.used == whole
        assert view.late == states.count("beyond")
    assert view.stopped == any(
        row.stopped_on <= today and (row.resumed_on is None or row.resumed_on > today)
        for row in session.scalars(
            select(ClockStop).where(ClockStop.instance_id == lived.instance_id)
        )
    )


@PROPERTY
@given(plan=PLANS)
def test_a_life_full_of_stops_leaves_a_chain_in_order(
    session: Session, case: Case, plan: Plan
) -> None:
    lived = live(session, plan)

    report = verify(session, lived.instance_id)

    assert report.ok
    instance = session.get_one(Instance, lived.instance_id)
    assert report.events == instance.event_count == 1 + 2 * len(plan.stops) + bool(plan.extension)
