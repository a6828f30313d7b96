"""Errors become a page, or problem+json under /api; this module alone decides how they read.

A page says what failed, what is kept and what to do now, in the reader's language; the words are
in `error_texts`. What was typed comes back on the page; after an expired form it can be sent again
with one press. Every answer bears an id for the log; the log gets the id, the code and the route,
and no values.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import math
import secrets
import traceback
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine import clock
from engine.db import reading
from engine.errors import EngineError, Unavailable
from webui import i18n
from webui.error_texts import Text, field_codes, field_texts, missing_texts, text_of, texts

__all__ = [
    "FormExpired",
    "field_texts",
    "install",
    "missing_texts",
    "request_id",
    "text_of",
    "texts",
]

_HTTP = {400: "bad-request", 404: "page-not-found", 405: "method-not-allowed", 413: "too-large"}
_HTTP |= {
    403: "forbidden",
    429: "too-many",
    415: "bad-request",
    503: "unavailable",
    401: "forbidden",
}
WEB_CODES = frozenset({*_HTTP.values(), "form-expired", "error"})  # those of no engine error
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without the ones that are misread aloud
_NEVER_SHOWN = ("csrf_token", "password", "old_password", "new_password", "repeat_password")
_API = "/api/"

log = logging.getLogger("tongban.web")


class FormExpired(HTTPException):
    """The CSRF token is missing or old: the page offers to send the same form again."""

    code = 400
    description = "The form is older than the session it was made in."


def install(app: Flask) -> None:
    """Answer every error of an application, and give every request an id."""
    texts(), field_codes()
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
    if error.status in (429, 503) and "seconds" in error.params:
        answer.headers["Retry-After"] = str(math.ceil(error.params["seconds"]))
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
    if current_app.testing:
        raise error
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


def _field_errors(error: EngineError) -> dict[str, str]:
    found = getattr(error, "errors", None)
    return field_texts(found) if isinstance(found, Mapping) else {}


def _page(
    status: int,
    code: str,
    text: Text,
    again: bool = False,
    fields: Mapping[str, str] | None = None,
) -> Response:
    from webui import frame

    name = f"errors/{status if status in (403, 404) else 'error'}.html"
    facts = {
        "status": status,
        "code": code,
        "text": text,
        "again": again,
        "fields": fields or {},
        "kept": _typed(),
        "written": _written(),
        "request_id": request_id(),
        "back": _back(),
    }
    try:
        page = render_template(name, **facts)
    except (Unavailable, SQLAlchemyError):
        # The frame asks the database what waits where; when it is away, the words remain.
        page = current_app.jinja_env.get_template(name).render(frame.defaults() | facts)
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


def _written() -> list[tuple[str, str]]:
    """Return what was typed as it is shown: under its label, without what only a code tells."""
    given = _typed()
    if not given:
        return []
    from webui import auth, case_labels

    try:
        with reading(auth.database()) as session:
            return case_labels.typed(session, (request.view_args or {}).get("instance_id"), given)
    except (EngineError, SQLAlchemyError, LookupError):
        # The database may be what failed; then the words come back without their labels.
        return [("", value) for _name, value in given if not case_labels.is_code(value)]


def _back() -> str:
    from webui.frame import own_address

    referrer = request.referrer or ""
    if referrer.startswith(request.host_url):
        return own_address("/" + referrer[len(request.host_url) :])
    return "/"
