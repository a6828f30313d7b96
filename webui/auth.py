"""Who sits before the screen: the session cookie, the CSRF token, and what a route asks for.

Every staff route stands under `@permission(…)` or `@signed_in`; a contract test looks. Whether the
person may touch this very case is asked again by the engine. An unsafe request outside `/api/`
needs the token of its session; a form that comes after its session has ended is kept and offered
again after signing in (`kept_form`). The interface `/api/` brings bearer tokens of its own.
"""

from __future__ import annotations

import functools
import hmac
import logging
import secrets
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.db import Database, reading, transaction
from engine.errors import Unavailable
from engine.models import BrowserSession, Office, User
from engine.people import permissions, sessions, users
from engine.people.actors import UserLeft
from engine.people.identity import Actor
from engine.record import access
from engine.settings import Settings
from webui import errors, i18n

COOKIE = "tongban_session"
GUEST_COOKIE = "tongban_guest"  # ties the sign-in form to a browser that has no session yet
FIELD, HEADER = "csrf_token", "X-CSRF-Token"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
API = "/api/"
SIGNED_IN = "signed-in"
HOMES = {
    "clerk": frozenset({"intake", "handling", "supervisor"}),
    "designer": frozenset({"designer"}),
    "editor": frozenset({"editor"}),
    "auditor": frozenset({"auditor"}),
    "reports": frozenset({"supervisor", "auditor"}),
    "admin": frozenset({"administrator"}),
}

log = logging.getLogger("tongban.web")
View = TypeVar("View", bound=Callable[..., Any])


def install(app: Flask) -> None:
    """Make an application know who asks."""
    app.before_request(_identify)
    app.before_request(_check_csrf)
    app.after_request(_set_guest_cookie)
    app.after_request(_record_refusal)
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.context_processor(_person)


def database() -> Database:
    """Return the database this application serves."""
    return cast(Database, current_app.extensions["database"])


def settings() -> Settings:
    """Return the settings of this installation."""
    return cast(Settings, current_app.extensions["settings"])


def actor() -> Actor:
    """Return who is signed in; only views that ask for something may call it."""
    found: Actor | None = getattr(g, "actor", None)
    if found is None:
        raise LookupError("this view does not ask who is signed in")
    return found


# ---- what a route asks for


def permission(name: str) -> Callable[[View], View]:
    """Let only those through whose roles grant a permission anywhere.

    Raises:
        ValueError: at import, when there is no such permission.
    """
    permissions.require_known({name})
    return functools.partial(_asking, name)


def signed_in(view: View) -> View:
    """Let every signed-in member of staff through."""
    return _asking(SIGNED_IN, view)


def _asking(name: str, view: View) -> View:
    @functools.wraps(view)
    def asked(*args: Any, **values: Any) -> Any:
        if getattr(g, "actor", None) is None:
            return _ask_to_sign_in()
        if g.must_change_password and request.endpoint != "sign_in.change_password":
            return redirect(url_for("sign_in.change_password"), 303)
        if name != SIGNED_IN:
            permissions.require(actor(), name)
        return view(*args, **values)

    asked.asks = name  # type: ignore[attr-defined]
    return cast(View, asked)


def _ask_to_sign_in() -> AnyResponse:
    if request.method not in SAFE_METHODS:
        from webui.sign_in import page  # the page's module asks this one what a view is

        return page(status=401)
    here = request.full_path.rstrip("?")
    if request.headers.get("HX-Request"):
        target = url_for("sign_in.sign_in", next=request.headers.get("HX-Current-URL"))
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(url_for("sign_in.sign_in", next=here if here != "/" else None), 303)


# ---- the session


