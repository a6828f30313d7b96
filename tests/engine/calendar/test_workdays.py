"""Working days: counted as published, from the day after, and never guessed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar import holidays, workdays
from engine.calendar.workdays import ONE_DAY, CalendarEnds
from engine.models import CalendarDay

HOLIDAYS = Path(__file__).parents[3] / "catalogue" / "holidays"


@pytest.fixture(params=["America/Los_Angeles", "UTC", "Asia/Shanghai"])
def machine_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """Set the zone of the machine; it must not matter."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.fixture
def calendar(session: Session) -> Session:
    """A session whose calendar holds the published years."""
    holidays.load_folder(session, HOLIDAYS)
    return session


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-01-05", 0, "2026-01-05"),
        ("2026-01-05", 1, "2026-01-06"),
        ("2026-01-09", 1, "2026-01-12"),  # a Friday, over the weekend
        ("2026-01-01", 1, "2026-01-04"),  # the Sunday after New Year is worked
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday worked before the Spring Festival
        ("2026-02-14", 1, "2026-02-24"),  # over the whole festival
        ("2025-12-31", 20, "2026-01-29"),  # over the turn of the year
        ("2025-09-30", 1, "2025-10-09"),
    ],
)
def test_the_day_after_the_start_is_day_one(
    calendar: Session, start: str, days: int, end: str
) -> None:
    found = workdays.add_workdays(calendar, date.fromisoformat(start), days)

    assert found == date.fromisoformat(end)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    start=st.dates(date(2024, 1, 1), date(2026, 9, 1)),
    days=st.integers(1, 60),
)
def test_counting_forwards_and_counting_between_agree(
    calendar: Session, start: date, days: int
) -> None:
    end = workdays.add_workdays(calendar, start, days)

    assert workdays.is_workday(calendar, end)
    assert workdays.count_workdays(calendar, start, end) == days
    assert workdays.count_workdays(calendar, start, end - ONE_DAY) == days - 1


def test_the_next_working_day_may_be_the_day_itself(calendar: Session) -> None:
    assert workdays.next_workday(calendar, date(2026, 1, 5)) == date(2026, 1, 5)
    assert workdays.next_workday(calendar, date(2026, 1, 10)) == date(2026, 1, 12)
    assert workdays.is_workday(calendar, date(2026, 2, 28))
    assert not workdays.is_workday(calendar, date(2026, 5, 1))


@pytest.mark.parametrize(
    "question",
    [
        lambda session: workdays.is_workday(session, date(2027, 1, 4)),
        lambda session: workdays.next_workday(session, date(2027, 1, 1)),
        lambda session: workdays.add_workdays(session, date(2026, 12, 25), 20),
        lambda session: workdays.add_workdays(session, date(2030, 1, 1), 1),
        lambda session: workdays.count_workdays(session, date(2026, 12, 1), date(2027, 1, 1)),
        lambda session: workdays.add_workdays(session, date(2023, 12, 20), 5),
    ],
)
def test_outside_the_published_years_nothing_is_guessed(calendar: Session, question) -> None:
    with pytest.raises(CalendarEnds) as ended:
        question(calendar)

    assert ended.value.code == "calendar-ends"
    assert ended.value.params["day"]


def test_the_last_published_day_is_still_known(calendar: Session) -> None:
    assert workdays.last_day(calendar) == date(2026, 12, 31)
    assert workdays.add_workdays(calendar, date(2026, 12, 30), 1) == date(2026, 12, 31)
    with pytest.raises(CalendarEnds) as ended:
        workdays.add_workdays(calendar, date(2026, 12, 30), 2)
    assert ended.value.params["day"] == "2027-01-01"


def test_a_missing_year_between_two_published_ones_is_not_jumped(calendar: Session) -> None:
    calendar.execute(
        delete(CalendarDay).where(
            CalendarDay.day >= date(2025, 1, 1), CalendarDay.day <= date(2025, 12, 31)
        )
    )

    with pytest.raises(CalendarEnds) as ended:
        workdays.add_workdays(calendar, date(2024, 12, 30), 5)

    assert ended.value.params["day"] == "2025-01-01"


def test_an_empty_calendar_knows_no_day(session: Session) -> None:
    assert workdays.last_day(session) is None
    with pytest.raises(CalendarEnds):
        workdays.add_workdays(session, date(2026, 1, 5), 1)


@pytest.mark.parametrize(
    ("instant", "today", "next_day"),
    [
        (datetime(2026, 1, 9, 15, 59, 59, tzinfo=UTC), "2026-01-09", "2026-01-12"),
        (datetime(2026, 1, 9, 16, 0, 0, tzinfo=UTC), "2026-01-10", "2026-01-12"),
        (datetime(2026, 1, 11, 16, 0, 0, tzinfo=UTC), "2026-01-12", "2026-01-13"),
    ],
)
def test_days_turn_at_shanghai_midnight_on_any_machine(
    calendar: Session, machine_zone: str, instant: datetime, today: str, next_day: str
) -> None:
    assert machine_zone == os.environ["TZ"]
    with clock.at(instant):
        assert clock.today() == date.fromisoformat(today)
        found = workdays.add_workdays(calendar, clock.today(), 1)

    assert found == date.fromisoformat(next_day)
