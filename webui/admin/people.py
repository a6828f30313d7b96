"""People: finding, adding and changing accounts, resetting passwords, leavers.

A generated password is on the answer to the request that made it and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.db import reading, transaction
from engine.errors import EngineError
from engine.models import Office, Task, User, UserRole
from engine.people import offices, tokens, users
from engine.people.identity import Actor
from engine.people.permissions import ROLES
from engine.process import tasks
from engine.process.tasks import TaskKey
from webui import auth, counting, errors, i18n
from webui.admin import acts, blueprint
from webui.frame import say
from webui.words import role_name

# Which field of the form an error is about; all others stand above the form.
FIELDS = {
    "login-taken": "login",
    "login-invalid": "login",
    "name-invalid": "name",
    "office-not-found": "office",
    "office-ended": "office",
    "role-unknown": "roles",
    "last-administrator": "roles",
}


@dataclass
class PersonForm:
    """What stands in the form: as stored, or as typed."""

    name: str = ""
    login: str = ""
    office: str = ""
    roles: list[str] = field(default_factory=list)  # at the person's own office
    others: list[str] = field(default_factory=list)  # "role@office" elsewhere
    add_role: str = ""
    add_office: str = ""

    @classmethod
    def typed(cls, form: MultiDict[str, str]) -> PersonForm:
        """Read a posted form."""
        single = {name: form.get(name, "") for name in ("name", "login", "office")}
        return cls(
            **single,
            roles=form.getlist("roles"),
            others=form.getlist("others"),
            add_role=form.get("add_role", ""),
            add_office=form.get("add_office", ""),
        )

    @classmethod
    def stored(cls, user: User, roles: frozenset[tuple[str, str]]) -> PersonForm:
        """Show an account."""
        own = sorted(role for role, office in roles if office == user.office_id)
        others = sorted(f"{role}@{office}" for role, office in roles if office != user.office_id)
        return cls(user.name, user.login, user.office_id or "", own, others)

    def pairs(self) -> set[tuple[str, str]]:
        """Return the roles with their offices."""
        found = {(role, self.office) for role in self.roles if self.office}
        for text in self.others:
            role, _at, office = text.partition("@")
            found.add((role, office))
        if self.add_role and self.add_office:
            found.add((self.add_role, self.add_office))
        return found


@blueprint.get("/people")
@auth.permission("user:read")
def people() -> Response:
    """List people, those present or those who left."""
    asked = request.args
    with reading(auth.database()) as session:
        page = users.search(
            session,
            asked.get("q", ""),
            office_id=asked.get("office") or None,
            role=asked.get("role") or None,
            left="left" in asked,
            page=counting.page(),
        )
        html = render_template(
            "admin/people.html",
            page=page,
            roles=_roles_of(session, page.users),
            names=_office_names(session),
            offices=_office_options(session),
            asked=asked,
            role_options=_role_options(),
            page_size=users.PAGE,
        )
    return make_response(html)


@blueprint.route("/people/new", methods=["GET", "POST"])
@auth.permission("user:write")
def add_person() -> Response:
    """Add a person, and show the generated password once."""
    if request.method == "GET":
        return _form(PersonForm(office=request.args.get("office", "")))
    typed = PersonForm.typed(request.form)
    try:
        with transaction(auth.database()) as session:
            added = users.add(
                session,
                login=typed.login,
                name=typed.name,
                office_id=typed.office or None,
                roles=typed.pairs(),
                by=auth.actor(),
            )
            user_id, login, name = added.user.id, added.user.login, added.user.name
    except EngineError as error:
        return _form(typed, error=error)
    acts.record("user.added", f"user {user_id}")
    return _show_password(user_id, login, name, added.password, new=True)


@blueprint.route("/people/<uuid:user_id>", methods=["GET", "POST"])
@auth.permission("user:write")
def person(user_id: UUID) -> Response:
    """Show an account and change it."""
    with reading(auth.database()) as session:
        user = users.get(session, user_id)
        before = PersonForm.stored(user, users.roles_of(session, user))
    if request.method == "GET":
        return _form(before, user_id)
    typed = PersonForm.typed(request.form)
    typed.login = before.login
    try:
        with transaction(auth.database()) as session:
            users.change(
                session,
                user_id,
                name=typed.name,
                office_id=typed.office or None,
                roles=typed.pairs(),
                by=auth.actor(),
            )
    except EngineError as error:
        return _form(typed, user_id, error=error)
    acts.record("user.changed", f"user {user_id}", _difference(before.pairs(), typed.pairs()))
    say(_("%(name)s is changed. It holds from their next click.", name=typed.name), "in")
    return redirect(url_for("admin.people"), 303)


@blueprint.post("/people/<uuid:user_id>/reset-password")
@auth.permission("user:write")
def reset_password(user_id: UUID) -> Response:
    """Generate a new password and show it once; the person must change it."""
    with transaction(auth.database()) as session:
        password = users.reset_password(session, user_id, by=auth.actor())
        user = users.get(session, user_id)
        login, name = user.login, user.name
    acts.record("user.password-reset", f"user {user_id}")
    return _show_password(user_id, login, name, password, new=False)


@blueprint.post("/people/<uuid:user_id>/leave")
@auth.permission("user:write")
def leave(user_id: UUID) -> Response:
    """End an account; claimed tasks go back to their offices."""
    by = auth.actor()
    with transaction(auth.database()) as session:
        count = users.leave(session, user_id, release=_releasing(by), by=by)
        name = users.get(session, user_id).name
    acts.record("user.left", f"user {user_id}", request.form.get("reason", "")[:400] or None)
    returned = ngettext(
        "%(num)s task is free again for the office.",
        "%(num)s tasks are free again for the office.",
        count,
    )
    say(_("%(name)s can no longer sign in.", name=name) + " " + returned, "in")
    return redirect(url_for("admin.people"), 303)


@blueprint.post("/people/<uuid:user_id>/revoke-tokens")
@auth.permission("user:write")
def revoke_tokens(user_id: UUID) -> Response:
    """Revoke every token of the programs that act as this person."""
    with transaction(auth.database()) as session:
        users.get(session, user_id)
        tokens.revoke_all(session, user_id)
    acts.record("user.tokens-revoked", f"user {user_id}")
    say(_("All tokens are revoked."), "in")
    return redirect(url_for("admin.person", user_id=user_id), 303)


def _releasing(by: Actor) -> users.Release:
    def release(session: Session, task: Task) -> None:
        tasks.release(session, TaskKey(task.instance_id, task.number), by=by)

    return release


def _form(
    form: PersonForm, user_id: UUID | None = None, error: EngineError | None = None
) -> Response:
    problems: dict[str, str] = {}
    if error is not None:
        problems[FIELDS.get(error.code, "name")] = errors.text_of(error).text
    with reading(auth.database()) as session:
        user = users.get(session, user_id) if user_id else None
        html = render_template(
            "admin/person.html",
            form=form,
            person=user,
            problems=problems,
            is_self=user is not None and user.id == auth.actor().user_id,
            claimed=_claimed(session, user_id) if user_id else 0,
            tokens=tokens.count(session, user_id) if user_id else 0,
            names=_office_names(session),
            offices=_office_options(session, form.office),
            role_options=_role_options(),
            other_options=_other_options(session, form),
        )
    return make_response(html, 422 if error else 200)


def _show_password(
    user_id: UUID, login: str, name: str, password: str | None, *, new: bool
) -> Response:
    return make_response(
        render_template(
            "admin/password.html",
            user_id=user_id,
            login=login,
            name=name,
            password=password,
            new=new,
        )
    )


def _difference(before: set[tuple[str, str]], after: set[tuple[str, str]]) -> str | None:
    """Say which roles were given and taken, in ids."""
    given = [f"+{role}@{office}" for role, office in sorted(after - before)]
    taken = [f"-{role}@{office}" for role, office in sorted(before - after)]
    return " ".join(given + taken)[:400] or None


def _claimed(session: Session, user_id: UUID) -> int:
    query = select(func.count()).select_from(Task)
    return session.scalar(query.where(Task.state == "claimed", Task.assignee_id == user_id)) or 0


def _roles_of(session: Session, found: list[User]) -> dict[UUID, list[tuple[str, str]]]:
    rows = session.execute(
        select(UserRole.user_id, UserRole.role, UserRole.office_id)
        .where(UserRole.user_id.in_([user.id for user in found]))
        .order_by(UserRole.role, UserRole.office_id)
    )
    roles: dict[UUID, list[tuple[str, str]]] = {}
    for user_id, role, office in rows:
        roles.setdefault(user_id, []).append((role, office))
    return roles


def _role_options() -> list[tuple[str, str]]:
    return [(role, role_name(role)) for role in ROLES]


def _other_options(session: Session, form: PersonForm) -> list[tuple[str, str]]:
    names = _office_names(session)
    found = []
    for text in form.others:
        role, _at, office = text.partition("@")
        where = _("%(role)s at %(office)s", role=role_name(role), office=names.get(office, office))
        found.append((text, where))
    return found


def _office_names(session: Session) -> Mapping[str, str]:
    return {office.id: _name(office) for office in session.scalars(select(Office))}


def _office_options(session: Session, present: str = "") -> list[tuple[str, str]]:
    """Offices to choose from; the person's own stays among them when it has ended."""
    found = offices.current(session)
    own = session.get(Office, present) if present else None
    if own is not None and own not in found:
        found.append(own)
    return [(office.id, _name(office)) for office in sorted(found, key=lambda one: one.id)]


def _name(office: Office) -> str:
    return office.name if i18n.language() == "zh" else office.name_en
