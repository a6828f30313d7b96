"""Errors become a page, or problem+json under /api; this module alone decides how they read.

A page says what failed, what is kept and what to do now, in the reader's language; the texts are
`translations/errors/*.yaml`, one entry per code with `en` and `zh`. What was typed comes back on
the page; after an expired form it can be sent again with one press. A code without an entry takes
its kind's, so nothing breaks, but `missing_texts` tells the contract test. Every answer bears an
id for the log; the log gets the id, the code and the route, and no values.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import re
import secrets
import traceback
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine import clock
from engine.errors import EngineError
from webui import i18n

TEXTS = Path(__file__).parent / "translations" / "errors"
_KINDS = {403: "forbidden", 404: "not-found", 409: "conflict", 422: "invalid", 503: "unavailable"}
_KINDS |= {401: "forbidden", 429: "too-many"}
_HTTP = {400: "bad-request", 404: "page-not-found", 405: "method-not-allowed", 413: "too-large"}
_HTTP |= {
    403: "forbidden",
    429: "too-many",
    415: "bad-request",
    503: "unavailable",
    401: "forbidden",
}
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without the ones that are misread aloud
_NEVER_SHOWN = ("csrf_token", "password", "old_password", "new_password", "repeat_password")
_API = "/api/"
_CODE = re.compile(r"[a-z_.:-]{1,60}")  # the value of a choice, which nobody has typed

log = logging.getLogger("tongban.web")


class FormExpired(HTTPException):
    """The CSRF token is missing or old: the page offers to send the same form again."""

    code = 400
    description = "The form is older than the session it was made in."


@dataclasses.dataclass(frozen=True)
class Text:
    """What an error says in one language: what failed, and what is kept and to be done."""

    title: str
    text: str

    def filled(self, params: Mapping[str, Any]) -> Text:
        facts = _Facts(params)
        return Text(self.title.format_map(facts), self.text.format_map(facts))


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


@cache
def texts() -> dict[str, dict[str, Text]]:
    """Read every text: code -> language -> Text. A code may be given once only."""
    found: dict[str, dict[str, Text]] = {}
    for path in sorted(TEXTS.glob("*.yaml")):
        for code, languages in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            if code in found:
                raise ValueError(f"{path.name}: the code {code} has a text already")
            found[code] = {name: Text(**languages[name]) for name in languages}
    return found


def missing_texts(codes: Iterable[str]) -> list[str]:
    """Return those "code (language)" that have no text of their own."""
    return sorted(
        f"{code} ({language})"
        for code in set(codes)
        for language in i18n.LANGUAGES
        if language not in texts().get(code, {})
    )


def text_of(error: EngineError, language: str | None = None) -> Text:
    """Return what an engine error says in a language (default: the reader's)."""
    code = error.code if error.code in texts() else _KINDS.get(error.status, "error")
    params = {name: _fact(value) for name, value in error.params.items()}
    return texts()[code][language or i18n.language()].filled(params)


def _fact(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple, set)) else value


def install(app: Flask) -> None:
    """Answer every error of an application, and give every request an id."""
    texts()
    app.before_request(_number)
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _defect)


def request_id() -> str:
    """Return this request's id: what a caller reads out on the telephone."""
    if not hasattr(g, "request_id"):
        _number()
    return str(g.request_id)


def _number() -> None:
    end = "".join(secrets.choice(_LETTERS) for _ in range(6))
    g.request_id = f"E-{clock.today():%Y%m%d}-{end}"


def _engine_error(error: EngineError) -> Response:
    facts = {"code": error.code, "status": error.status}
    log.info("refused", extra={"request_id": request_id(), "route": request.endpoint, **facts})
    if _for_program():
        title = text_of(error, "en").title
        answer = _problem(error.status, error.code, title, str(error), error)
    else:
        answer = _page(error.status, error.code, text_of(error), fields=_field_errors(error))
    if error.status == 401 and _for_program():
        answer.headers["WWW-Authenticate"] = "Bearer"
    if error.status == 429 and "seconds" in error.params:
        answer.headers["Retry-After"] = str(error.params["seconds"])
    return answer


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or 300 <= status < 400:
        return error.get_response()  # type: ignore[return-value]
    code = "form-expired" if isinstance(error, FormExpired) else _HTTP.get(status, "error")
    if _for_program():
        return _problem(status, code, texts()[code]["en"].title, error.description or "")
    again = isinstance(error, FormExpired)
    answer = _page(status, code, texts()[code][i18n.language()].filled({}), again=again)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _defect(error: Exception) -> Response:
    facts = {"request_id": request_id(), "route": request.endpoint, "trace": _trace(error)}
    log.error("defect", extra=facts)
    if _for_program():
        return _problem(500, "error", texts()["error"]["en"].title, "A defect; see the log.")
    return _page(500, "error", texts()["error"][i18n.language()])


def _trace(error: BaseException) -> str:
    """Return where a defect happened: kinds and lines, no messages, for those may hold values."""
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        lines += [*traceback.format_tb(cause.__traceback__), f"{type(cause).__qualname__}\n"]
        cause = cause.__cause__ or cause.__context__
    return "".join(lines)


def _for_program() -> bool:
    return request.path.startswith(_API)


def _problem(
    status: int, code: str, title: str, detail: str, error: EngineError | None = None
) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:tongban:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "params": error.params if error else {},
        "request_id": request_id(),
    }
    # Lists of findings are members of their own: a refused deployment's problems, a form's fields.
    for name in ("problems", "errors"):
        found = getattr(error, name, None)
        if found:
            body[name] = found
            body["params"] = {key: value for key, value in body["params"].items() if key != name}
    data = json.dumps(body, ensure_ascii=False, default=_plain)
    return Response(data, status, content_type="application/problem+json")


def _plain(value: Any) -> Any:
    for method in ("as_json", "to_json", "as_dict"):
        if hasattr(value, method):
            return getattr(value, method)()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)


def _field_errors(error: EngineError) -> dict[str, Any]:
    found = getattr(error, "errors", None)
    return dict(found) if isinstance(found, Mapping) else {}


def _page(
    status: int,
    code: str,
    text: Text,
    again: bool = False,
    fields: Mapping[str, Any] | None = None,
) -> Response:
    page = render_template(
        f"errors/{status if status in (403, 404) else 'error'}.html",
        status=status,
        code=code,
        text=text,
        again=again,
        fields=fields or {},
        kept=_typed(),
        written=[value for _name, value in _typed() if not _CODE.fullmatch(value)],
        request_id=request_id(),
        back=_back(),
    )
    return Response(page, status, content_type="text/html; charset=utf-8")


def _typed() -> list[tuple[str, str]]:
    """Return what was typed, to be given back; never secrets, never from a request cut short."""
    if request.method != "POST":
        return []
    try:
        values = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        return []
    return [(name, value) for name, value in values if name not in _NEVER_SHOWN and value.strip()]


def _back() -> str:
    from webui.frame import own_address

    referrer = request.referrer or ""
    if referrer.startswith(request.host_url):
        return own_address("/" + referrer[len(request.host_url) :])
    return "/"
