"""Checking a paper 文书核验: the one page for everybody, without signing in.

Whoever holds a paper gives its number and code, or scans its QR code, and learns whether it was
issued here, when, by which office, and whether it still stands; never about whom. A file given
with them is read in memory, compared by its hash and thrown away. Number and code that do not fit
get one answer, whatever of them exists; see `engine.casework.papers.checking`.
"""

from __future__ import annotations

import io
import math
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.formparser import FormDataParser

from engine.casework import papers
from engine.casework.papers import CheckedPaper, PaperCheckDelayed, codes
from webui import auth, errors, i18n, paper_names

MEGABYTE = 1024 * 1024
LARGEST = 5  # megabytes; our papers have a hundredth of it

blueprint = Blueprint("paper_check", __name__)


class _InMemory(FormDataParser):
    """Reads uploads into memory only; the usual parser writes large ones into a file."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"stream_factory": lambda *_sizes, **_more: io.BytesIO()})


# Called before the token of the form is read, and with it the form.
@blueprint.url_value_preprocessor
def _keep_small(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    request.max_content_length = LARGEST * MEGABYTE
    request.form_data_parser_class = _InMemory


@blueprint.get(codes.CHECK_PATH)
def ask() -> Response:
    """Ask for number and code; answer at once when the address holds both, as QR codes do."""
    paper_no, code = request.args.get(codes.NUMBER, ""), request.args.get(codes.CODE, "")
    if paper_no.strip() and code.strip():
        return _answer(paper_no, code, None)
    return _page(paper_no, code)


@blueprint.post(codes.CHECK_PATH)
def check() -> Response:
    """Answer for number, code and perhaps a file."""
    paper_no, code = request.form.get(codes.NUMBER, ""), request.form.get(codes.CODE, "")
    labels = {
        codes.NUMBER: (paper_no, _("Enter the number of the paper.")),
        codes.CODE: (code, _("Enter the verification code.")),
    }
    problems = {name: text for name, (typed, text) in labels.items() if not typed.strip()}
    if problems:
        return _page(paper_no, code, status=422, problems=problems)
    file = request.files.get("file")
    return _answer(paper_no, code, file.read() if file and file.filename else None)


@blueprint.errorhandler(413)
def too_large(_error: Exception) -> Response:
    """Say that a file so large is no paper of ours; the form was not read, so it is empty."""
    return _page("", "", status=413, too_large=True)


def _answer(paper_no: str, code: str, content: bytes | None) -> Response:
    address = request.remote_addr or "-"
    try:
        found = papers.check(auth.database(), paper_no, code, content=content, address=address)
    except PaperCheckDelayed as delayed:
        answer = _page(paper_no, code, status=delayed.status, delayed=errors.text_of(delayed).text)
        answer.headers["Retry-After"] = str(math.ceil(delayed.params["seconds"]))
        return answer
    if found is None:
        return _page(paper_no, code, refused=True)
    return _page(found.paper_no, codes.as_printed(code), found=found)


def _page(
    paper_no: str, code: str, *, status: int = 200, found: CheckedPaper | None = None, **more: Any
) -> Response:
    html = render_template(
        "paper_check.html",
        paper_no=paper_no,
        code=code,
        found=found,
        kind=found and _kind(found),
        office=found and (found.office if i18n.language() == "zh" else found.office_en),
        limit=LARGEST,
        **more,
    )
    answer = make_response(html, status)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _kind(found: CheckedPaper) -> str:
    return paper_names.issued(
        found.paper,
        is_licence=found.is_licence,
        outcome=found.outcome,
        result=found.result,
        result_en=found.result_en,
    )
