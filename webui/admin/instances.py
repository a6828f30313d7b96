"""Instances: what runs, and the interventions of an operator in one of them or in many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.db import reading, transaction
from engine.errors import EngineError
from engine.models import Definition, Instance
from engine.process import bundles
from engine.process import instances as running
from engine.process import locking
from engine.process.interventions import batches, migration, moving, restarting, suspension
from webui import auth, errors
from webui.admin import acts, blueprint
from webui.frame import say

PAGE = 50
LIVE = (*locking.LIVE, locking.SUSPENDED)


def state_name(state: str) -> str:
    """Return what the state of an instance is called."""
    names = {
        "running": pgettext("instance", "running"),
        "incident": pgettext("instance", "stuck"),
        "suspended": pgettext("instance", "suspended"),
        "completed": pgettext("instance", "completed"),
        "cancelled": pgettext("instance", "cancelled"),
    }
    return names.get(state, state)


def act_name(act: str) -> str:
    """Return what an intervention is called."""
    names = {
        "suspend": pgettext("act", "Suspend"),
        "resume": pgettext("act", "Resume"),
        "cancel": pgettext("act", "Cancel"),
        "move": pgettext("act", "Move to a step"),
        "migrate": pgettext("act", "Carry over to a version"),
        "restart": pgettext("act", "Begin anew"),
    }
    return names[act]


blueprint.add_app_template_filter(state_name, "instance_state")
blueprint.add_app_template_filter(act_name, "act_name")


@blueprint.get("/instances")
@auth.permission("instance:operate")
def instances() -> Response:
    """List instances: those that live, or all, found by case number, process or id."""
    ended, text = "ended" in request.args, request.args.get("q", "").strip()
    page = max(request.args.get("page", 1, type=int), 1)
    with reading(auth.database()) as session:
        query = select(Instance).where(
            Instance.status.not_in(LIVE) if ended else Instance.status.in_(LIVE)
        )
        if text:
            query = query.where(_matching(text))
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        pages = max(1, -(-total // PAGE))
        page = min(page, pages)
        order = Instance.started_at.desc(), Instance.id
        rows = session.scalars(query.order_by(*order).limit(PAGE).offset((page - 1) * PAGE)).all()
        html = render_template(
            "admin/instances.html",
            rows=rows,
            ended=ended,
            text=text,
            page=page,
            pages=pages,
            total=total,
            first=(page - 1) * PAGE + 1,
            acts=["restart"] if ended else ["suspend", "resume", "cancel", "move", "migrate"],
        )
    return make_response(html)


def _matching(text: str) -> Any:
    try:
        return Instance.id == UUID(text)
    except ValueError:
        return or_(
            Instance.case_no == text,
            Instance.business_key == text,
            Instance.process_key.contains(text, autoescape=True),
        )


@blueprint.get("/instances/<uuid:instance_id>")
@auth.permission("instance:operate")
def instance(instance_id: UUID) -> Response:
    """Show an instance and what an operator can do with it."""
    return _page(instance_id)


def _page(instance_id: UUID, problem: str | None = None) -> Response:
    with reading(auth.database()) as session:
        view = running.view(session, instance_id)
        html = render_template(
            "admin/instance.html",
            row=view.instance,
            tasks=view.tasks,
            waiting=[one for one in view.waiting if one["type"] != "userTask"],
            incidents=view.incidents,
            live=view.instance.status in locking.LIVE,
            steps=_steps(session, view.instance),
            versions=_versions(session, view.instance),
            problem=problem,
        )
    return make_response(html, 409 if problem else 200)


def _steps(session: Session, row: Instance) -> list[tuple[str, str]]:
    """Return the tasks and calls of the process itself, where a case can be put."""
    model = bundles.of_instance(session, row).specifications.models[row.process_key]
    kinds = ("userTask", "manualTask", "callActivity", "subProcess", "receiveTask", "serviceTask")
    return [
        (n.id, n.name) for n in model.inside(None) if n.kind in kinds and not n.triggered_by_event
    ]


def _versions(session: Session, row: Instance) -> list[tuple[int, str]]:
    found = session.scalars(
        select(Definition)
        .where(Definition.kind == "process", Definition.key == row.process_key)
        .order_by(Definition.version.desc())
    )
    return [(one.version, f"v{one.version}") for one in found if one.version != row.version]


@blueprint.post("/instances/<uuid:instance_id>/<act>")
@auth.permission("instance:operate")
def intervene(instance_id: UUID, act: str) -> Response:
    """Do one intervention; what forbids it is told on the page of the instance."""
    if act not in batches.ACTS:
        return redirect(url_for("admin.instance", instance_id=instance_id), 303)
    reason = request.form.get("reason", "")
    try:
        with transaction(auth.database()) as session:
            done = _acts(act)(session, instance_id, reason)
            target = done.id if isinstance(done, Instance) else instance_id
    except EngineError as error:
        told = errors.text_of(error)
        return _page(instance_id, f"{told.title}{_(': ')}{told.text}")
    acts.record(f"instance.{act}", f"instance {instance_id}", reason)
    say(_("Done; the record of the case tells it."), "in")
    return redirect(url_for("admin.instance", instance_id=target), 303)


def _acts(act: str) -> Callable[[Session, UUID, str], Any]:
    by, form = auth.actor(), request.form
    plain = {
        "suspend": suspension.suspend,
        "resume": suspension.resume,
        "cancel": running.cancel,
        "restart": restarting.restart,
    }
    if act in plain:
        return lambda session, one, reason: plain[act](session, one, by=by, reason=reason)
    if act == "move":
        to = form.get("to", "")
        return lambda session, one, reason: moving.move(session, one, to=to, by=by, reason=reason)
    version = form.get("version", 0, type=int)
    return lambda session, one, reason: migration.migrate(
        session, one, to=version, by=by, reason=reason, names=names_of(form.get("names", ""))
    )


def names_of(text: str) -> dict[str, str]:
    """Return the mapping written as lines of `old = new`; other lines mean nothing."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {old.strip(): new.strip() for old, mark, new in pairs if mark and old.strip()}
