"""The frame every page stands in: headers, assets, icons, navigation, language and messages.

`install(app)` gives a Flask application what `templates/base.html` and the components need, and
sends the security headers with every response. A blueprint says whose home it is and what its
navigation holds with `furnish`. Signing in, permissions and the check of the CSRF token belong to
`auth.py`; this module only expects `csrf_token()` among the template's globals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import lazy_gettext
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from webui import formjs, i18n

HOMES = {
    "clerk": ("办", lazy_gettext("Cases")),
    "designer": ("设", lazy_gettext("Process studio")),
    "editor": ("事", lazy_gettext("Matters and their editions")),
    "auditor": ("审", lazy_gettext("Audit")),
    "reports": ("督", lazy_gettext("Supervision")),
    "admin": ("管", lazy_gettext("Administration")),
}
_STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; object-src 'none'"
)
# The diagram libraries write style attributes on their own elements; only their pages may.
_CANVAS = _STRICT.replace("style-src 'self';", "style-src 'self'; style-src-attr 'unsafe-inline';")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
}
_YEAR = 365 * 24 * 3600
_SYMBOL = re.compile(r'<symbol id="i-([a-z]+)".*?</symbol>', re.DOTALL)

pages = Blueprint("frame", __name__)


@dataclass(frozen=True)
class NavItem:
    """One place in the bar: its label, its endpoint and how many things wait there."""

    label: str
    endpoint: str
    count: int | None = None
    values: tuple[tuple[str, str], ...] = ()

    @property
    def href(self) -> str:
        return url_for(self.endpoint, **dict(self.values))

    @property
    def current(self) -> bool:
        return request.path == urlsplit(self.href).path


def install(app: Flask, *, demo: bool = False) -> None:
    """Furnish an application: languages, template globals, headers, language switch, pages."""
    i18n.install(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals.update(
        asset=asset,
        has_asset=has_asset,
        icon=icon,
        sprite=sprite,
        use_script=use_script,
        page_scripts=page_scripts,
        limit_state=i18n.limit_state,
        HOMES=HOMES,
    )
    app.jinja_env.globals.setdefault("csrf_token", lambda: "")
    app.jinja_env.globals["schema_options"] = formjs.options
    app.jinja_env.filters.update(initial=initial, show_if=formjs.show_if)
    app.context_processor(lambda: defaults(demo))
    app.after_request(_send_headers)
    app.register_blueprint(pages)


def defaults(demo: bool = False) -> dict[str, Any]:
    """Return what the frame needs of a page that nobody is known to look at."""
    return {
        "demo": demo,
        "theme": _cookie("theme", ("light", "dark")),
        "text_size": _cookie("text", ("large",)),
        "other_language": _other_language(),
        # A blueprint's own values win over these: see `furnish`.
        "home": None,
        "nav": (),
        "homes": (),
        "user": None,
        "search_url": None,
        "notices": None,
        "sign_out_url": None,
    }


def furnish(blueprint: Blueprint, home: str, nav: Callable[[], Iterable[NavItem]]) -> None:
    """Say whose home a blueprint is and which places its bar offers.

    `nav` is called once per page, inside the request, so that it may count what waits.
    """
    if home not in HOMES:
        raise ValueError(f"{home} is no home")
    blueprint.context_processor(lambda: {"home": home, "nav": tuple(nav())})


def _cookie(name: str, allowed: tuple[str, ...]) -> str | None:
    value = request.cookies.get(name)
    return value if value in allowed else None


# ---- assets


@cache
def _manifest(folder: str) -> dict[str, str]:
    path = Path(folder) / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


def asset(name: str) -> str:
    """Return the address of a built asset; the name holds its content's hash."""
    return url_for("static", filename=_manifest(str(current_app.static_folder)).get(name, name))


def has_asset(name: str) -> bool:
    """Say whether the build made this asset."""
    return name in _manifest(str(current_app.static_folder))


