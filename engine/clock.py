"""The only clock: UTC instants for the record, Shanghai dates for the law.

Business days are counted in Asia/Shanghai whatever the machine's zone is. Code never asks the
system for the time; it asks here, so that tests and the trace command can set the hands.
Reading a `Clock` has no side effect; leases use the database's own time instead.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Iterator
from zoneinfo import ZoneInfo

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")

_fixed: ContextVar[datetime | None] = ContextVar("fixed_instant", default=None)


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """Return the current local date in Asia/Shanghai."""
    return local_date(now())


def local_date(instant: datetime) -> date:
    """Return the Shanghai date on which an aware instant falls."""
    return instant.astimezone(BUSINESS_ZONE).date()


def start_of(day: date) -> datetime:
    """Return the UTC instant at which a Shanghai day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=BUSINESS_ZONE).astimezone(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Hold the clock at an aware instant for the calls inside the block."""
    token = _fixed.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
