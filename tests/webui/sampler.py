"""A small site with every component on one page: real frame, real errors, no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jinja2
from flask import Blueprint, Flask, abort, render_template, request

from engine import clock
from engine.errors import Conflict, Invalid, NotFound
from webui import days, errors, evaluate, frame, guide, paper_check

HERE = Path(__file__).parent / "pages"
NOW = datetime(2026, 9, 16, 4, 4, tzinfo=UTC)
PERSON = "李四 500101189503070011"
USER = {"name": "吴十", "office_name": "江北区政务服务中心", "roles": ("intake",)}
SCHEMA = [
    {
        "type": "radio",
        "key": "verdict",
        "label": "结论",
        "values": [{"value": "yes", "label": "同意"}, {"value": "no", "label": "不同意"}],
        "validate": {"required": True},
    },
    {
        "type": "textarea",
        "key": "why",
        "label": "理由",
        "conditional": {"hide": '=verdict != "no"'},
        "validate": {"required": True, "maxLength": 500},
    },
    {"type": "text", "text": "提交后转负责人。"},
]


def site(*, demo: bool = True, user: dict[str, object] | None = USER) -> Flask:
    """Return the application."""
    app = Flask("webui")
    app.secret_key = "a test's own key"
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    frame.install(app, demo=demo)
    errors.install(app)
    app.jinja_env.globals["csrf_token"] = lambda: "token-of-the-test"
    app.jinja_loader = jinja2.ChoiceLoader([app.jinja_loader, jinja2.FileSystemLoader(HERE)])
    pages = Blueprint("clerk", __name__)
    frame.furnish(pages, "clerk", lambda: [frame.NavItem("待办", "clerk.components", 137)])
    _routes(pages)
    app.register_blueprint(pages)
    app.register_blueprint(_sign_in())
    for public in (evaluate, guide, paper_check):
        app.register_blueprint(public.blueprint)
    app.context_processor(
        lambda: {"user": user, "sign_out_url": "/echo", "search_url": "/" if user else None}
    )
    return app


def _sign_in() -> Blueprint:
    door = Blueprint("sign_in", __name__)

    @door.get("/sign-in")
    def show() -> str:
        return render_template("auth/sign_in.html", **dict.fromkeys(_SIGN_IN))

    @door.post("/sign-in")
    def try_to_sign_in() -> str:
        return render_template("auth/sign_in.html", **{**dict.fromkeys(_SIGN_IN), **_REFUSED})

    return door


def _routes(pages: Blueprint) -> None:
    @pages.get("/")
    def components() -> str:
        return render_template("components.html", **_values())

    @pages.route("/echo", methods=["GET", "POST"])
    def echo() -> str:
        frame.say("已签收。", undo="/echo")
        return "&".join(f"{name}={value}" for name, value in request.form.items(multi=True))

    @pages.post("/draft")
    def draft() -> tuple[str, int]:
        return "", 204 if request.headers.get("X-CSRF-Token") == "token-of-the-test" else 400

    @pages.route("/fail/<kind>", methods=["GET", "POST"])
    def fail(kind: str) -> str:
        if kind == "expired":
            raise errors.FormExpired()
        if kind == "defect":
            raise RuntimeError(PERSON)
        if kind.isdigit():
            abort(int(kind))
        raise {"conflict": Conflict, "invalid": Invalid}.get(kind, NotFound)(what="Task 7")

    @pages.get("/diagram.bpmn")
    def diagram() -> bytes:
        return (HERE / "diagram.bpmn").read_bytes()

    @pages.get("/marks.json")
    def marks() -> dict[str, object]:
        return {
            "marks": {"start": "passed", "f1": "passed", "review": "now"},
            "counts": {"review": 3},
        }

    @pages.get("/api/v1/fail")
    def api_fail() -> str:
        raise Conflict()


_REFUSED = {"login": "wushi", "error": "账号或口令不对，还可以再试 3 次。", "kept": "signed"}
_SIGN_IN = (
    "kept",
    "login",
    "error",
    "next",
    "sso_url",
    "ukey_url",
    "track_url",
    "forgot_url",
    "accounts",
)


def _values() -> dict[str, object]:
    first = date(2026, 9, 7)
    every = [first + timedelta(days=n) for n in range(120)]
    work = [one for one in every if one.weekday() < 5 or one == date(2026, 9, 20)]
    today = clock.local_date(NOW)
    return {
        "now": NOW,
        "earlier": NOW - timedelta(days=2, hours=3),
        "page_href": lambda n: f"?page={n}",
        "schema": SCHEMA,
        "strips": [
            days.strip(
                work[:20],
                today=today,
                promised_on=work[12],
                statutory_on=work[19],
                stopped=set(work[3:6]),
            ),
            days.strip(work[6:12], today=today, promised_on=work[8], statutory_on=work[11]),
            days.strip(work[:8], today=today, promised_on=work[4], statutory_on=work[5]),
            days.strip(work[:70], today=today, promised_on=work[40], statutory_on=work[69]),
        ],
    }
