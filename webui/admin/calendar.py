"""The calendar of working days: which years are known, and importing another.

Days beyond the last known year are never guessed: limits that reach there run without a known end
until their year is imported, so the page warns in time. A file lists only the days that differ from the plain week, as the State Council
publishes them: YAML, or CSV with the columns date, working, name.
"""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import clock
from engine.calendar import holidays
from engine.calendar.holidays import Exceptional, HolidaysInvalid
from engine.casework import recounting
from engine.db import reading, transaction
from engine.models import CalendarDay
from webui import auth, errors
from webui.admin import acts, blueprint
from webui.frame import say

LARGEST_FILE = 200_000
FRIDAY = 4
WARN_DAYS = 120
TRUE, FALSE = ("true", "yes", "1", "是", "上班"), ("false", "no", "0", "否", "放假")


@dataclass(frozen=True)
class Year:
    """One known year: its working days, and the days that differ from the plain week."""

    number: int
    workdays: int
    days: int
    off: list[Exceptional]
    worked: list[Exceptional]
    source: str


@blueprint.get("/calendar")
@auth.permission("calendar:read")
def calendar() -> Response:
    """Show the known years and how far they reach."""
    return _page()


@blueprint.post("/calendar")
@auth.permission("calendar:write")
def import_calendar() -> Response:
    """Import a year; a known one is replaced only when that is ticked."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(_("Choose a file."))
    content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        return _page(_("The file is too large for the holidays of one year."))
    source = " ".join(request.form.get("source", "").split()) or Path(file.filename).name
    try:
        year, days = read(Path(file.filename).name, content)
        with transaction(auth.database()) as session:
            known = not request.form.get("replace") and _is_known(session, year)
            count = 0 if known else holidays.load(session, year, days, source[:120])
    except HolidaysInvalid as error:
        return _page(errors.text_of(error).text, source)
    if known:
        problem = _("%(year)s is known already. Tick the box to replace it.", year=year)
        return _page(problem, source)
    acts.record("calendar.imported", f"year {year}", source[:400])
    cases = recounting.recount(auth.database(), since=date(year, 1, 1), by=auth.actor())
    say(_("%(year)s has %(count)s working days.", year=year, count=count), "in")
    if cases:
        say(ngettext("%(num)s case got other limits.", "%(num)s cases got other limits.", cases))
    return redirect(url_for("admin.calendar"), 303)


def read(name: str, content: bytes) -> tuple[int, list[Exceptional]]:
    """Return the year and the exceptional days of an uploaded file.

    Raises:
        HolidaysInvalid: it is not such a file.
    """
    if name.lower().endswith(".csv"):
        return _read_csv(name, content)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            return holidays.read(path)
        except UnicodeDecodeError as error:
            raise HolidaysInvalid(year=name, problem="the file is not UTF-8") from error


def _read_csv(name: str, content: bytes) -> tuple[int, list[Exceptional]]:
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        days = [_day(name, row) for row in rows]
    except (UnicodeDecodeError, csv.Error) as error:
        raise HolidaysInvalid(year=name, problem="the file is not CSV in UTF-8") from error
    if not days:
        raise HolidaysInvalid(year=name, problem="there is no day in the file")
    return days[0].date.year, days


def _day(name: str, row: dict[str, str]) -> Exceptional:
    working = (row.get("working") or "").strip().lower()
    try:
        day = date.fromisoformat((row.get("date") or "").strip())
    except ValueError as error:
        raise HolidaysInvalid(year=name, problem="a date that is none") from error
    if working not in TRUE + FALSE:
        raise HolidaysInvalid(year=name, problem=f"{day} has no working mark")
    return Exceptional(day, working in TRUE, (row.get("name") or "").strip()[:40])


def _page(problem: str | None = None, source: str = "") -> Response:
    with reading(auth.database()) as session:
        years, waiting = _years(session), recounting.awaiting_calendar(session)
    last = max((date(year.number, 12, 31) for year in years), default=None)
    html = render_template(
        "admin/calendar.html",
        years=years,
        last=last,
        waiting=waiting,
        ends_soon=last is None or (last - clock.today()).days < WARN_DAYS,
        problem=problem,
        source=source,
    )
    return make_response(html, 422 if problem else 200)


def _years(session: Session) -> list[Year]:
    found: dict[int, list[CalendarDay]] = {}
    for row in session.scalars(select(CalendarDay).order_by(CalendarDay.day)):
        found.setdefault(row.day.year, []).append(row)
    return [_year(number, days) for number, days in sorted(found.items(), reverse=True)]


def _year(number: int, days: list[CalendarDay]) -> Year:
    return Year(
        number=number,
        workdays=sum(day.working for day in days),
        days=len(days),
        off=[_plain(day) for day in days if not day.working and day.day.weekday() <= FRIDAY],
        worked=[_plain(day) for day in days if day.working and day.day.weekday() > FRIDAY],
        source=days[0].source,
    )


def _plain(row: CalendarDay) -> Exceptional:
    return Exceptional(row.day, row.working, row.name or "")


def _is_known(session: Session, year: int) -> bool:
    first, last = date(year, 1, 1), date(year, 12, 31)
    query = select(func.count()).where(CalendarDay.day.between(first, last))
    return bool(session.scalar(query))
