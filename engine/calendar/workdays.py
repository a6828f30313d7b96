"""Working days: counted from the published calendar, and only from it.

The day after the start is day 1, as the law counts (民法典 art. 201: the first day is not
counted). A year that was not published and imported has no known working days; then the answer
is `CalendarEnds`, never a guess. Days are Shanghai dates, see `engine.clock`; which days are
working days is told by `engine.calendar.holidays`.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import Unavailable
from engine.models import CalendarDay

ONE_DAY = timedelta(days=1)


class CalendarEnds(Unavailable):
    """Import the published calendar of that year, then try again; nothing was guessed."""

    code = "calendar-ends"
    message = "The calendar of working days does not cover {day}."


def is_workday(session: Session, day: date) -> bool:
    """Return whether a day is a working day, made-up ones (调休) included.

    Raises:
        CalendarEnds: the day's year has not been published and imported.
    """
    working = session.scalar(select(CalendarDay.working).where(CalendarDay.day == day))
    if working is None:
        raise CalendarEnds(day=day.isoformat())
    return working


def next_workday(session: Session, day: date) -> date:
    """Return the day itself when it is a working day, else the first one after it.

    Raises:
        CalendarEnds: no such day lies in the published years.
    """
    return add_workdays(session, day - ONE_DAY, 1)


def add_workdays(session: Session, start_on: date, n: int) -> date:
    """Return the n-th working day after a day; with n = 0 the day itself.

    行政许可法 art. 82: time limits count in working days and leave out statutory holidays.

    Args:
        session: an open session.
        start_on: the day of the event; the next day is the first that can count.
        n: how many working days, not negative.

    Raises:
        CalendarEnds: the n-th working day lies beyond the published years.
    """
    if n < 0:
        raise ValueError("working days are counted forwards")
    if n == 0:
        return start_on
    found = session.scalars(
        select(CalendarDay.day)
        .where(CalendarDay.day > start_on, CalendarDay.working.is_(True))
        .order_by(CalendarDay.day)
        .limit(n)
    ).all()
    last = found[-1] if len(found) == n else None
    _require_known(session, start_on, last)
    assert last is not None  # _require_known has raised otherwise
    return last


def workdays_between(session: Session, after: date, until: date) -> list[date]:
    """Return the working days after `after`, up to and including `until`.

    Raises:
        CalendarEnds: a day of the span lies outside the published years.
    """
    if until <= after:
        return []
    _require_known(session, after, until)
    return list(
        session.scalars(
            select(CalendarDay.day)
            .where(
                CalendarDay.day > after,
                CalendarDay.day <= until,
                CalendarDay.working.is_(True),
            )
            .order_by(CalendarDay.day)
        )
    )


def count_workdays(session: Session, after: date, until: date) -> int:
    """Return how many working days lie after `after`, up to and including `until`.

    Raises:
        CalendarEnds: a day of the span lies outside the published years.
    """
    return len(workdays_between(session, after, until))


def last_day(session: Session) -> date | None:
    """Return the last day that the calendar covers, None while it is empty."""
    return session.scalar(select(func.max(CalendarDay.day)))


def _require_known(session: Session, after: date, until: date | None) -> None:
    """Raise CalendarEnds unless every day after `after` up to `until` has a row."""
    last = until or last_day(session) or after
    span = select(CalendarDay.day).where(CalendarDay.day > after, CalendarDay.day <= last)
    known = set(session.scalars(span))
    day = after + ONE_DAY
    while day <= last:
        if day not in known:
            raise CalendarEnds(day=day.isoformat())
        day += ONE_DAY
    if until is None:
        raise CalendarEnds(day=day.isoformat())
