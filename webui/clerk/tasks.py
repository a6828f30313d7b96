"""Tasks: one task in the work pane; keeping a draft, completing.

What was typed comes back whatever goes wrong. A completed task leads on to the next one of the
same case if that waits at one of the clerk's offices, else back to the inbox with a word on where
the case is now. The receiving task has a page of its own (`intake`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework import amendments, cases, intake, reviews
from engine.db import reading, transaction
from engine.errors import EngineError
from engine.models import OPEN_STATES, Case, Draft, Office, Task, User
from engine.people import permissions
from engine.process import assignment, steps, tasks
from engine.process.tasks import TaskKey
from webui import auth, errors
from webui.clerk import amending, background, blueprint, handing, inbox, schema, story, view, words
from webui.frame import say

ADDRESS = "/tasks/<uuid:instance_id>/<int:number>"


@blueprint.get(ADDRESS)
@auth.permission("task:read")
def task(instance_id: UUID, number: int) -> Any:
    """Show a task in the work pane, or the page of the application."""
    return show(TaskKey(instance_id, number))


def show(
    key: TaskKey,
    typed: Mapping[str, Any] | None = None,
    error: EngineError | None = None,
) -> Any:
    """Show a task, with what was typed and what is wrong with it."""
    from webui.clerk import intake as application

    status = error.status if error else 200
    with reading(auth.database()) as session:
        found = tasks.get(session, key)
        case = cases.get(session, key.instance_id)
        sight = permissions.require_case(session, auth.actor(), case)
        if found.element == intake.RECEIVE and found.state in OPEN_STATES and _may(found):
            return application.page(session, found, case, sight, typed, error)
        shown = view.of_case(session, case, sight)
        page = render_template(
            "clerk/task.html",
            **inbox.listing(session),
            **_pane(session, found, shown, typed, error),
        )
    return page, status


def _pane(
    session: Session,
    found: Task,
    shown: view.CaseView,
    typed: Mapping[str, Any] | None,
    error: EngineError | None,
) -> dict[str, Any]:
    key = TaskKey(found.instance_id, found.number)
    may = found.state in OPEN_STATES and _may(found)
    excluded = str(auth.actor().user_id) in found.excluded
    holder = session.get(User, found.assignee_id) if found.assignee_id else None
    form = tasks.form(session, key) if may else None
    parts = schema.components(form.schema if form else None, schema.choices(session, shown.case))
    draft = tasks.draft(session, key, by=auth.actor()) if may else None
    row = session.get(Draft, (*key, auth.actor().user_id)) if draft else None
    wrong = getattr(error, "errors", None) or {}
    values = dict(typed if typed is not None else (draft or {}))
    amendable = (
        amending.page(session, shown.case, values)
        if may and amending.is_here(found.element)
        else {}
    )
    return {
        "task": found,
        "name": words.task_name(found.element, found.name),
        "view": shown,
        "may": may and not excluded,
        "excluded": excluded and found.state in OPEN_STATES,
        "mine": found.assignee_id is not None and found.assignee_id == auth.actor().user_id,
        "holder": holder.name if holder else None,
        "can_write": may and not excluded and found.assignee_id in (None, auth.actor().user_id),
        "parts": parts,
        "values": values,
        "ticked": values.get("points", []),
        "before": background.of_task(session, found, shown.matter) if may else [],
        "colleagues": handing.choices(session, found),
        "may_release": handing.may_release(found),
        "errors": errors.field_texts(wrong) if isinstance(wrong, Mapping) else {},
        "problem": errors.text_of(error) if error and not wrong else None,
        "saved": row.saved_at if row else None,
        "points": shown.matter.review_points if found.element in reviews.ELEMENTS else (),
        "is_receive": found.element == intake.RECEIVE,
        "then": words.then(found.element, shown.intake, shown.handling, shown.matter.category),
        "label": view.label,
        "delivery_word": words.delivery,
        "history": story.sentences(
            session, found.instance_id, story.events(session, found.instance_id), shown.sight
        )[:6],
        **amendable,
    }


def _may(found: Task) -> bool:
    return assignment.is_entitled(found, auth.actor())


@blueprint.post(f"{ADDRESS}/draft")
@auth.permission("task:write")
def draft(instance_id: UUID, number: int) -> Response:
    """Keep what is typed; the page sends it by itself."""
    from webui.clerk import intake as application

    key = TaskKey(instance_id, number)
    with transaction(auth.database()) as session:
        found = tasks.get(session, key, by=auth.actor())
        if found.element == intake.RECEIVE:
            content = application.typed_fields(request.form)
        else:
            content = _typed(session, found)
        tasks.save_draft(session, key, by=auth.actor(), content=content)
    return Response(status=204)


def _typed(session: Session, found: Task) -> dict[str, Any]:
    """Return what was sent for a task: its form, ticked review points, corrected answers."""
    form = tasks.form(session, TaskKey(found.instance_id, found.number))
    typed = schema.answers(schema.components(form.schema if form else None, {}), request.form)
    if found.element in reviews.ELEMENTS:
        typed["points"] = request.form.getlist("points")
    if amending.is_here(found.element):
        typed |= amending.typed(session, cases.get(session, found.instance_id))
    return typed


@blueprint.post(ADDRESS)
@auth.permission("task:write")
def complete(instance_id: UUID, number: int) -> Any:
    """Complete a task and lead on."""
    from webui.clerk import intake as application

    key = TaskKey(instance_id, number)
    with reading(auth.database()) as session:
        found = tasks.get(session, key, by=auth.actor())
        element = found.element
        receiving = element == intake.RECEIVE
        typed = {} if receiving else _typed(session, found)
    if receiving:
        return application.submit(key)
    version = request.form.get("version", type=int)
    try:
        with steps.run(auth.database(), instance_id=instance_id, task_number=number) as session:
            _complete(session, key, element, typed, version)
    except EngineError as error:
        if error.status not in (409, 422):
            raise
        return show(key, typed, error)
    return lead_on(instance_id)


def _complete(
    session: Session, key: TaskKey, element: str, typed: dict[str, Any], version: int | None
) -> None:
    me = auth.actor()
    if element in reviews.ELEMENTS:
        values = {name: value for name, value in typed.items() if name != "points"}
        points = typed["points"]
        reviews.complete(session, key, by=me, variables=values, points=points, version=version)
    elif amending.is_here(element):
        answers = {name.removeprefix("form."): value for name, value in typed.items()}
        amendments.submit(session, key, answers, by=me, version=version)
    else:
        tasks.complete(session, key, by=me, variables=typed, version=version)


def lead_on(instance_id: UUID) -> Response:
    """Go to the next task of the case if it is ours, else home with a word on where it is."""
    with reading(auth.database()) as session:
        case = session.get_one(Case, instance_id)
        waiting = list(
            session.scalars(
                select(Task)
                .where(Task.instance_id == instance_id, Task.state.in_(OPEN_STATES))
                .order_by(Task.number)
            )
        )
        ours = [one for one in waiting if _free_for_me(one)]
        named = case.case_no or _("The case")
        if ours:
            say(_("Done. The next step of %(case)s is here.", case=named))
            target = url_for("clerk.task", instance_id=instance_id, number=ours[0].number)
        elif waiting:
            office = session.get(Office, waiting[0].office_id) if waiting[0].office_id else None
            task_text = words.task_name(waiting[0].element, waiting[0].name)
            where = view.office_name(office) if office else ""
            say(
                _(
                    "%(case)s now waits at %(office)s: %(task)s.",
                    case=named,
                    office=where,
                    task=task_text,
                )
            )
            target = url_for("clerk.inbox")
        elif case.closed_at is not None:
            say(
                _(
                    "%(case)s is closed: %(outcome)s.",
                    case=named,
                    outcome=words.outcome(case.outcome),
                )
            )
            target = url_for("clerk.inbox")
        else:
            say(_("Done. %(case)s goes on by itself.", case=named))
            target = url_for("clerk.inbox")
    return redirect(target, 303)


def _free_for_me(found: Task) -> bool:
    me = auth.actor()
    return (
        assignment.is_entitled(found, me)
        and str(me.user_id) not in found.excluded
        and found.assignee_id in (None, me.user_id)
    )
