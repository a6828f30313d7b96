"""The application of the staff: clerks, designers, auditors, administrators, and programs.

The list of blueprints is explicit; nothing registers itself. What a request needs (database,
settings) hangs on the application, so a process may hold several, as the tests do.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.db import Database, reading
from engine.models import User
from engine.settings import Settings
from webui import (
    admin,
    api,
    auditor,
    auth,
    clerk,
    counting,
    designer,
    editor,
    errors,
    evaluate,
    frame,
    guide,
    health,
    incoming,
    metrics,
    paper_check,
    sign_in,
)

MEGABYTE = 1024 * 1024
LARGEST_REQUEST = 100 * MEGABYTE  # several materials of one case in one form
LARGEST_FORM = 5 * MEGABYTE  # without files: a diagram as text is the largest

BLUEPRINTS = (
    sign_in.blueprint,
    health.blueprint,
    metrics.blueprint,
    evaluate.blueprint,
    guide.blueprint,
    paper_check.blueprint,
    admin.blueprint,
    clerk.blueprint,
    designer.blueprint,
    editor.blueprint,
    auditor.blueprint,
)


def create_app(
    database: Database, settings: Settings, *, testing: bool = False, proxies: int = 0
) -> Flask:
    """Return the staff's application.

    Args:
        database: with its wiring; this application opens every transaction on it.
        settings: of this installation.
        testing: let defects through to the test instead of showing a page.
        proxies: how many reverse proxies of ours stand in front and tell the client's address;
            0 believes nobody.
    """
    app = Flask("webui")
    app.request_class = incoming.Request
    app.url_map.strict_slashes = False  # who types /clerk/ means /clerk
    app.secret_key = settings.secret_key()
    app.extensions |= {"database": database, "settings": settings}
    app.config.update(
        TESTING=testing,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        SESSION_COOKIE_NAME="tongban_messages",
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.session_interface = _MessageCookie()
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    counting.install(app)
    errors.install(app)
    frame.install(app)
    auth.install(app)
    app.context_processor(_demo)
    for blueprint in (*BLUEPRINTS, api.create_blueprint()):
        app.register_blueprint(blueprint)
    return app


class _MessageCookie(SecureCookieSessionInterface):
    """Flask's own cookie holds only the messages for the next page; signed, secure on https."""

    def get_cookie_secure(self, app: Flask) -> bool:
        from flask import request

        return request.is_secure


def _demo() -> dict[str, Any]:
    """Whether the database holds a demonstration: every page says so then."""
    if not hasattr(g, "demo"):
        with reading(auth.database()) as session:
            found = session.scalar(select(User.id).where(User.demo.is_(True)).limit(1))
        g.demo = found is not None
    return {"demo": g.demo}
