"""Signing in and out, changing one's password, and the way home after it.

An unknown account, a wrong password and a leaver get the same answer. What was typed into a form
that came too late is offered again after signing in.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine.db import reading, transaction
from engine.models import Office, User, UserRole
from engine.people import sessions, users
from engine.people.passwords import PasswordTooShort, PasswordTooSimple
from engine.people.sessions import SignInDelayed, SignInRefused
from engine.people.users import WrongPassword
from engine.record import access
from webui import auth, case_labels, errors, i18n, kept_form
from webui.frame import own_address, say
from webui.words import role_name

blueprint = Blueprint("sign_in", __name__)
KEPT = "kept_form"
PUBLIC = ("sign_in.sign_in", "sign_in.try_to_sign_in")


@blueprint.get("/sign-in")
def sign_in() -> Response:
    """Ask for account and password."""
    if g.actor is not None:
        return redirect(own_address(request.args.get("next"), "/"), 303)
    return page()


@blueprint.post("/sign-in")
def try_to_sign_in() -> Response:
    """Open a session, or say that account and password do not fit."""
    form, database = request.form, auth.database()
    login, password = form.get("login", ""), form.get("password", "")
    address = request.remote_addr or "-"
    try:
        opened = sessions.sign_in(database, login, password, address=address)
    except (SignInRefused, SignInDelayed) as error:
        auth.log.info("sign-in refused", extra={"code": error.code, "address": address})
        return page(status=error.status, login=login, error=errors.text_of(error).text)
    access.record(
        database,
        actor=str(opened.row.user_id),
        what="session.opened",
        subject=f"from {address}",
        reason=None,
    )
    auth.become(opened)
    response = _after(form)
    auth.begin(response, opened)
    return response


def page(status: int = 200, login: str = "", error: str | None = None) -> Response:
    """Return the sign-in page; it carries the form on which the session ended, if any."""
    posted_here = request.endpoint in PUBLIC
    kept = request.form.get(KEPT) if posted_here else kept_form.pack()
    next_page = request.values.get("next") if posted_here else None
    answer = make_response(
        render_template(
            "auth/sign_in.html",
            login=login,
            error=error,
            next=own_address(next_page) if next_page else None,
            kept=kept,
            accounts=_demo_accounts(),
        ),
        status,
    )
    if request.headers.get("HX-Request"):
        answer.status_code = 200  # htmx puts only successful answers on the page
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "body", "innerHTML"
    return answer


def _after(form: Mapping[str, str]) -> Response:
    text = form.get(KEPT)
    if not text or g.must_change_password:
        return redirect(own_address(form.get("next"), "/"), 303)
    kept = kept_form.unpack(text, auth.actor().user_id)
    if kept is None:
        say(
            _("The form was typed under another account or too long ago, so it is not sent."),
            "soon",
        )
        return redirect("/", 303)
    typed = [(name, value) for name, value in kept.fields if value.strip()]
    with reading(auth.database()) as session:
        written = case_labels.typed(session, kept.instance_id, typed)
    return make_response(render_template("auth/kept_form.html", kept=kept, written=written))


@blueprint.post("/sign-out")
@auth.signed_in
def sign_out() -> Response:
    """End this session."""
    with transaction(auth.database()) as session:
        sessions.end(session, request.cookies.get(auth.COOKIE, ""))
    say(_("You are signed out."), "info")
    response = redirect(url_for("sign_in.sign_in"), 303)
    response.delete_cookie(auth.COOKIE)
    return response


@blueprint.get("/")
@auth.signed_in
def home() -> Response:
    """Go to the person's first home; without a role, say whom to ask."""
    found = auth.homes()
    if found:
        return redirect(found[0]["href"], 303)
    return make_response(render_template("auth/no_home.html"))


@blueprint.route("/password", methods=["GET", "POST"])
@auth.signed_in
def change_password() -> Response:
    """Change one's own password; other sessions end."""
    problems: dict[str, str] = {}
    if request.method == "POST":
        if request.form.get("new_password") != request.form.get("repeat_password"):
            problems["repeat_password"] = _("The two new passwords differ.")
        else:
            try:
                return _change_password(request.form)
            except WrongPassword as error:
                problems["old_password"] = errors.text_of(error).text
            except (PasswordTooShort, PasswordTooSimple) as error:
                problems["new_password"] = errors.text_of(error).text
    html = render_template("auth/password.html", problems=problems, must=g.must_change_password)
    return make_response(html, 422 if problems else 200)


def _change_password(form: Mapping[str, str]) -> Response:
    who = auth.actor()
    assert who.user_id is not None  # nobody signs in as the system
    with transaction(auth.database()) as session:
        users.change_password(
            session, who.user_id, form.get("old_password", ""), form.get("new_password", "")
        )
        opened = sessions.open_for(session, who.user_id)
    access.record(
        auth.database(),
        actor=who.key,
        what="user.password-changed",
        subject=f"user {who.key}",
        reason=None,
    )
    say(_("The password is changed. Your other sessions have ended."), "in")
    response = redirect("/", 303)
    auth.begin(response, opened)
    return response


def _demo_accounts() -> list[dict[str, str]]:
    """The accounts of a demonstration, where there is one: a stranger must find a way in."""
    query = (
        select(User.login, User.name, Office.short_name, Office.name_en, UserRole.role)
        .join(Office, Office.id == User.office_id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.demo.is_(True), User.left_at.is_(None))
        .order_by(User.created_at, User.login)
    )
    found: dict[str, dict[str, str]] = {}
    with reading(auth.database()) as session:
        for login, name, office, office_en, role in session.execute(query):
            place = office if i18n.language() == "zh" else office_en
            entry = found.setdefault(
                login, {"login": login, "note": _("%(name)s, %(office)s", name=name, office=place)}
            )
            entry["note"] += _(", ") + role_name(role)
    return list(found.values())
