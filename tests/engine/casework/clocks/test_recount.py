"""Whatever happens to the clocks of a case, its events and a calendar lead to the same days.

Plans are drawn at random: stops that overlap, an extension, limits in working and calendar days,
a start anywhere in the published years, also just before a holiday or a made-up day.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar import holidays
from engine.casework import deadlines
from engine.models import Case, MatterVersion, Office
from engine.people.identity import Actor
from engine.record import history
from tests.engine.casework.clocks import counter
from tests.engine.casework.clocks.counter import ONE, Recount
from tests.engine.record.cases import make_instance

CLERK = Actor.system()
KINDS = ("correction", "hearing", "expert-review", "quarantine")
STATUTORY = {"workday": (20, 30, 45), "day": (60, 90)}


@dataclass(frozen=True)
class Plan:
    """The life of a case: its limits, when its clocks stand, and an extension."""

    start: date
    unit: str
    statutory: int
    promised: int
    stops: dict[str, tuple[int, int]]  # begins after, lasts
    extension: tuple[int, int] | None  # after, days
    looked_at: int


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    unit = draw(st.sampled_from(sorted(STATUTORY)))
    statutory = draw(st.sampled_from(STATUTORY[unit]))
    most = statutory if unit == "workday" else statutory * 2 // 3
    return Plan(
        start=draw(st.dates(date(2024, 1, 2), date(2026, 3, 1))),
        unit=unit,
        statutory=statutory,
        promised=draw(st.integers(1, most)),
        stops=draw(
            st.dictionaries(
                st.sampled_from(KINDS),
                st.tuples(st.integers(0, 50), st.integers(0, 25)),
                max_size=4,
            )
        ),
        extension=draw(st.none() | st.tuples(st.integers(0, 15), st.integers(1, 10))),
        looked_at=draw(st.integers(0, 120)),
    )


PROPERTY = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)


@contextmanager
def on(day: date, hour: int = 10) -> Iterator[None]:
    with clock.at(clock.start_of(day) + timedelta(hours=hour)):
        yield


@pytest.fixture
def prepared(session: Session) -> Session:
    """A session that knows the published years, an office and an edition of a matter."""
    holidays.load_folder(session, counter.FILES)
    office = Office(id="o", name="窗口", name_en="Window", short_name="窗口", level="district")
    office.roles = ["intake"]
    session.add(office)
    session.add(MatterVersion(hash="m", matter_no=119, content={}, added_at=clock.now()))
    session.flush()
    return session


def lived(session: Session, plan: Plan) -> Case:
    """Play a plan, day by day, through the functions that the program uses."""
    case = Case(
        instance_id=make_instance(session).id,
        matter_no=119,
        matter_hash="m",
        stage="accepted",
        channel="window",
        intake_office_id="o",
        created_at=clock.now(),
    )
    session.add(case)
    session.flush()
    acts: list[tuple[int, int, str]] = [(0, 0, "start")]
    for kind, (first, length) in plan.stops.items():
        acts += [(first, 1, f"stop {kind}"), (first + length, 2, f"resume {kind}")]
    if plan.extension:
        acts.append((plan.extension[0], 3, "extend"))
    for offset, _, act in sorted(acts):
        with on(plan.start + offset * ONE):
            _do(session, case, plan, *act.split(" "))
    return case


def _do(session: Session, case: Case, plan: Plan, act: str, kind: str = "") -> None:
    if act == "start":
        deadlines.start(session, case, "statutory", plan.statutory, plan.unit, by=CLERK)
        deadlines.start(session, case, "promised", plan.promised, "workday", by=CLERK)
    elif act == "stop":
        deadlines.stop(session, case, kind=kind, reason="因由", by=CLERK)
    elif act == "resume":
        deadlines.resume(session, case, kind=kind, by=CLERK)
    elif plan.extension:
        for limit in ("statutory", "promised"):
            deadlines.extend(session, case, limit, plan.extension[1], "因由", CLERK)


def recount(session: Session, case: Case) -> Recount:
    return counter.recount(history.events(session, case.instance_id, limit=500))


@PROPERTY
@given(plan=plans())
def test_the_stored_day_is_the_one_recounted_from_events_and_calendar(
    prepared: Session, plan: Plan
) -> None:
    case = lived(prepared, plan)

    again = recount(prepared, case)
    for kind in ("statutory", "promised"):
        row = deadlines.find(prepared, case, kind)
        assert row is not None and row.due_on == again.end(kind), kind


@PROPERTY
@given(plan=plans())
@example(plan=Plan(date(2024, 1, 4), "day", 60, 40, {}, None, 30))  # 40 working days are 61
def test_a_promise_never_ends_after_the_law(prepared: Session, plan: Plan) -> None:
    case = lived(prepared, plan)

    ends = {
        one.kind: one
        for one in map(lambda k: deadlines.find(prepared, case, k), ("statutory", "promised"))
        if one
    }
    assert ends["promised"].due_on <= ends["statutory"].due_on
    for day in (plan.start, plan.start + plan.looked_at * ONE):
        views = {one.kind: one for one in deadlines.statuses(prepared, case, day)}
        law, promise = views["statutory"].due_on, views["promised"].due_on
        assert law is None or (promise is not None and promise <= law)


@PROPERTY
@given(plan=plans())
def test_no_clock_counts_a_stopped_day_or_a_day_off(prepared: Session, plan: Plan) -> None:
    case = lived(prepared, plan)
    today = plan.start + plan.looked_at * ONE

    again = recount(prepared, case)
    for view in deadlines.statuses(prepared, case, today):
        counted = [cell.date for cell in view.strip if cell.state in ("used", "today", "beyond")]
        stopped_today = {day for day in counted if day <= today and _was_stopped(again, day, today)}
        assert stopped_today == set()
        if view.unit == "workday":
            assert all(counter.is_working(day) for day in counted)
            assert view.used == sum(
                counter.is_working(day) and not _was_stopped(again, day, today)
                for day in _days(plan.start, today - ONE)
            )


@PROPERTY
@given(plan=plans())
def test_what_a_view_tells_today_is_what_will_be_stored(prepared: Session, plan: Plan) -> None:
    case = lived(prepared, plan)
    last = max([plan.start, *(plan.start + (a + b) * ONE for a, b in plan.stops.values())])

    for view in deadlines.statuses(prepared, case, last):
        row = deadlines.find(prepared, case, view.kind)
        assert row is not None and view.due_on == row.due_on


def _was_stopped(again: Recount, day: date, today: date) -> bool:
    return any(
        begun < day <= min(ended or today, today)
        for _, begun, ended in again.stops
        if begun < today
    )


def _days(after: date, until: date) -> list[date]:
    return [after + n * ONE for n in range(1, max(0, (until - after).days) + 1)]
