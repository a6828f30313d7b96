"""Timers: ISO 8601 texts and the instants they mean.

A text is an instant, a duration or a repeating interval. A date or time without an offset is
local to Asia/Shanghai; months and years are counted on the local calendar and end on the last
day of a shorter month. Nothing here reads a clock: the caller says when the counting starts.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.clock import BUSINESS_ZONE

_DURATION = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?=.)(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?",
    re.IGNORECASE,
)
_REPEAT = re.compile(r"R(\d*)/(.+)", re.IGNORECASE)
_MEANT = re.compile(r"R\d*/.*|P(?=\D*\d)[\dTYMWDHS.,]+|\d{4}-\d\d.*", re.IGNORECASE)
LONGEST = timedelta(days=366 * 200)
SHORTEST = timedelta(seconds=1)
MOST_SHORT = 1000


@dataclass(frozen=True)
class Duration:
    """A length of time: whole months and an exact rest."""

    months: int
    rest: timedelta

    def after(self, start: datetime) -> datetime:
        """Return the instant this long after an aware instant."""
        moved = start.astimezone(BUSINESS_ZONE)
        if self.months:
            year, month = divmod(moved.year * 12 + moved.month - 1 + self.months, 12)
            day = min(moved.day, monthrange(year, month + 1)[1])
            moved = moved.replace(year=year, month=month + 1, day=day)
        return (moved + self.rest).astimezone(UTC)


@dataclass(frozen=True)
class Schedule:
    """When a timer fires: first at `due`, then `repeats` more times (None: for ever)."""

    due: datetime
    repeats: int | None = 0
    every: Duration | None = None


def is_literal(text: str) -> bool:
    """Tell whether a text is an ISO instant, duration or interval, bare or quoted."""
    try:
        schedule(text, datetime(2026, 1, 1, tzinfo=UTC))
    except ValueError:
        return False
    return True


def misspelt(text: str) -> str | None:
    """Return what is wrong with a text that is meant as ISO 8601; None for any other text."""
    try:
        schedule(text, datetime(2026, 1, 1, tzinfo=UTC))
    except ValueError as error:
        return str(error) if _MEANT.fullmatch(unquote(text)) else None
    return None


def schedule(text: str, now: datetime) -> Schedule:
    """Return when a timer with this text fires, counted from an aware instant.

    Raises:
        ValueError: the text is none of the three forms.
    """
    text = unquote(text)
    repeat = _REPEAT.fullmatch(text)
    try:
        if repeat is not None:
            return _repeating(repeat[1], repeat[2].split("/"), now)
        if text[:1] in ("P", "p"):
            return Schedule(duration(text).after(now))
        return Schedule(instant(text))
    except (OverflowError, IndexError) as error:
        raise ValueError(f"{text!r} is out of range") from error


def unquote(text: str) -> str:
    """Take off white space and one pair of quotation marks."""
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1].strip()
    return text


def duration(text: str) -> Duration:
    """Read an ISO duration such as P5D or PT1H30M."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not an ISO 8601 duration")
    years, months, *parts = match.groups()
    weeks, days, hours, minutes, seconds = (float((p or "0").replace(",", ".")) for p in parts)
    rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    whole = int(years or 0) * 12 + int(months or 0)
    if rest > LONGEST or whole > 2400:
        raise ValueError(f"{text!r} is longer than 200 years")
    return Duration(whole, rest)


def instant(text: str) -> datetime:
    """Read an ISO date or date and time; without an offset it is Shanghai time."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is not an ISO 8601 instant") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=BUSINESS_ZONE)
    return moment.astimezone(UTC)


def _repeating(count: str, parts: list[str], now: datetime) -> Schedule:
    repeats = int(count) - 1 if count else None
    if repeats is not None and repeats < 0:
        raise ValueError("a timer that repeats zero times never fires")
    if len(parts) == 1:
        every = _lasting(parts[0], repeats)
        return Schedule(every.after(now), repeats, every)
    if len(parts) == 2 and parts[1][:1] in ("P", "p"):
        every = _lasting(parts[1], repeats)
        return Schedule(instant(parts[0]), repeats, every)
    if len(parts) == 2 and parts[0][:1] in ("P", "p"):
        raise ValueError("an interval given by its end is not supported")
    raise ValueError("a repeating interval is R[n]/[start/]duration")


def _lasting(text: str, repeats: int | None) -> Duration:
    """Read the length of an interval; a short one for ever would keep a worker busy for ever."""
    every = duration(text)
    if every == Duration(0, timedelta(0)):
        raise ValueError("an interval that repeats needs a length")
    short = not every.months and every.rest < SHORTEST
    if short and (repeats is None or repeats > MOST_SHORT):
        raise ValueError(f"an interval under a second repeats at most {MOST_SHORT} times")
    return every
