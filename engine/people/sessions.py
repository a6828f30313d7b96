"""Sessions: signing in with a password, and the browser that stays signed in for a while.

A session ends after 30 minutes without use and after 12 hours in any case. Failures make the
next attempt wait, longer each time, for that account from that address only: so nobody can lock
a colleague out from elsewhere; see `attempts`. What the cookie looks like is the web's affair.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import clock
from engine.db import Database, reading, transaction
from engine.errors import EngineError
from engine.models import BrowserSession, User
from engine.people import attempts, passwords, secret

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
# Writing `seen_at` with every request would make every look a write.
TOUCH_EVERY = timedelta(minutes=1)
# Expired rows are kept for a day: they still tell whose form it was that came too late.
KEPT = timedelta(days=1)
MAX_LOGIN, MAX_ADDRESS = attempts.MAX_SUBJECT, attempts.MAX_ADDRESS


class SignInRefused(EngineError):
    """Check account name and password; the answer is the same for an unknown account."""

    status: ClassVar[int] = 401
    code = "sign-in-refused"
    message = "The account or the password is not right."


class SignInDelayed(EngineError):
    """Wait the seconds told, then try again; the right password is not tested meanwhile."""

    status: ClassVar[int] = 429
    code = "sign-in-delayed"
    message = "After failed attempts, wait {seconds} seconds."


@dataclass(frozen=True)
class Opened:
    """A new session: the secret for the cookie, which is not kept, and its row."""

    token: str
    row: BrowserSession


def sign_in(database: Database, login: str, password: str, *, address: str) -> Opened:
    """Check a password and open a session.

    This function commits, in short transactions of its own: a failed attempt must count although
    the caller gets an exception, and hashing must not hold the database's lock.

    Args:
        login, password: as typed.
        address: where the request comes from.

    Raises:
        SignInDelayed: too early after failed attempts for this account from this address.
        SignInRefused: no such account, no longer, or not this password.
    """
    login, address = login.strip().lower()[:MAX_LOGIN], address[:MAX_ADDRESS]
    with transaction(database) as session:
        wait = attempts.count(session, login, address)
    if wait:
        raise SignInDelayed(seconds=wait)
    with reading(database) as session:
        user = session.scalars(select(User).where(User.login == login)).first()
        user_id = user.id if user else None
        stored = user.password_hash if user and user.left_at is None else None
    if not passwords.matches(stored, password) or user_id is None or stored is None:
        raise SignInRefused()
    renewed = passwords.hashed(password) if passwords.needs_rehash(stored) else None
    with transaction(database) as session:
        user = session.get(User, user_id, with_for_update=True)
        if user is None or user.password_hash != stored:  # changed or left in this very moment
            raise SignInRefused()
        user.password_hash = renewed or stored
        attempts.forget(session, login, address)
        return open_for(session, user_id)


def open_for(session: Session, user_id: UUID) -> Opened:
    """Open a session for somebody who has proved who they are."""
    now = clock.now()
    session.execute(
        delete(BrowserSession).where(
            BrowserSession.user_id == user_id, BrowserSession.expires_at < now - KEPT
        )
    )
    token = secret.new()
    row = BrowserSession(
        token_hash=secret.digest(token),
        user_id=user_id,
        csrf_token=secret.new(),
        created_at=now,
        seen_at=now,
        expires_at=now + ABSOLUTE,
    )
    session.add(row)
    session.flush()
    session.expunge(row)
    return Opened(token, row)


def find(session: Session, token: str) -> BrowserSession | None:
    """Return the session of a cookie, expired or not; None when it was ended or never was."""
    row = session.get(BrowserSession, secret.digest(token))
    if row is not None:
        session.expunge(row)
    return row


def is_alive(row: BrowserSession, at: datetime | None = None) -> bool:
    """Tell whether a session still counts: used lately, and not too old."""
    now = at or clock.now()
    return now < row.expires_at and now - row.seen_at < IDLE


def needs_touch(row: BrowserSession) -> bool:
    """Tell whether this use should be written down."""
    return clock.now() - row.seen_at >= TOUCH_EVERY


def touch(session: Session, token_hash: str) -> None:
    """Extend a session because it is used."""
    row = session.get(BrowserSession, token_hash)
    if row is not None and is_alive(row):
        row.seen_at = clock.now()
        session.flush()


def end(session: Session, token: str) -> None:
    """End one session: signing out."""
    digest = secret.digest(token)
    session.execute(delete(BrowserSession).where(BrowserSession.token_hash == digest))


def end_all(session: Session, user_id: UUID) -> None:
    """End every session of a person."""
    session.execute(delete(BrowserSession).where(BrowserSession.user_id == user_id))
