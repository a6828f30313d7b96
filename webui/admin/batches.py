"""Batches: one intervention in many instances, watched while it goes on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine.db import reading, transaction
from engine.errors import EngineError
from engine.models import Instance, User
from engine.process.interventions import batches as many
from webui import auth, errors, i18n
from webui.admin import acts, blueprint
from webui.admin.instances import names_of
from webui.frame import say


def batch_state(state: str) -> str:
    """Return what the state of a batch is called."""
    names = {
        "running": pgettext("batch", "running"),
        "paused": pgettext("batch", "paused"),
        "cancelled": pgettext("batch", "cancelled"),
        "done": pgettext("batch", "done"),
    }
    return names.get(state, state)


blueprint.add_app_template_filter(batch_state)


def _title(code: str | None) -> str | None:
    """Return what an error of this code says first, in the reader's language."""
    known = errors.texts().get(code or "")
    return known[i18n.language()].title if known else None


@blueprint.get("/batches")
@auth.permission("instance:operate")
def batches() -> Response:
    """List the newest batches."""
    with reading(auth.database()) as session:
        rows = many.latest(session, by=auth.actor())
        people = {id_: name for id_, name in session.execute(select(User.id, User.name))}
        html = render_template("admin/batches.html", rows=rows, people=people)
    return make_response(html)


@blueprint.post("/batches")
@auth.permission("instance:operate")
def add_batch() -> Response:
    """Begin a batch in the instances ticked on the list."""
    form = request.form
    parameters: dict[str, Any] = {}
    if form.get("act") == "move":
        parameters = {"to": form.get("to", "").strip()}
    elif form.get("act") == "migrate":
        parameters = {
            "to": form.get("version", 0, type=int),
            "names": names_of(form.get("names", "")),
        }
    try:
        chosen = [UUID(one) for one in form.getlist("instance")]
        with transaction(auth.database()) as session:
            made = many.create(
                session,
                form.get("act", ""),
                chosen,
                by=auth.actor(),
                reason=form.get("reason", ""),
                parameters=parameters,
            )
            batch_id = made.id
    except ValueError:
        return redirect(url_for("admin.instances"), 303)
    except EngineError as error:
        say(errors.text_of(error).text, "over")
        return redirect(url_for("admin.instances"), 303)
    acts.record("batch.created", f"batch {batch_id}", form.get("reason"))
    return redirect(url_for("admin.batch", batch_id=batch_id), 303)


@blueprint.get("/batches/<uuid:batch_id>")
@auth.permission("instance:operate")
def batch(batch_id: UUID) -> Response:
    """Show how far a batch is; the page asks again while it goes on."""
    with reading(auth.database()) as session:
        found = many.progress(session, batch_id, by=auth.actor())
        ids = [one.instance_id for one in found.failed]
        rows = session.execute(
            select(Instance.id, Instance.case_no, Instance.process_key).where(Instance.id.in_(ids))
        )
        html = render_template(
            "admin/batch.html",
            found=found,
            done=found.total - found.counts.get("waiting", 0),
            why=lambda item: _title(item.code) or item.message,
            names={one.id: one.case_no or one.process_key for one in rows},
        )
    return make_response(html)


@blueprint.post("/batches/<uuid:batch_id>/<state>")
@auth.permission("instance:operate")
def steer_batch(batch_id: UUID, state: str) -> Response:
    """Pause, continue or cancel a batch."""
    with transaction(auth.database()) as session:
        many.steer(session, batch_id, state, by=auth.actor())
    acts.record(f"batch.{state}", f"batch {batch_id}")
    say(_("The batch is told; the instance in hand is finished first."), "in")
    return redirect(url_for("admin.batch", batch_id=batch_id), 303)
