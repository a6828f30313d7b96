"""The seed of the calendar: each published year, compared day by day with the package it is from."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest

from catalogue import loader, yaml_source


@pytest.mark.parametrize(("year", "working"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_the_published_working_days(year: int, working: int) -> None:
    entries = yaml_source.read(loader.FOLDER / "holidays" / f"{year}.yaml").data
    exceptions = {date.fromisoformat(entry["date"]): entry["working"] for entry in entries}
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    year_days = [day for day in days if day.year == year]

    found = {day: exceptions.get(day, day.weekday() < 5) for day in year_days}

    assert found == {day: chinese_calendar.is_workday(day) for day in year_days}
    assert sum(found.values()) == working


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_only_days_that_differ_from_the_week_are_listed_each_with_its_holiday(year: int) -> None:
    entries = yaml_source.read(loader.FOLDER / "holidays" / f"{year}.yaml").data
    days = [date.fromisoformat(entry["date"]) for entry in entries]

    assert days == sorted(set(days))
    assert all(entry["working"] != (day.weekday() < 5) for day, entry in zip(days, entries))
    assert all(entry["name"] for entry in entries)
