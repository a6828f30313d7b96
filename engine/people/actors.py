"""Actors: from an account to the value that acts, with the roles as they stand today.

A role at an ended office is a role at its successor, so that nobody is locked out on the day a
district is merged; without a successor the role has ended with its office.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Conflict, NotFound
from engine.models import User, UserRole
from engine.people import offices
from engine.people.identity import Actor


class UserNotFound(NotFound):
    """Look for the person in the list of people."""

    code = "user-not-found"
    message = "There is no account {user}."


class UserLeft(Conflict):
    """The account has ended; add a new one when the person returns."""

    code = "user-left"
    message = "{login} has left."


def actor(
    session: Session, user: User | UUID, *, given: Collection[tuple[str, str]] | None = None
) -> Actor:
    """Return the actor of an account, as of now.

    Args:
        user: the account, or its id.
        given: its roles as `roles` returns them, where the caller has read them already.

    Raises:
        UserNotFound: there is no such account.
        UserLeft: its holder has left.
    """
    found = user if isinstance(user, User) else session.get(User, user)
    if found is None:
        raise UserNotFound(user=user)
    if found.left_at is not None:
        raise UserLeft(login=found.login)
    if given is None:
        given = roles(session, found)
    held = {(role, offices.successor(session, office_id)) for role, office_id in given}
    return Actor(
        user_id=found.id,
        name=found.name,
        login=found.login,
        office_id=found.office_id and offices.successor(session, found.office_id),
        roles=frozenset((role, office_id) for role, office_id in held if office_id),
    )


def roles(session: Session, user: User) -> frozenset[tuple[str, str]]:
    """Return the roles as they were given, ended offices included."""
    rows = session.execute(
        select(UserRole.role, UserRole.office_id).where(UserRole.user_id == user.id)
    )
    return frozenset((role, office_id) for role, office_id in rows)
