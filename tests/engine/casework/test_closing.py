"""Limits of tasks in working days end with a day in Shanghai, weekends left out."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from engine.calendar import holidays
from engine.casework import closing, reference


def test_a_limit_of_two_working_days_from_friday_ends_on_tuesday(session: Session) -> None:
    holidays.load_folder(session, reference.HOLIDAYS)
    friday_noon = datetime(2026, 11, 6, 4, 0, tzinfo=UTC)

    end = closing.add_workdays(session, friday_noon, 2)

    assert end == datetime(2026, 11, 10, 15, 59, 59, tzinfo=UTC)
