"""Circuits: an outside system that fails again and again is left in peace for a while.

After some failures in a row nobody calls it until a time that doubles with each further one; the
next call after that decides. What it last said is kept for the operator. All workers share the
row of a system.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, rows
from engine.db import Database, reading, transaction
from engine.models import Circuit

TOLERATED = 5  # failures in a row before it opens
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=10)


def open_until(database: Database, system: str) -> datetime | None:
    """Return until when a system is not called; None if it may be called now."""
    with reading(database) as session:
        until = session.scalar(select(Circuit.open_until).where(Circuit.system == system))
    return until if until is not None and until > clock.now() else None


def succeeded(database: Database, system: str) -> None:
    """Close the circuit of a system that has answered; most have none to close."""
    with reading(database) as session:
        troubled = session.scalar(select(Circuit.failures).where(Circuit.system == system))
    if troubled:
        with transaction(database) as session:
            row = _locked(session, system)
            row.failures, row.open_until, row.changed_at = 0, None, clock.now()


def failed(database: Database, system: str, words: str) -> None:
    """Count a failure, and open the circuit when there were too many in a row."""
    now = clock.now()
    with transaction(database) as session:
        row = _locked(session, system)
        row.failures, row.last_error, row.changed_at = row.failures + 1, words[:1000], now
        beyond = row.failures - TOLERATED
        if beyond >= 0:
            row.open_until = now + min(LONGEST_REST, FIRST_REST * 2 ** min(beyond, 10))


def all_of(session: Session) -> list[Circuit]:
    """Return what is known of every system that has ever failed."""
    return list(session.scalars(select(Circuit).order_by(Circuit.system)))


def _locked(session: Session, system: str) -> Circuit:
    fresh = {"system": system, "failures": 0, "changed_at": clock.now()}
    rows.insert_new(session, Circuit, [fresh])
    return session.get_one(Circuit, system, with_for_update=True, populate_existing=True)
