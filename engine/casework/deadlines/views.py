"""Views: where the limits of a case stand on a day, and the strip of day cells that shows it.

Whole days that have passed are used; today is still in hand and counts among the days left.
While the clock stands, the end is told as if it went on today. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from engine import clock
from engine.casework.deadlines import counting
from engine.casework.deadlines.counting import ONE_DAY, Span
from engine.models import Case, ClockStop, Deadline

CellState = Literal["used", "stopped", "today", "left", "beyond", "gap"]


class Cell(NamedTuple):
    """One day of the strip; a gap is a day that never counts, such as a weekend."""

    date: date
    state: CellState


@dataclass(frozen=True)
class DeadlineView:
    """Where a limit stands on a day."""

    kind: str
    unit: str  # workday | day
    started_on: date
    days: int  # with the extension
    extended_days: int
    used: int  # whole counted days that have passed
    left: int  # today included
    late: int  # counted days after the end, today included
    overdue: bool
    stopped: bool
    stopped_by: tuple[str, ...]
    stopped_days: int  # of the same unit
    due_on: date | None  # None: beyond the published calendar
    met_on: date | None
    strip: tuple[Cell, ...]


def status(
    session: Session, case: Case, today: date | None = None, kind: str | None = None
) -> DeadlineView | None:
    """Return where a limit stands; without a kind, the one that matters now.

    That is the first that still runs, in the order promised, statutory, notice, correction,
    delivery, else the first of all. None when no limit has begun.

    Raises:
        CalendarEnds: the calendar does not cover the days until today.
    """
    views = statuses(session, case, today)
    if kind is not None:
        return next((view for view in views if view.kind == kind), None)
    running = (view for view in views if view.met_on is None)
    return next(running, views[0] if views else None)


def statuses(session: Session, case: Case, today: date | None = None) -> list[DeadlineView]:
    """Return where every limit of a case stands on a day, today by default.

    Raises:
        CalendarEnds: the calendar does not cover the days until that day.
    """
    day = today or clock.today()
    stops = counting.stops_of(session, case)
    return [_view(session, row, stops, day) for row in counting.deadlines_of(session, case)]


def _view(session: Session, row: Deadline, stops: list[ClockStop], today: date) -> DeadlineView:
    met = row.met_on is not None and row.met_on <= today
    until = row.met_on if met and row.met_on else today
    counted = counting.spans(row, stops, until)
    passed = counting.days_in(session, row.unit, counted, until if met else until - ONE_DAY)
    whole = counting.days_in(session, row.unit, [(row.started_on, until)], until)
    reached = counting.days_in(session, row.unit, counted, until)
    due_on = counting.end_on(session, row, stops, until)
    standing = () if met else _standing(row, stops, today)
    return DeadlineView(
        kind=row.kind,
        unit=row.unit,
        started_on=row.started_on,
        days=row.days,
        extended_days=row.extended_days,
        used=len(passed),
        left=max(0, row.days - len(passed)),
        late=sum(day > due_on for day in reached) if due_on else 0,
        overdue=due_on is not None and until > due_on,
        stopped=bool(standing),
        stopped_by=standing,
        stopped_days=len(whole) - len(reached),
        due_on=due_on,
        met_on=row.met_on,
        strip=tuple(_strip(session, row, counted, due_on, until, met)),
    )


def _strip(
    session: Session,
    row: Deadline,
    counted: list[Span],
    due_on: date | None,
    until: date,
    met: bool,
) -> Iterator[Cell]:
    last = max(due_on or until, until)
    within = set(counting.days_in(session, row.unit, [(row.started_on, last)], last))
    for day in counting.every_day(row.started_on, last):
        if day not in within:
            yield Cell(day, "gap")
        elif not any(after < day <= end for after, end in counted):
            yield Cell(day, "stopped")
        elif due_on is not None and day > due_on:
            yield Cell(day, "beyond")
        elif day == until and not met:
            yield Cell(day, "today")
        else:
            yield Cell(day, "used" if day <= until else "left")


def _standing(row: Deadline, stops: list[ClockStop], today: date) -> tuple[str, ...]:
    if row.kind not in counting.STOPPABLE:
        return ()
    return tuple(
        stop.kind
        for stop in stops
        if stop.stopped_on <= today and (stop.resumed_on is None or stop.resumed_on > today)
    )
