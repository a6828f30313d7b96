"""Temporal values: date, time, date and time, and the two kinds of duration.

Years go from -999999999 to 999999999, as the standard allows, so these are classes of our own and
not those of Python. A time or a date and time may carry an offset in seconds or the name of a
zone; with one of them it can be placed on the line of instants, without it cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

MOST_YEARS = 999_999_999
MOST_SECONDS = 10**19
DAY = 86_400
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    """Whether a year of the proleptic Gregorian calendar has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in(year: int, month: int) -> int:
    """Return the length of a month."""
    return 29 if month == 2 and is_leap(year) else _MONTH_DAYS[month - 1]


@dataclass(frozen=True, order=True)
class Date:
    """A day of the calendar."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if abs(self.year) > MOST_YEARS or not 1 <= self.month <= 12:
            raise ValueError("there is no such date")
        if not 1 <= self.day <= days_in(self.year, self.month):
            raise ValueError("there is no such date")

    @property
    def ordinal(self) -> int:
        """The number of the day, 1970-01-01 being 0."""
        year = self.year - (self.month <= 2)
        era, of_era = divmod(year, 400)
        of_year = (153 * (self.month + (-3 if self.month > 2 else 9)) + 2) // 5 + self.day - 1
        return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468

    @classmethod
    def of_ordinal(cls, number: int) -> Date:
        """Return the day of a number."""
        era, of_era = divmod(number + 719_468, 146_097)
        year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
        of_year = of_era - (365 * year + year // 4 - year // 100)
        shifted = (5 * of_year + 2) // 153
        month = shifted + (3 if shifted < 10 else -9)
        return cls(year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1)

    @property
    def weekday(self) -> int:
        """Monday is 1, Sunday 7."""
        return (self.ordinal + 3) % 7 + 1

    def plus_months(self, months: int) -> Date:
        """Return the same day some months later, at most the last day of that month."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Date(year, month + 1, min(self.day, days_in(year, month + 1)))


@dataclass(frozen=True)
class Time:
    """A time of day: seconds since midnight, and where."""

    seconds: Decimal
    offset: int | None = None
    zone: str | None = None

    @property
    def is_placed(self) -> bool:
        """Whether it can be compared with times of other places."""
        return self.offset is not None or self.zone is not None

    @property
    def utc(self) -> Decimal:
        """Seconds since midnight in UTC; a named zone counts with its standard offset."""
        if self.offset is not None:
            return self.seconds - self.offset
        return self.seconds - (zone_offset(self.zone, Date(1970, 1, 1), 0) if self.zone else 0)

    @property
    def hour(self) -> int:
        """The hour."""
        return int(self.seconds) // 3600

    @property
    def minute(self) -> int:
        """The minute."""
        return int(self.seconds) // 60 % 60

    @property
    def second(self) -> Decimal:
        """The second, with its fraction."""
        return self.seconds % 60


@dataclass(frozen=True)
class DateTime:
    """A date and a time."""

    date: Date
    time: Time

    @property
    def is_placed(self) -> bool:
        """Whether it is an instant."""
        return self.time.is_placed

    @property
    def offset(self) -> int | None:
        """The offset from UTC in seconds, None without a place."""
        if self.time.zone is not None:
            return zone_offset(self.time.zone, self.date, int(self.time.seconds))
        return self.time.offset

    @property
    def local_seconds(self) -> Decimal:
        """Seconds since 1970-01-01T00:00:00 as the wall clock shows them."""
        return self.date.ordinal * DAY + self.time.seconds

    @property
    def instant(self) -> Decimal:
        """Seconds since 1970-01-01T00:00:00Z; without a place it counts as UTC."""
        return self.local_seconds - (self.offset or 0)

    @classmethod
    def of_local(cls, seconds: Decimal, offset: int | None, zone: str | None) -> DateTime:
        """Return the date and time that the wall clock of a place shows."""
        day = int(seconds // DAY) - (1 if seconds % DAY < 0 else 0)
        return cls(Date.of_ordinal(day), Time(seconds - day * DAY, offset, zone))

    def plus_seconds(self, seconds: Decimal) -> DateTime:
        """Return the instant some seconds later, in the same place."""
        moved = DateTime.of_local(self.local_seconds + seconds, self.time.offset, self.time.zone)
        if self.time.zone is None:
            return moved
        shift = (moved.offset or 0) - (self.offset or 0)
        if shift == 0:
            return moved
        return DateTime.of_local(
            self.local_seconds + seconds + shift, self.time.offset, self.time.zone
        )


@dataclass(frozen=True, order=True)
class DaysDuration:
    """A duration of days and times, counted in seconds."""

    seconds: Decimal

    def __post_init__(self) -> None:
        if abs(self.seconds) > MOST_SECONDS:
            raise ValueError("the duration is too long")


@dataclass(frozen=True, order=True)
class MonthsDuration:
    """A duration of years and months, counted in months."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > 12 * MOST_YEARS + 11:
            raise ValueError("the duration is too long")


Temporal = Date | Time | DateTime


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """Return a zone of the IANA database.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError("there is no such time zone") from error


def zone_offset(name: str, date: Date, seconds: int) -> int:
    """Return the offset of a zone at a wall-clock time; far years count as the nearest known."""
    year = min(max(date.year, 1), 9999)
    day = min(date.day, days_in(year, date.month))
    at = datetime(year, date.month, day) + timedelta(seconds=min(max(seconds, 0), DAY - 1))
    offset = zone_of(name).utcoffset(at)
    return 0 if offset is None else int(offset.total_seconds())


def months_between(start: Date, end: Date) -> int:
    """Return the whole months from one date to another, negative when it goes back."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        return months - 1
    if months < 0 and end.day > start.day:
        return months + 1
    return months