def use_script(name: str, canvas: bool = False) -> str:
    """Ask for a script on this page, once; `canvas` lets a diagram library style its elements."""
    g.scripts = {**getattr(g, "scripts", {}), name: True}
    if canvas:
        g.canvas = True
    return ""


def page_scripts() -> list[str]:
    """Return the scripts that the page has asked for."""
    return list(getattr(g, "scripts", {}))


# ---- icons


@cache
def _symbols() -> dict[str, str]:
    text = (Path(__file__).parent / "templates" / "icons.svg").read_text(encoding="utf-8")
    return {found[1]: found[0] for found in _SYMBOL.finditer(text)}


def icon(name: str, large: bool = False) -> Markup:
    """Draw an icon; the page's sprite will hold its symbol."""
    if name not in _symbols():
        raise KeyError(f"no icon {name}")
    g.icons = {**getattr(g, "icons", {}), name: True}
    size = "i i--l" if large else "i"
    return Markup('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>').format(size, name)


def sprite() -> Markup:
    """Draw the symbols of the icons used so far: at the end of a page or of a fragment."""
    names = getattr(g, "icons", {})
    symbols = Markup("").join(Markup(_symbols()[name]) for name in names)
    return Markup('<svg class="sprite" aria-hidden="true">{}</svg>').format(symbols)


def initial(name: str | None) -> str:
    """Return the first character of a name, for the round mark of a person."""
    return (name or "?")[0].upper()


# ---- messages


def say(text: str, kind: str = "in", *, undo: str | None = None) -> None:
    """Tell the next page something: kind in, here, soon, over or info.

    With `undo`, an address that takes a POST, the reader can take it back for ten seconds.
    """
    flash(json.dumps({"text": str(text), "undo": undo}), kind)


@pages.app_template_filter("message")
def _message(stored: str) -> dict[str, Any]:
    """Read a flashed message back: ours is JSON, anybody's plain text works too."""
    try:
        found = json.loads(stored)
    except ValueError:
        found = stored
    return found if isinstance(found, dict) else {"text": stored, "undo": None}


# ---- headers


def _send_headers(response: Response) -> Response:
    policy = _CANVAS if getattr(g, "canvas", False) else _STRICT
    response.headers.setdefault("Content-Security-Policy", policy)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static" and response.status_code == 200:
        hashed = bool(re.search(r"-[A-Z0-9]{8}\.", request.path))
        lasts = f"public, max-age={_YEAR}, immutable" if hashed else "no-cache"
        response.headers["Cache-Control"] = lasts
    else:
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
    return response


# ---- language and standing pages


def _other_language() -> dict[str, str]:
    code, label, tag = ("en", "EN", "en") if i18n.language() == "zh" else ("zh", "中文", "zh-CN")
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return {"code": code, "label": label, "tag": tag, "here": here}


@pages.get("/language/<code>")
def switch_language(code: str) -> Response:
    """Remember a language for this browser and go back to the page it was chosen on."""
    if code not in i18n.LANGUAGES:
        raise NotFound()
    answer = redirect(own_address(request.args.get("next")))
    answer.set_cookie(i18n.COOKIE, code, max_age=_YEAR, samesite="Lax", secure=request.is_secure)
    return answer


@pages.get("/favicon.ico")
def favicon() -> Response:
    """Send a browser that shows a file, which names no icon, to the icon.

    As a page that is not found it would be drawn with what the next page was to say, and nobody
    would read it.
    """
    return redirect(asset("mark.svg"))


@pages.get("/accessibility")
def accessibility() -> str:
    """Say how the site can be used by keyboard, in large text and with a screen reader."""
    return render_template("accessibility.html")


def own_address(address: str | None, otherwise: str = "/") -> str:
    """Return an address if it lies within this site, else another one: no open redirects."""
    parts = urlsplit(address or "")
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    if not address or not inside or address.startswith("//") or "\\" in address:
        return otherwise
    return address
