"""Drafts: the pages on which a section of an edition is typed, and how they are saved.

Every button of the page saves first, also those that lead elsewhere, so a wrong click loses
nothing; with a script the page saves by itself too. Each page has a token of its own, so that what
it has saved by itself is no surprise to it, and what somebody else has saved is.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.casework import editions
from engine.casework.editions import rows
from engine.casework.editions.drafting import EditionChanged, EditionTooLarge
from engine.db import reading, transaction
from engine.errors import EngineError
from engine.models import MatterEdition
from webui import auth, errors, i18n
from webui.editor import blueprint, typed, words
from webui.editor.sections import SECTIONS, of_place
from webui.frame import say

TOKEN_BYTES = 12


@blueprint.get("/<int:no>/<int:number>/edit/<section>")
@auth.permission("matter:write")
def section(no: int, number: int, section: str) -> Response:
    """Show a section of a draft with what is to be mended in it."""
    _known(section)
    with reading(auth.database()) as session:
        edition = editions.of_number(session, no, number)
        if edition.state != rows.DRAFT:
            return redirect(url_for("editor.matter", no=no), 303)
        return make_response(_page(edition, section, edition.content))


@blueprint.post("/<int:no>/<int:number>/edit/<section>")
@auth.permission("matter:write")
def save(no: int, number: int, section: str) -> Response:
    """Save what was typed, then do what the button says: add, remove, go on, or stay."""
    _known(section)
    try:
        _save(no, number, section, acting=True)
    except (EditionChanged, EditionTooLarge) as error:
        return _refused(no, number, section, error)
    place = request.form.get("goto", "")
    if place == "matter":
        return redirect(url_for("editor.matter", no=no), 303)
    if place not in SECTIONS:
        say(_("Saved."), "in")
    here = {"no": no, "number": number, "section": place if place in SECTIONS else section}
    added = request.form.get("add")
    anchor = f"{added}-new" if added else None
    return redirect(url_for("editor.section", **here, _anchor=anchor), 303)


@blueprint.post("/<int:no>/<int:number>/autosave/<section>")
@auth.permission("matter:write")
def autosave(no: int, number: int, section: str) -> Response:
    """Keep what is typed; the page sends it by itself."""
    _known(section)
    _save(no, number, section, acting=False)
    return Response(status=204)


def _save(no: int, number: int, section: str, *, acting: bool) -> None:
    form = request.form
    with transaction(auth.database()) as session:
        edition = editions.of_number(session, no, number)
        content = typed.applied(edition.content, section, form)
        if acting and form.get("add"):
            content = typed.with_entry(content, _list(section, form["add"]))
        if acting and form.get("remove"):
            _list(section, form["remove"].partition(".")[0])
            content = typed.without_entry(content, form["remove"])
        editions.save(
            session,
            no,
            number,
            content,
            by=auth.actor(),
            version=form.get("version", 0, type=int),
            page=form.get("page", "")[:32] or None,
        )


def _refused(no: int, number: int, section: str, error: EngineError) -> Response:
    """Show the page again with all that was typed, and what was in the way."""
    with reading(auth.database()) as session:
        edition = editions.of_number(session, no, number)
        content = typed.applied(edition.content, section, request.form)
        html = _page(edition, section, content, problem=errors.text_of(error))
    return make_response(html, error.status)


def _page(
    edition: MatterEdition, section: str, content: Mapping[str, Any], problem: Any = None
) -> str:
    found: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for fault in editions.problems(edition):
        text = fault.message_zh if i18n.language() == "zh" else fault.message
        place = of_place(fault.at)
        counts[place] = counts.get(place, 0) + 1
        if place == section:
            found.setdefault(fault.at, []).append(text)
    return render_template(
        "editor/section.html",
        edition=edition,
        content=content,
        section=section,
        sections=list(SECTIONS),
        parts=SECTIONS[section],
        counts=counts,
        faults=found,
        page=secrets.token_hex(TOKEN_BYTES),
        node_at=typed.node_at,
        shown=typed.shown,
        choices=words.confidence_words(),
        problem=problem,
    )


def _list(section: str, name: str) -> str:
    if name not in {part.name for part in SECTIONS[section] if part.many}:
        abort(400)
    return name


def _known(section: str) -> None:
    if section not in SECTIONS:
        abort(404)
