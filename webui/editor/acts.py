"""Acts on editions: begin, drop, confirm, send back, publish, call back, retire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import make_response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework import editions
from engine.db import reading, transaction
from engine.errors import Conflict, EngineError, Forbidden, Invalid
from webui import auth, errors
from webui.editor import blueprint
from webui.editor.matters import page_of_matter
from webui.frame import say


@blueprint.post("/<int:no>/begin")
@auth.permission("matter:write")
def begin(no: int) -> Response:
    """Begin a draft and go to its first section."""
    try:
        with transaction(auth.database()) as session:
            number = editions.begin(session, no, by=auth.actor()).number
    except Conflict as error:
        return _refused(no, error)
    return redirect(url_for("editor.section", no=no, number=number, section="basics"), 303)


@blueprint.post("/<int:no>/<int:number>/drop")
@auth.permission("matter:write")
def drop(no: int, number: int) -> Response:
    """Give a draft up."""
    reason = request.form.get("reason", "")
    return _done(
        no,
        lambda session: editions.drop(session, no, number, by=auth.actor(), reason=reason),
        _("The draft is dropped."),
    )


@blueprint.post("/<int:no>/<int:number>/confirm")
@auth.permission("matter:write")
def confirm(no: int, number: int) -> Response:
    """Confirm a draft and the facts that were ticked."""
    form = request.form
    return _done(
        no,
        lambda session: editions.confirm(
            session,
            no,
            number,
            by=auth.actor(),
            version=form.get("version", 0, type=int),
            keys=form.getlist("facts"),
            basis=form.get("basis", ""),
        ),
        _("The edition is confirmed. It can be published now."),
    )


@blueprint.post("/<int:no>/<int:number>/send-back")
@auth.permission("matter:write")
def send_back(no: int, number: int) -> Response:
    """Make a confirmed edition a draft again."""
    reason = request.form.get("reason", "")
    return _done(
        no,
        lambda session: editions.send_back(session, no, number, by=auth.actor(), reason=reason),
        _("The edition is a draft again."),
    )


@blueprint.post("/<int:no>/<int:number>/publish")
@auth.permission("matter:write")
def publish(no: int, number: int) -> Response:
    """Publish a confirmed edition from a day on."""
    on = _day("on")
    return _done(
        no,
        lambda session: editions.publish(session, no, number, by=auth.actor(), on=on),
        _("The edition is published."),
    )


@blueprint.post("/<int:no>/<int:number>/call-back")
@auth.permission("matter:write")
def call_back(no: int, number: int) -> Response:
    """Take a publication back whose day has not come."""
    return _done(
        no,
        lambda session: editions.call_back(session, no, number, by=auth.actor()),
        _("The publication is called back."),
    )


@blueprint.post("/<int:no>/<int:number>/retire")
@auth.permission("matter:write")
def retire(no: int, number: int) -> Response:
    """Retire an edition without a successor."""
    on, reason = _day("on"), request.form.get("reason", "")
    return _done(
        no,
        lambda session: editions.retire(session, no, number, by=auth.actor(), on=on, reason=reason),
        _("The matter takes no new cases from that day on."),
    )


def _done(no: int, act: Callable[[Session], object], words: str) -> Response:
    try:
        with transaction(auth.database()) as session:
            act(session)
    except (Conflict, Invalid, Forbidden) as error:
        return _refused(no, error)
    say(words, "in")
    return redirect(url_for("editor.matter", no=no), 303)


def _refused(no: int, error: EngineError) -> Response:
    """Show the page of the matter with what was in the way and all that was typed."""
    typed = {key: value for key, value in request.form.items() if key != "csrf_token"}
    typed["facts"] = " ".join(request.form.getlist("facts"))
    with reading(auth.database()) as session:
        html = page_of_matter(session, no, errors.text_of(error), typed)
    return make_response(html, error.status)


def _day(name: str) -> date:
    """Return a day that was typed; a text that is none counts as long past and is told so."""
    try:
        return date.fromisoformat(request.form.get(name, "").strip())
    except ValueError:
        return date.min
