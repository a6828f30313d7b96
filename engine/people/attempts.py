"""Attempts: failures at something secret make the next try wait, longer each time, by address.

Signing in counts for one account from one address, checking a paper for one address alone. An
attempt is counted before anybody looks whether it is right, so that many at once gain nothing;
the caller takes it back, or forgets them all, when it was right. Callers commit in between: a
failure must count although its request ends with an error.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import clock
from engine.models import SignInFailure

MAX_WAIT_SECONDS = 300
FORGET_AFTER = timedelta(hours=1)
KEPT = timedelta(days=1)
MAX_SUBJECT, MAX_ADDRESS = 60, 45


def delay(failures: int) -> int:
    """Return the seconds to wait after so many failures: 1, 2, 4 … at most 300."""
    return min(MAX_WAIT_SECONDS, 1 << min(failures - 1, 9)) if failures > 0 else 0


def count(session: Session, subject: str, address: str) -> int:
    """Count an attempt as failed until it succeeds; return the seconds still to wait, if any.

    Args:
        subject: what is tried: the name of an account, or a name that no account can have.
        address: where the request comes from.
    """
    now = clock.now()
    row = _row(session, subject, address, now)
    if row.blocked_until > now:
        return -(-(row.blocked_until - now) // timedelta(seconds=1))
    if now - row.blocked_until > FORGET_AFTER:
        row.failures = 0
    row.failures += 1
    row.blocked_until = now + timedelta(seconds=delay(row.failures))
    session.execute(delete(SignInFailure).where(SignInFailure.blocked_until < now - KEPT))
    session.flush()
    return 0


def take_back(session: Session, subject: str, address: str) -> None:
    """The attempt just counted was right: the next need not wait, failures before it stay."""
    now = clock.now()
    row = _row(session, subject, address, now)
    row.failures = max(0, row.failures - 1)
    row.blocked_until = now
    session.flush()


def forget(session: Session, subject: str, address: str) -> None:
    """Forget every failure: whoever tries has proved who they are."""
    session.execute(
        delete(SignInFailure).where(
            SignInFailure.login == subject[:MAX_SUBJECT],
            SignInFailure.address == address[:MAX_ADDRESS],
        )
    )


def _row(session: Session, subject: str, address: str, now: datetime) -> SignInFailure:
    """Return the locked row of a subject and address, made by whoever comes first."""
    key = (subject[:MAX_SUBJECT], address[:MAX_ADDRESS])

    def find_row() -> SignInFailure | None:
        return session.get(SignInFailure, key, with_for_update=True, populate_existing=True)

    row = find_row()
    if row is None:
        try:
            with session.begin_nested():
                session.add(
                    SignInFailure(login=key[0], address=key[1], failures=0, blocked_until=now)
                )
        except IntegrityError:
            pass  # a parallel attempt made it
        row = find_row()
    assert row is not None  # it was made above, by us or by the other
    return row
