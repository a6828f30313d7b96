"""Holidays: the published calendar of a year, brought into the table of days.

The State Council publishes which days of a year are off and which weekends are worked (调休). A
file `catalogue/holidays/<year>.yaml` lists only these exceptions; here they become one row for
every day of the year, so that a missing row always means "not published". Importing again
replaces the year and changes nothing when the file is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from engine.errors import Invalid
from engine.models import CalendarDay

SATURDAY = 5


class HolidaysInvalid(Invalid):
    """Correct the named entry of the file: date, working (true or false) and name."""

    code = "holidays-invalid"
    message = "The calendar of {year} is not valid: {problem}."


@dataclass(frozen=True)
class Exceptional:
    """A day that differs from the plain week, and the name of the holiday it belongs to."""

    date: date
    working: bool
    name: str


def read(path: Path) -> tuple[int, list[Exceptional]]:
    """Return the year and the exceptions of a file named `<year>.yaml`.

    Raises:
        HolidaysInvalid: the file is not such a list, or holds a day of another year or twice.
    """
    if not path.stem.isdigit():
        raise HolidaysInvalid(year=path.stem, problem="the file name is not a year")
    year = int(path.stem)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise HolidaysInvalid(year=year, problem="the file is not YAML") from error
    if not isinstance(content, list):
        raise HolidaysInvalid(year=year, problem="the file is not a list of days")
    return year, [_entry(year, entry) for entry in content]


def load(session: Session, year: int, days: Iterable[Exceptional], source: str) -> int:
    """Write all days of a year, replacing what was there; return the number of working days.

    Args:
        session: an open transaction.
        year: the published year.
        days: its exceptions; any other day works from Monday to Friday.
        source: where the calendar was published, kept with every row.

    Raises:
        HolidaysInvalid: a day of another year, or a day twice.
    """
    exceptions: dict[date, Exceptional] = {}
    for day in days:
        if day.date.year != year or day.date in exceptions:
            raise HolidaysInvalid(year=year, problem=f"{day.date} is of another year or twice")
        exceptions[day.date] = day
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    rows = [_row(first + timedelta(days=n), exceptions, source) for n in range(length)]
    session.execute(
        delete(CalendarDay).where(CalendarDay.day >= first, CalendarDay.day <= rows[-1]["day"])
    )
    session.execute(insert(CalendarDay), rows)
    return sum(row["working"] for row in rows)


def load_file(session: Session, path: Path) -> int:
    """Read a file and write its year; return the number of working days."""
    year, days = read(path)
    return load(session, year, days, source=path.name)


def load_folder(session: Session, folder: Path) -> list[int]:
    """Write every year of a folder of `<year>.yaml` files; return the years in order."""
    paths = sorted(folder.glob("[0-9][0-9][0-9][0-9].yaml"))
    for path in paths:
        load_file(session, path)
    return [int(path.stem) for path in paths]


def seed(session: Session, folder: Path) -> list[int]:
    """Write the years of a folder of which no day is known yet; return them in order.

    A year that staff imported or corrected stays as it is.
    """
    known = {day.year for day in session.scalars(select(CalendarDay.day))}
    paths = sorted(folder.glob("[0-9][0-9][0-9][0-9].yaml"))
    missing = [path for path in paths if int(path.stem) not in known]
    for path in missing:
        load_file(session, path)
    return [int(path.stem) for path in missing]


def _row(day: date, exceptions: Mapping[date, Exceptional], source: str) -> dict[str, Any]:
    found = exceptions.get(day)
    working = found.working if found else day.weekday() < SATURDAY
    return {"day": day, "working": working, "name": found.name if found else None, "source": source}


def _entry(year: int, entry: Any) -> Exceptional:
    if not isinstance(entry, dict) or not {"date", "working", "name"} <= entry.keys():
        raise HolidaysInvalid(year=year, problem="an entry lacks date, working or name")
    day, working = entry["date"], entry["working"]
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError as error:
            raise HolidaysInvalid(year=year, problem="a date that is none") from error
    if type(day) is not date or not isinstance(working, bool):
        raise HolidaysInvalid(year=year, problem="a date or a working mark that is none")
    return Exceptional(day, working, str(entry["name"] or "")[:40])
