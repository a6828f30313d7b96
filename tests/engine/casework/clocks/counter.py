"""A counter of its own: recounts every limit of a case from its events and the calendar files.

It shares nothing with the program: days are walked one by one, working days are read from the
files as they are published, and of the case it knows the history alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.record.history import EventView

FILES = Path(__file__).parents[4] / "catalogue" / "holidays"
STOPPED_BY_LAW = ("statutory", "promised", "lower-review")
ONE = timedelta(days=1)


@dataclass
class Recounted:
    """A limit as its events tell it."""

    started_on: date
    days: int
    unit: str
    met_on: date | None = None


@dataclass
class Recount:
    """The limits and stops of a case, read from its events."""

    limits: dict[str, Recounted] = field(default_factory=dict)
    stops: list[tuple[str, date, date | None]] = field(default_factory=list)

    def is_stopped(self, day: date) -> bool:
        """Whether a day is taken away: after the day of a stop, until the day it ended.

        While a stop goes on nothing is stored of it yet.
        """
        return any(ended and begun < day <= ended for _, begun, ended in self.stops)

    def end(self, kind: str) -> date:
        """Return the day on which a limit ends, as a person with a calendar would find it."""
        own = self._walk(kind)
        if kind == "promised" and "statutory" in self.limits:
            return min(own, self._walk("statutory"))  # a promise never ends after the law
        return own

    def _walk(self, kind: str) -> date:
        limit = self.limits[kind]
        day, left = limit.started_on, limit.days
        if left == 0:
            return day
        while left:
            day += ONE
            if kind in STOPPED_BY_LAW and self.is_stopped(day):
                continue
            if limit.unit == "day" or is_working(day):
                left -= 1
        while limit.unit == "day" and not is_working(day):
            day += ONE
        return day


def recount(events: Iterable[EventView]) -> Recount:
    """Read limits and stops from the events of a case."""
    found = Recount()
    for event in events:
        told = {change.field: change.after for change in event.changes}
        _READ.get(event.type, _nothing)(found, told)
    return found


@cache
def published() -> dict[date, bool]:
    """Return the days that differ from the plain week, and whether they are worked."""
    days: dict[date, bool] = {}
    for file in FILES.glob("*.yaml"):
        for row in yaml.safe_load(file.read_text(encoding="utf-8")):
            days[row["date"]] = row["working"]
    return days


def is_working(day: date) -> bool:
    """Whether a day is worked: Monday to Friday unless the file says otherwise."""
    return published().get(day, day.weekday() < 5)


def _day(told: Any) -> date:
    return told if isinstance(told, date) else date.fromisoformat(str(told))


def _started(found: Recount, told: dict[str, Any]) -> None:
    limit = Recounted(_day(told["started_on"]), int(told["days"]), told["unit"])
    found.limits[told["kind"]] = limit


def _extended(found: Recount, told: dict[str, Any]) -> None:
    found.limits[told["kind"]].days = int(told["days"])


def _met(found: Recount, told: dict[str, Any]) -> None:
    found.limits[told["kind"]].met_on = _day(told["met_on"])


def _stopped(found: Recount, told: dict[str, Any]) -> None:
    found.stops.append((told["kind"], _day(told["stopped_on"]), None))


def _resumed(found: Recount, told: dict[str, Any]) -> None:
    for number, (kind, begun, ended) in enumerate(found.stops):
        if kind == told["kind"] and ended is None:
            found.stops[number] = (kind, begun, _day(told["resumed_on"]))


def _nothing(_found: Recount, _told: dict[str, Any]) -> None:
    pass


_READ = {
    "clock.started": _started,
    "clock.extended": _extended,
    "clock.met": _met,
    "clock.stopped": _stopped,
    "clock.resumed": _resumed,
}
