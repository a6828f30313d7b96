"""Published years become rows for all their days, the same however often they are imported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.calendar import holidays
from engine.calendar.holidays import HolidaysInvalid
from engine.models import CalendarDay

HOLIDAYS = Path(__file__).parents[3] / "catalogue" / "holidays"


@pytest.mark.parametrize(
    ("year", "days", "working"), [(2024, 366, 251), (2025, 365, 248), (2026, 365, 248)]
)
def test_the_years_of_the_catalogue_have_their_published_working_days(
    session: Session, year: int, days: int, working: int
) -> None:
    counted = holidays.load_file(session, HOLIDAYS / f"{year}.yaml")

    assert counted == working
    assert session.scalar(select(func.count(CalendarDay.day))) == days


def test_importing_again_changes_nothing(session: Session) -> None:
    years = holidays.load_folder(session, HOLIDAYS)
    before = _all(session)

    assert holidays.load_folder(session, HOLIDAYS) == years
    assert _all(session) == before
    assert len(before) == sum(366 if year % 4 == 0 else 365 for year in years)


def test_a_corrected_file_replaces_its_year_and_no_other(session: Session) -> None:
    holidays.load_folder(session, HOLIDAYS)
    extra = holidays.Exceptional(date(2026, 3, 2), False, "虚构节")

    holidays.load(session, 2026, [extra], source="test")

    row = session.get_one(CalendarDay, date(2026, 3, 2))
    assert (row.working, row.name, row.source) == (False, "虚构节", "test")
    assert session.get_one(CalendarDay, date(2026, 1, 1)).working
    assert not session.get_one(CalendarDay, date(2025, 1, 1)).working


def test_seeding_fills_in_missing_years_and_leaves_corrected_ones(session: Session) -> None:
    extra = holidays.Exceptional(date(2026, 3, 2), False, "虚构节")
    holidays.load(session, 2026, [extra], source="staff")

    assert holidays.seed(session, HOLIDAYS) == [2024, 2025]
    assert holidays.seed(session, HOLIDAYS) == []
    assert session.get_one(CalendarDay, date(2026, 3, 2)).name == "虚构节"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("2026.yaml", "a: ["),
        ("2026.yaml", "date: 2026-01-01"),
        ("2026.yaml", "- {date: 2026-01-01, working: false}"),
        ("2026.yaml", "- {date: 2026-01-01, working: maybe, name: x}"),
        ("2026.yaml", "- {date: someday, working: false, name: x}"),
        ("2026.yaml", "- {date: 2025-12-31, working: false, name: x}"),
        ("2026.yaml", "- {date: 2026-01-01, working: false, name: x}\n" * 2),
        ("holidays.yaml", "[]"),
    ],
)
def test_a_faulty_file_is_refused_and_nothing_is_written(
    session: Session, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(HolidaysInvalid):
        holidays.load_file(session, tmp_path / name)

    assert _all(session) == []


def _all(session: Session) -> list[tuple[object, ...]]:
    session.expire_all()
    rows = session.scalars(select(CalendarDay).order_by(CalendarDay.day))
    return [(row.day, row.working, row.name, row.source) for row in rows]
