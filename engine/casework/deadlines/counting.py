"""Counting: which days of a limit count, and on which day it ends.

A stop takes away the days after the one on which it began, up to and including the one on which
it ended; so begin, stop and resume all follow one rule: the day of the event is not the first.
Stops may overlap; a day is taken away once. This module reads rows and the calendar only.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import workdays
from engine.calendar.workdays import CalendarEnds
from engine.models import Case, ClockStop, Deadline

STOPPABLE = ("promised", "statutory", "lower-review")
KINDS = (
    *STOPPABLE,
    "notice",
    "correction",
    "delivery",
    "hearing",
    "rectify",
    "tolerance",
    "commitment",
)
# Limits whose last day a timer or a paper needs: they cannot begin before that day is known.
DATED = ("notice", "correction", "hearing", "tolerance")
UNITS = ("workday", "day")

ONE_DAY = timedelta(days=1)
FOR_EVER = date.max

Span = tuple[date, date]  # the days after the first, up to and including the second


def deadlines_of(session: Session, case: Case) -> list[Deadline]:
    """Return the limits of a case in the order of KINDS."""
    rows = session.scalars(select(Deadline).where(Deadline.instance_id == case.instance_id))
    return sorted(rows, key=lambda row: KINDS.index(row.kind))


def stops_of(session: Session, case: Case) -> list[ClockStop]:
    """Return the stops of a case in the order in which they began."""
    return list(
        session.scalars(
            select(ClockStop)
            .where(ClockStop.instance_id == case.instance_id)
            .order_by(ClockStop.stopped_on, ClockStop.number)
        )
    )


def spans(row: Deadline, stops: list[ClockStop], until: date | None = None) -> list[Span]:
    """Return the spans in which a limit counts; the last one has no end.

    Args:
        row: the limit.
        stops: all stops of the case, ordered.
        until: a stop that still goes on takes away the days up to this one; with None, it takes
            away nothing yet.
    """
    found: list[Span] = []
    after = row.started_on
    for stop in stops if row.kind in STOPPABLE else ():
        ended = _ended(stop, until)
        if ended is None or ended <= after:
            continue
        if stop.stopped_on > after:
            found.append((after, stop.stopped_on))
        after = ended
    return [*found, (after, FOR_EVER)]


def due_on(session: Session, row: Deadline, counted: list[Span]) -> date:
    """Return the day on which a limit ends, given the spans in which it counts.

    A limit in calendar days that ends on a day off ends on the next working day
    (民法典 art. 203).

    Raises:
        CalendarEnds: that day lies beyond the published calendar.
    """
    remaining = row.days
    if remaining == 0:
        return row.started_on
    for span in counted[:-1]:
        days = days_in(session, row.unit, [span], span[1])
        if len(days) >= remaining:
            return _end(session, row.unit, days[remaining - 1])
        remaining -= len(days)
    after = counted[-1][0]
    if row.unit == "workday":
        return workdays.add_workdays(session, after, remaining)
    return _end(session, row.unit, after + remaining * ONE_DAY)


def end_on(
    session: Session, row: Deadline, stops: list[ClockStop], until: date | None = None
) -> date | None:
    """Return the end of a limit, a promise no later than the law (优化营商环境条例 art. 36).

    Both may count in other units, such as 40 working days within 60 days, so that a long holiday
    would let the promise end after the law does. The day of the law is counted with the same stops.

    Args:
        row: the limit.
        stops, until: as for `spans`.

    Returns: the day; None while the published calendar does not reach so far.
    """
    limits = [row]
    if row.kind == "promised":
        law = session.get(Deadline, (row.instance_id, "statutory"))
        limits += [law] if law is not None else []
    known: list[date] = []
    for limit in limits:
        try:
            known.append(due_on(session, limit, spans(limit, stops, until)))
        except CalendarEnds:  # it ends later than anything that is known
            continue
    return min(known, default=None)


def days_in(session: Session, unit: str, counted: list[Span], until: date) -> list[date]:
    """Return the days of a unit within spans, up to and including `until`.

    Raises:
        CalendarEnds: they reach beyond the published calendar.
    """
    found: list[date] = []
    for after, end in counted:
        last = min(end, until)
        if unit == "workday":
            found += workdays.workdays_between(session, after, last)
        else:
            found += every_day(after, last)
    return found


def every_day(after: date, until: date) -> list[date]:
    """Return all days after `after` up to and including `until`."""
    return [after + n * ONE_DAY for n in range(1, (until - after).days + 1)]


def _ended(stop: ClockStop, until: date | None) -> date | None:
    """Return the last day that a stop takes away as seen on `until`, None when none yet."""
    if until is None:
        return stop.resumed_on
    if stop.stopped_on >= until:
        return None
    return min(stop.resumed_on or until, until)


def _end(session: Session, unit: str, day: date) -> date:
    return day if unit == "workday" else workdays.next_workday(session, day)