def _identify() -> None:
    g.actor = g.row = g.late_row = None
    g.must_change_password = False
    token = request.cookies.get(COOKIE)
    if not token or request.endpoint == "static" or request.path.startswith(API):
        return
    with reading(database()) as session:
        row = sessions.find(session, token)
        if row is None:
            return
        if not sessions.is_alive(row):
            g.late_row = row
            return
        user = users.get(session, row.user_id)
        try:
            g.actor = users.actor(session, user)
        except UserLeft:
            return
        g.row, g.must_change_password = row, user.must_change_password
        office = session.get(Office, g.actor.office_id) if g.actor.office_id else None
        g.office_name = _office_name(office)
    if sessions.needs_touch(row):
        _touch(row)


def _touch(row: BrowserSession) -> None:
    try:
        with transaction(database()) as session:
            sessions.touch(session, row.token_hash)
    except Unavailable as error:  # the next request will
        log.warning("session not extended", extra={"code": error.code})


def begin(response: AnyResponse, opened: sessions.Opened) -> None:
    """Give the browser the cookie of a new session."""
    response.set_cookie(
        COOKIE, opened.token, httponly=True, samesite="Lax", secure=request.is_secure
    )


def become(opened: sessions.Opened) -> None:
    """Make the rest of this request one of the new session."""
    with reading(database()) as session:
        user: User = users.get(session, opened.row.user_id)
        g.actor, g.row = users.actor(session, user), opened.row
        g.must_change_password = user.must_change_password
        office = session.get(Office, g.actor.office_id) if g.actor.office_id else None
        g.office_name = _office_name(office)


def homes() -> list[dict[str, str]]:
    """Return the homes that the person's roles open, of those this application has."""
    names = actor().role_names()
    return [
        {"home": home, "href": f"/{home}"}
        for home, roles in HOMES.items()
        if roles & names and home in current_app.blueprints
    ]


def _person() -> dict[str, Any]:
    if getattr(g, "actor", None) is None:
        return {}
    who = actor()
    roles = sorted(who.role_names())
    return {
        "user": {"name": who.name, "office_name": g.office_name, "roles": roles},
        "sign_out_url": url_for("sign_in.sign_out"),
        "password_url": url_for("sign_in.change_password"),
        "homes": [] if g.must_change_password else homes(),
    }


def _office_name(office: Office | None) -> str:
    if office is None:
        return ""
    return office.short_name if i18n.language() == "zh" else office.name_en


# ---- the CSRF token


def csrf_token() -> str:
    """Return the token that a form of this page must send."""
    if getattr(g, "row", None) is not None:
        return cast(str, g.row.csrf_token)
    return _guest_token(_guest())


def _check_csrf() -> None:
    if request.method in SAFE_METHODS or request.path.startswith(API) or not request.endpoint:
        return
    sent = request.headers.get(HEADER) or request.form.get(FIELD) or ""
    guest = request.cookies.get(GUEST_COOKIE)
    wanted = (
        [g.row.csrf_token]
        if g.row is not None
        # A form that came too late is kept only if it was ours; see `kept_form`.
        else [late.csrf_token for late in [g.late_row] if late is not None]
        + [_guest_token(guest) for guest in [guest] if guest]
    )
    if not any(hmac.compare_digest(sent.encode(), one.encode()) for one in wanted):
        raise errors.FormExpired()


def _guest() -> str:
    known = request.cookies.get(GUEST_COOKIE) or getattr(g, "guest", None)
    if known is None:
        known = g.guest = secrets.token_urlsafe(16)
    return known


def _guest_token(guest: str) -> str:
    key = settings().secret_key()
    return hmac.new(key, b"guest-form:" + guest.encode(), "sha256").hexdigest()


def _set_guest_cookie(response: Response) -> Response:
    made = getattr(g, "guest", None)
    if made is not None:
        response.set_cookie(
            GUEST_COOKIE, made, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response


def _record_refusal(response: Response) -> Response:
    """Refusals of people are kept with their looks; the refused step is rolled back by now."""
    if response.status_code == 403 and getattr(g, "actor", None) is not None:
        values = " ".join(str(value) for value in (request.view_args or {}).values())
        subject = f"{request.method} {request.endpoint} {values}".strip()[:120]
        access.record(
            database(), actor=actor().key, what="request.refused", subject=subject, reason=None
        )
    return response
