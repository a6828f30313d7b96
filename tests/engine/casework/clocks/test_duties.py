"""The applicant's own limits: moved to a working day, charged by the day, never a refusal."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from catalogue import loader
from catalogue.matter import Matter
from engine.calendar import holidays
from engine.casework import duties
from tests.engine.casework.clocks import counter

PROPERTY = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)


@pytest.fixture
def prepared(session: Session) -> Session:
    holidays.load_folder(session, counter.FILES)
    return session


@pytest.fixture
def matter() -> Matter:
    """The declaration of value-added tax: 15 days after the period, 5/10000 a day."""
    return loader.load().by_no(39)


def answers(period_to: str, tax: int | None = 10_000_00) -> dict[str, object]:
    return {"period_to": period_to, "tax_payable": tax}


@pytest.mark.parametrize(
    ("period_to", "last"),
    [
        ("2026-08-31", date(2026, 9, 15)),  # a Tuesday
        ("2026-09-20", date(2026, 10, 8)),  # 5 October is a holiday, the 8th the first day after it
        ("2026-09-05", date(2026, 9, 20)),  # a Sunday that is worked
        ("2026-09-04", date(2026, 9, 20)),  # a Saturday, and the worked Sunday after it
        ("2026-04-30", date(2026, 5, 15)),
    ],
)
def test_the_last_day_is_a_working_day(
    prepared: Session, matter: Matter, period_to: str, last: date
) -> None:
    assert duties.due_on(prepared, matter, answers(period_to)) == last


def test_a_day_at_the_end_of_all_days_has_no_last_day(prepared: Session, matter: Matter) -> None:
    assert duties.due_on(prepared, matter, answers("9999-12-31")) is None


@pytest.mark.parametrize(
    ("year_end", "last"),
    [
        ("2025-12-31", date(2026, 5, 31)),  # a Sunday, and the Monday after it
        ("2023-12-31", date(2024, 5, 31)),  # of a leap year
        ("2025-09-30", date(2026, 2, 28)),  # February has no thirtieth day
    ],
)
def test_months_end_on_their_day_or_on_their_last_one(
    prepared: Session, year_end: str, last: date
) -> None:
    settlement = loader.load().by_no(48)

    found = duties.due_on(prepared, settlement, answers(year_end))

    assert found is not None and last <= found <= last + timedelta(days=2)


@PROPERTY
@given(period_to=st.dates(date(2024, 1, 1), date(2026, 11, 30)))
def test_the_last_day_is_the_first_working_day_from_the_day_of_the_law_on(
    prepared: Session, matter: Matter, period_to: date
) -> None:
    day = period_to + timedelta(days=15)
    while not counter.is_working(day):
        day += counter.ONE

    assert duties.due_on(prepared, matter, answers(period_to.isoformat())) == day


@pytest.mark.parametrize(
    ("on", "days", "penalty"),
    [
        (date(2026, 9, 15), 0, 0),
        (date(2026, 9, 16), 1, 5_00),
        (date(2026, 9, 19), 4, 20_00),  # a Saturday counts: days of the calendar
        (date(2026, 10, 15), 30, 150_00),
    ],
)
def test_every_day_after_the_last_costs_five_ten_thousandths(
    prepared: Session, matter: Matter, on: date, days: int, penalty: int
) -> None:
    found = duties.lateness(prepared, matter, answers("2026-08-31"), on=on)

    assert found is not None
    assert (found.days, found.penalty, found.rate_per_myriad) == (days, penalty, 5)


@given(st.integers(0, 10**14), st.integers(1, 20), st.integers(0, 5_000))
def test_late_payment_is_rounded_once_to_whole_fen(amount: int, rate: int, days: int) -> None:
    exact = Decimal(amount) * rate * days / 10_000

    found = duties.late_payment(amount, rate, days)

    assert found == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert abs(found - exact) <= Decimal("0.5")


def test_what_is_not_known_is_not_reckoned(prepared: Session, matter: Matter) -> None:
    on = date(2026, 10, 15)

    assert duties.lateness(prepared, matter, {}, on=on) is None
    unknown = duties.lateness(prepared, matter, answers("2026-08-31", None), on=on)
    assert unknown is not None and (unknown.days, unknown.penalty) == (30, None)
    assert duties.lateness(prepared, loader.load().by_no(11), {}, on=on) is None


def test_beyond_the_published_calendar_the_day_of_the_law_stands(
    prepared: Session, matter: Matter
) -> None:
    assert duties.due_on(prepared, matter, answers("2026-12-31")) == date(2027, 1, 15)
