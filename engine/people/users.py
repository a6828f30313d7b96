"""Users: who works here, with which roles, and what becomes of those who leave.

A leaver's row stays, because the record names it; sessions and tokens end at once and claimed
tasks go back to their office. The first administrator is made by command; no account and no
password exists by default. Recording who changed an account is left to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid
from engine.models import Office, Task, User, UserRole
from engine.people import actors, offices, passwords, permissions, sessions, tokens
from engine.people.actors import UserLeft, UserNotFound
from engine.people.identity import Actor

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
MAX_NAME = 60
WRITE = "user:write"
PAGE = 50

actor = actors.actor
roles_of = actors.roles

Roles = Iterable[tuple[str, str]]
# Gives a claimed task back to its office, with an event.
Release = Callable[[Session, Task], None]


class LoginTaken(Conflict):
    """Choose another account name; leavers keep theirs, because the record names them."""

    code = "login-taken"
    message = "The account name {login} is taken."


class LoginInvalid(Invalid):
    """Use 2 to 60 small letters, digits, dots, hyphens or underscores, beginning with a letter
    or digit."""

    code = "login-invalid"
    message = "The account name does not fit."


class NameInvalid(Invalid):
    """Give a name of at most 60 characters."""

    code = "name-invalid"
    message = "A person has a name of 1 to {maximum} characters."


class RoleUnknown(Invalid):
    """Use one of the seven roles."""

    code = "role-unknown"
    message = "There is no role {role}."


class WrongPassword(Invalid):
    """Type the password you signed in with."""

    code = "wrong-password"
    message = "The present password is not right."


class LastAdministrator(Conflict):
    """Make somebody else administrator first; otherwise nobody could manage people."""

    code = "last-administrator"
    message = "This is the last administrator."


@dataclass(frozen=True)
class Added:
    """A new account and, when it was generated, its password to be shown once."""

    user: User
    password: str | None


@dataclass(frozen=True)
class Page:
    """One page of people, and how many there are."""

    users: list[User]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def get(session: Session, user_id: UUID) -> User:
    """Return an account, left or not.

    Raises:
        UserNotFound: there is none of that id.
    """
    user = session.get(User, user_id)
    if user is None:
        raise UserNotFound(user=user_id)
    return user


def by_login(session: Session, login: str) -> User:
    """Return an account by its login, whatever the case of its letters.

    Raises:
        UserNotFound: there is none.
    """
    user = session.scalars(select(User).where(User.login == login.strip().lower())).first()
    if user is None:
        raise UserNotFound(user=login)
    return user


def add(
    session: Session,
    *,
    login: str,
    name: str,
    office_id: str | None,
    roles: Roles = (),
    password: str | None = None,
    language: str = "zh",
    demo: bool = False,
    by: Actor,
) -> Added:
    """Add a person; a generated password must be changed at the first sign-in.

    Args:
        login: unique for ever.
        name: shown to colleagues.
        office_id: where the person sits.
        roles: pairs of role and office.
        password: the one chosen, or None to generate one.
        demo: whether it belongs to the demonstration data.
        by: an administrator, or the system for the command line.

    Raises:
        MissingPermission: `by` may not manage people.
        LoginInvalid, LoginTaken, NameInvalid, RoleUnknown: correct the input.
        PasswordTooShort, PasswordTooSimple: the chosen password is too easy to guess.
        OfficeNotFound, OfficeEnded: the office is none (any more).
    """
    permissions.require(by, WRITE)
    login, name = login.strip().lower(), _checked_name(name)
    if not LOGIN.fullmatch(login):
        raise LoginInvalid()
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        raise LoginTaken(login=login)
    if office_id is not None:
        offices.require_valid(session, office_id)
    made = None if password is not None else passwords.generated()
    if password is not None:
        passwords.check_policy(password, login=login, name=name)
    user = User(
        login=login,
        name=name,
        office_id=office_id,
        password_hash=passwords.hashed(password or made or ""),
        must_change_password=made is not None,
        language=language,
        created_at=clock.now(),
        demo=demo,
    )
    session.add(user)
    session.flush()
    _write_roles(session, user, roles)
    return Added(user, made)


def change(
    session: Session, user_id: UUID, *, name: str, office_id: str | None, roles: Roles, by: Actor
) -> User:
    """Change a person's name, office and roles; it holds from their next request on.

    Raises:
        MissingPermission: `by` may not manage people.
        UserNotFound, UserLeft, NameInvalid, RoleUnknown, OfficeNotFound, OfficeEnded:
            correct the input.
        LastAdministrator: nobody could manage people afterwards.
    """
    set_roles(session, user_id, roles, by=by)
    user = _present(session, user_id)
    if office_id != user.office_id and office_id is not None:
        offices.require_valid(session, office_id)
    user.name, user.office_id = _checked_name(name), office_id
    session.flush()
    return user


def set_roles(session: Session, user_id: UUID, roles: Roles, *, by: Actor) -> None:
    """Replace the roles of a person.

    Raises:
        MissingPermission: `by` may not manage people.
        UserNotFound, UserLeft, RoleUnknown, OfficeNotFound: correct the input.
        LastAdministrator: nobody could manage people afterwards.
    """
    permissions.require(by, WRITE)
    wanted = frozenset(roles)
    if not any(role == "administrator" for role, _ in wanted):
        _require_other_administrator(session, user_id)
    user = _present(session, user_id)
    session.execute(delete(UserRole).where(UserRole.user_id == user.id))
    _write_roles(session, user, wanted)


def reset_password(session: Session, user_id: UUID, *, by: Actor) -> str:
    """Return a generated password, to be changed at the next sign-in; sessions end.

    Raises:
        MissingPermission: `by` may not manage people.
        UserNotFound, UserLeft: there is nobody to give it to.
    """
    permissions.require(by, WRITE)
    user = _present(session, user_id)
    password = passwords.generated()
    user.password_hash, user.must_change_password = passwords.hashed(password), True
    session.flush()
    sessions.end_all(session, user.id)
    return password


def change_password(session: Session, user_id: UUID, old: str, new: str) -> None:
    """Change one's own password; every session ends, so the caller opens a new one.

    Raises:
        UserNotFound, UserLeft: the account has gone meanwhile.
        WrongPassword: the old one is not right.
        PasswordTooShort, PasswordTooSimple: the new one is too easy to guess, or the old one.
    """
    user = _present(session, user_id)
    if not passwords.matches(user.password_hash, old):
        raise WrongPassword()
    if old == new:
        raise passwords.PasswordTooSimple()
    passwords.check_policy(new, login=user.login, name=user.name)
    user.password_hash, user.must_change_password = passwords.hashed(new), False
    session.flush()
    sessions.end_all(session, user.id)


def confirmed(session: Session, login: str, password: str) -> Actor:
    """Return the actor of an account whose holder has just given the password.

    Raises:
        UserNotFound, UserLeft: nobody has this account.
        WrongPassword: the password is not right.
    """
    user = by_login(session, login)
    if not passwords.matches(user.password_hash, password):
        raise WrongPassword()
    return actors.actor(session, user)


def leave(session: Session, user_id: UUID, *, release: Release, by: Actor) -> int:
    """End an account; return how many claimed tasks went back to their offices.

    Args:
        release: gives one claimed task back, with an event.

    Raises:
        MissingPermission: `by` may not manage people.
        UserNotFound, UserLeft: there is nobody to leave.
        LastAdministrator: nobody could manage people afterwards.
    """
    permissions.require(by, WRITE)
    _require_other_administrator(session, user_id)
    user = _present(session, user_id)
    user.left_at, user.password_hash = clock.now(), None
    session.flush()
    sessions.end_all(session, user.id)
    tokens.revoke_all(session, user.id)
    claimed = session.scalars(
        select(Task)
        .where(Task.state == "claimed", Task.assignee_id == user.id)
        .order_by(Task.instance_id, Task.number)
    ).all()
    for task in claimed:
        release(session, task)
    return len(claimed)


def search(
    session: Session,
    text: str = "",
    *,
    office_id: str | None = None,
    role: str | None = None,
    left: bool = False,
    page: int = 1,
) -> Page:
    """Return people by part of name or login, those present or those who left."""
    query = select(User).where(User.left_at.is_not(None) if left else User.left_at.is_(None))
    if text.strip():
        part = f"%{_escaped(text.strip().lower())}%"
        query = query.where(
            or_(User.login.like(part, escape="/"), func.lower(User.name).like(part, escape="/"))
        )
    if office_id:
        query = query.where(User.office_id == office_id)
    if role:
        query = query.where(User.id.in_(select(UserRole.user_id).where(UserRole.role == role)))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = min(max(page, 1), max(1, -(-total // PAGE)))
    rows = session.scalars(
        query.order_by(User.name, User.login).limit(PAGE).offset((number - 1) * PAGE)
    )
    return Page(list(rows), total, number)


def exists_any(session: Session) -> bool:
    """Tell whether somebody could sign in at all."""
    return session.scalar(select(User.id).where(User.left_at.is_(None)).limit(1)) is not None


def _present(session: Session, user_id: UUID) -> User:
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise UserNotFound(user=user_id)
    if user.left_at is not None:
        raise UserLeft(login=user.login)
    return user


def _checked_name(name: str) -> str:
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= MAX_NAME:
        raise NameInvalid(maximum=MAX_NAME)
    return clean


def _write_roles(session: Session, user: User, wanted: Roles) -> None:
    for role, office_id in sorted(set(wanted)):
        if role not in permissions.ROLES:
            raise RoleUnknown(role=role)
        if session.get(Office, office_id) is None:
            raise offices.OfficeNotFound(office=office_id)
        session.add(UserRole(user_id=user.id, role=role, office_id=office_id))
    session.flush()


def _require_other_administrator(session: Session, user_id: UUID) -> None:
    """Lock the rows of all present administrators first, so that two cannot leave at once."""
    present = set(
        session.scalars(
            select(User.id)
            .where(
                User.left_at.is_(None),
                User.id.in_(select(UserRole.user_id).where(UserRole.role == "administrator")),
            )
            .order_by(User.id)
            .with_for_update()
        )
    )
    if present == {user_id}:
        raise LastAdministrator()


def _escaped(text: str) -> str:
    for sign in ("/", "%", "_"):
        text = text.replace(sign, "/" + sign)
    return text
