"""Tokens: programs that act as a user, within scopes and until a day.

A scope is a permission; a token without scopes may do all that its user may, never more. Only
the SHA-256 of a token is kept, so a lost one can be replaced but not read back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session, load_only

from engine import clock
from engine.db import Database, reading
from engine.errors import EngineError, Invalid
from engine.models import ApiToken, Office, User, UserRole
from engine.people import actors, permissions, secret
from engine.people.identity import Actor

SCHEME = "bearer"
MAX_DAYS = 3660


class TokenInvalid(EngineError):
    """Send `Authorization: Bearer …` with a token that has neither ended nor been revoked."""

    status: ClassVar[int] = 401
    code = "token-invalid"
    message = "A valid bearer token is needed."


class ScopeUnknown(Invalid):
    """Use the names of permissions, such as task:read."""

    code = "scope-unknown"
    message = "There is no scope {scope}."


class TokenDaysInvalid(Invalid):
    """Give a number of days from 1 to 3660."""

    code = "token-days-invalid"
    message = "A token is valid for 1 to {maximum} days."


@dataclass(frozen=True)
class Issued:
    """A new token, shown this once."""

    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Caller:
    """A program that has proved which token it holds.

    Attributes:
        actor: the user it acts as.
        token_id: names the token without giving it away.
        scopes: what the token is limited to; empty means no limit of its own.
    """

    actor: Actor
    token_id: str
    scopes: frozenset[str]

    def allows(self, scope: str) -> bool:
        """Tell whether both the token and its user's roles allow something."""
        within = not self.scopes or scope in self.scopes
        return within and permissions.allowed(self.actor, scope)


# One question, made once, because every request of a program asks it. The offices come along so
# that whoever follows an ended one finds it in the session.
_HOLDER = (
    select(ApiToken, User, UserRole, Office)
    .join(User, User.id == ApiToken.user_id)
    .outerjoin(UserRole, UserRole.user_id == User.id)
    .outerjoin(Office, or_(Office.id == UserRole.office_id, Office.id == User.office_id))
    .where(ApiToken.token_hash == bindparam("token_hash"))
    .options(
        load_only(User.login, User.name, User.office_id, User.left_at),
        load_only(Office.valid_to, Office.successor_id),
    )
)


def issue(
    session: Session, user_id: UUID, *, scopes: Collection[str] = (), days: int = 90
) -> Issued:
    """Make a token for a program that acts as a user.

    Raises:
        ScopeUnknown: a scope is no permission.
        TokenDaysInvalid: it would be valid for no day or for too many.
    """
    for scope in sorted(set(scopes) - permissions.KNOWN):
        raise ScopeUnknown(scope=scope)
    if not 1 <= days <= MAX_DAYS:
        raise TokenDaysInvalid(maximum=MAX_DAYS)
    token = secret.new()
    now = clock.now()
    row = ApiToken(
        token_hash=secret.digest(token),
        user_id=user_id,
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    return Issued(token, row.expires_at)


def authenticate(database: Database, authorization: str) -> Caller:
    """Return who calls, by the value of an Authorization header.

    Raises:
        TokenInvalid: there is none, or it has ended, been revoked, or its user has left.
    """
    with reading(database) as session:
        return find(session, authorization)


def find(session: Session, authorization: str) -> Caller:
    """Return who calls, within a session.

    Raises:
        TokenInvalid: as `authenticate`.
    """
    scheme, _, token = authorization.strip().partition(" ")
    found = session.execute(_HOLDER, {"token_hash": secret.digest(token.strip())}).all()
    if scheme.lower() != SCHEME or not found:
        raise TokenInvalid()
    row, user = found[0].ApiToken, found[0].User
    if row.revoked_at is not None or clock.now() >= row.expires_at or user.left_at is not None:
        raise TokenInvalid()
    given = {(one.UserRole.role, one.UserRole.office_id) for one in found if one.UserRole}
    actor = actors.actor(session, user, given=given)
    return Caller(actor, row.token_hash[:16], frozenset(row.scopes))


def count(session: Session, user_id: UUID) -> int:
    """Return how many tokens of a user still count."""
    query = select(func.count()).where(
        ApiToken.user_id == user_id,
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > clock.now(),
    )
    return session.scalar(query) or 0


def revoke_all(session: Session, user_id: UUID) -> None:
    """Revoke every token of a user."""
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
