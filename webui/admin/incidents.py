"""Incidents: what is stuck, why, and trying again after the cause is mended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.db import reading, transaction
from engine.models import Incident, Instance, User
from engine.process import circuits
from engine.process import incidents as stuck
from webui import auth
from webui.admin import acts, blueprint
from webui.frame import say

PAGE = 50


@blueprint.get("/incidents")
@auth.permission("incident:read")
def incidents() -> Response:
    """List incidents: the open ones, oldest first, or the latest that were resolved."""
    resolved = "resolved" in request.args
    page = max(request.args.get("page", 1, type=int), 1)
    with reading(auth.database()) as session:
        total = _count(session, resolved)
        pages = max(1, -(-total // PAGE))
        page = min(page, pages)
        html = render_template(
            "admin/incidents.html",
            rows=_rows(session, resolved, page),
            resolved=resolved,
            systems=[one for one in circuits.all_of(session) if one.failures],
            page=page,
            pages=pages,
            total=total,
            first=(page - 1) * PAGE + 1,
        )
    return make_response(html)


@blueprint.post("/incidents/<uuid:instance_id>/<int:number>/retry")
@auth.permission("incident:write")
def retry_incident(instance_id: UUID, number: int) -> Response:
    """Try the step or the job again; whatever happens now is told on the list."""
    with transaction(auth.database()) as session:
        stuck.retry(session, instance_id, number, by=auth.actor())
    acts.record("incident.retried", f"incident {instance_id} {number}")
    say(_("It is being tried again."), "in")
    return redirect(url_for("admin.incidents"), 303)


def count_open() -> int:
    """Return how many incidents wait for a person."""
    with reading(auth.database()) as session:
        return _count(session, resolved=False)


def _count(session: Session, resolved: bool) -> int:
    query = select(func.count()).select_from(Incident)
    return session.scalar(query.where(_state(resolved))) or 0


def _state(resolved: bool) -> Any:
    return Incident.resolved_at.is_not(None) if resolved else Incident.resolved_at.is_(None)


def _rows(session: Session, resolved: bool, page: int) -> list[dict[str, Any]]:
    order = Incident.resolved_at.desc() if resolved else Incident.created_at
    found = session.execute(
        select(Incident, Instance)
        .join(Instance, Instance.id == Incident.instance_id)
        .where(_state(resolved))
        .order_by(order, Incident.instance_id, Incident.number)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    people = {str(user_id): name for user_id, name in session.execute(select(User.id, User.name))}
    return [
        {
            "incident": incident,
            "instance": instance,
            "resolved_by": people.get(incident.resolved_by or "", incident.resolved_by),
        }
        for incident, instance in found
    ]
