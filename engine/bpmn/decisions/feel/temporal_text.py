"""Temporal texts: ISO 8601 as FEEL writes it, read strictly and written in one form.

`2024-02-29`, `10:30:00+08:00`, `10:30:00@Asia/Shanghai`, `2024-02-29T10:30:00`, `P1Y2M`,
`P1DT2H`. A text that is not exactly one of these has no value: every reader returns None then.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from engine.bpmn.decisions.feel.temporal import (
    DAY,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    zone_of,
)

LONGEST = 80
_DATE = r"(?P<year>-?(?:\d{4}|[1-9]\d{4,8}))-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d(?:\.\d{1,18})?)"
    r"(?P<place>Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+\-/]{1,40})?"
)
DATE = re.compile(_DATE, re.ASCII)
TIME = re.compile(_TIME, re.ASCII)
DATE_TIME = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,12})Y)?(?:(\d{1,12})M)?", re.ASCII)
_DAYS = re.compile(
    r"(-)?P(?:(\d{1,15})D)?(?:T(?=\d)(?:(\d{1,15})H)?(?:(\d{1,15})M)?"
    r"(?:(\d{1,15}(?:\.\d{0,18})?)S)?)?",
    re.ASCII,
)


def date(text: str) -> Date | None:
    """Read a date."""
    found = DATE.fullmatch(text) if len(text) <= LONGEST else None
    return None if found is None else _date(found)


def time(text: str) -> Time | None:
    """Read a time; 24:00:00 is midnight."""
    found = TIME.fullmatch(text) if len(text) <= LONGEST else None
    made = None if found is None else _time(found)
    if made is not None and made.seconds == DAY:
        return Time(Decimal(0), made.offset, made.zone)
    return made


def date_time(text: str) -> DateTime | None:
    """Read a date and time; a date alone is its midnight."""
    alone = date(text)
    if alone is not None:
        return DateTime(alone, Time(Decimal(0)))
    found = DATE_TIME.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    day, clock = _date(found), _time(found)
    if day is None or clock is None:
        return None
    if clock.seconds == DAY:
        try:
            day = Date.of_ordinal(day.ordinal + 1)
        except ValueError:
            return None
        clock = Time(Decimal(0), clock.offset, clock.zone)
    return DateTime(day, clock)


def duration(text: str) -> DaysDuration | MonthsDuration | None:
    """Read a duration of either kind."""
    if len(text) > LONGEST or text[-1:] in ("P", "T", ""):
        return None
    found = _MONTHS.fullmatch(text)
    if found is not None:
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        try:
            return MonthsDuration(-months if found[1] else months)
        except ValueError:
            return None
    found = _DAYS.fullmatch(text)
    if found is None:
        return None
    seconds = (
        Decimal(found[2] or 0) * DAY
        + Decimal(found[3] or 0) * 3600
        + Decimal(found[4] or 0) * 60
        + Decimal(found[5] or 0)
    )
    return DaysDuration(-seconds if found[1] else seconds)


def any_of(text: str) -> Any:
    """Read whatever kind of temporal text it is; None if it is none."""
    if "P" in text[:2]:
        return duration(text)
    if DATE.fullmatch(text):
        return date(text)
    return time(text) if TIME.fullmatch(text) else date_time(text)


def write(value: Any) -> str:
    """Write a temporal value."""
    if isinstance(value, Date):
        sign = "-" if value.year < 0 else ""
        return f"{sign}{abs(value.year):04d}-{value.month:02d}-{value.day:02d}"
    if isinstance(value, Time):
        return _clock(value) + _place(value)
    if isinstance(value, DateTime):
        return f"{write(value.date)}T{write(value.time)}"
    if isinstance(value, MonthsDuration):
        years, months = divmod(abs(value.months), 12)
        sign = "-" if value.months < 0 else ""
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return f"{sign}P{text}"
    return _days(value)


def _days(value: DaysDuration) -> str:
    left, sign = abs(value.seconds), "-" if value.seconds < 0 else ""
    days, left = divmod(left, DAY)
    hours, left = divmod(left, 3600)
    minutes, seconds = divmod(left, 60)
    parts = [(hours, "H"), (minutes, "M"), (seconds, "S")]
    clock = "".join(f"{_plain(n)}{unit}" for n, unit in parts if n)
    day = f"{_plain(days)}D" if days else ""
    if not day and not clock:
        return "PT0S"
    return f"{sign}P{day}{'T' + clock if clock else ''}"


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date(found: re.Match[str]) -> Date | None:
    try:
        return Date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _time(found: re.Match[str]) -> Time | None:
    hour, minute, second = int(found["hour"]), int(found["minute"]), Decimal(found["second"])
    if hour > 24 or minute > 59 or second >= 60 or (hour == 24 and (minute or second)):
        return None
    offset, zone = None, None
    place = found["place"]
    if place == "Z":
        offset = 0
    elif place and place[0] == "@":
        zone = place[1:]
        try:
            zone_of(zone)
        except ValueError:
            return None
    elif place:
        parts = [int(part) for part in place[1:].split(":")]
        offset = sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
        if offset > 18 * 3600 or any(part > 59 for part in parts[1:]):
            return None
        offset = -offset if place[0] == "-" else offset
    return Time(Decimal(hour * 3600 + minute * 60) + second, offset, zone)


def _clock(value: Time) -> str:
    whole, _, fraction = _plain(value.second).partition(".")
    tail = f".{fraction}" if fraction else ""
    return f"{value.hour:02d}:{value.minute:02d}:{int(whole):02d}{tail}"


def _place(value: Time) -> str:
    if value.zone is not None:
        return f"@{value.zone}"
    if value.offset is None:
        return ""
    if value.offset == 0:
        return "Z"
    hours, rest = divmod(abs(value.offset), 3600)
    minutes, seconds = divmod(rest, 60)
    tail = f":{seconds:02d}" if seconds else ""
    return f"{'-' if value.offset < 0 else '+'}{hours:02d}:{minutes:02d}{tail}"
