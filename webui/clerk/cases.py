"""Cases: the page of one case, the list of all, and the feedback of closed ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue import loader
from engine.casework import cases as engine_cases
from engine.casework import deliveries, documents, materials, worklists
from engine.db import reading
from engine.models import OPEN_STATES, Case, Delivery, Instance, Office, Task, User
from engine.people import permissions
from engine.people.permissions import CaseReasonMissing, Sight
from engine.process import assignment
from engine.record import access
from webui import auth, counting, i18n, paper_names
from webui.clerk import blueprint, diagram, duties, evaluating, story, view, words
from webui.clerk.documents import require_work
from webui.error_texts import Text

ADDRESS = "/cases/<uuid:instance_id>"


# ---- lists


@blueprint.get("/cases")
@auth.permission("case:read")
def cases() -> Any:
    """List the cases of the reader's offices; an exact number leads straight to its case."""
    text = request.args.get("q", "").strip()[:100]
    page = counting.page()
    me = auth.actor()
    with reading(auth.database()) as session:
        every = worklists.every if me.holds("auditor") else None
        found = (
            every(session, text=text, page=page - 1, language=i18n.language())
            if every
            else worklists.taken_in(session, me, text=text, page=page - 1, language=i18n.language())
        )
    if text and len(found) == 1 and found[0].case_no == text:
        return redirect(url_for("clerk.case", instance_id=found[0].instance_id), 303)
    return _list(found, page, text=text, search_text=text, title=_("Cases of your offices"))


@blueprint.get("/feedback")
@auth.permission("case:read")
def feedback() -> str:
    """List closed cases that the reader's window took in, unread first."""
    page = counting.page()
    with reading(auth.database()) as session:
        language = i18n.language()
        found = worklists.feedback(session, auth.actor(), page=page - 1, language=language)
    return _list(found, page, title=_("Feedback of closed cases"), is_feedback=True)


def _list(found: list[worklists.CaseLine], page: int, **more: Any) -> str:
    return render_template(
        "clerk/cases.html",
        lines=found[: worklists.PAGE],
        more=len(found) > worklists.PAGE,
        page=page,
        stage=words.stage,
        outcome=words.outcome,
        **{"is_feedback": False, "text": "", **more},
    )


# ---- one case


@blueprint.get(ADDRESS)
@auth.permission("case:read")
def case(instance_id: UUID) -> Any:
    """Show a case; the supervisor of its department is asked for a reason first."""
    return show(instance_id)


@blueprint.post(ADDRESS)
@auth.permission("case:read")
def look_in(instance_id: UUID) -> Any:
    """Show a case of another office for a reason, which is recorded."""
    reason = request.form.get("reason", "").strip()
    with reading(auth.database()) as session:
        found = engine_cases.get(session, instance_id)
        sight = permissions.require_case(session, auth.actor(), found, reason=reason)
    if sight is Sight.ON_REASON:
        _record("case.opened", instance_id, reason)
    return show(instance_id, reason=reason)


@blueprint.post(f"{ADDRESS}/reveal")
@auth.permission("personal:reveal")
def reveal(instance_id: UUID) -> Any:
    """Show the real personal values of a case once, for a reason that is recorded."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise engine_cases.ReasonMissing()
    with reading(auth.database()) as session:
        found = engine_cases.get(session, instance_id)
        require_work(permissions.require_case(session, auth.actor(), found))
    _record("personal.revealed", instance_id, reason)
    return show(instance_id, revealed=True)


def _record(what: str, instance_id: UUID, reason: str) -> None:
    access.record(
        auth.database(),
        actor=auth.actor().key,
        what=what,
        subject=str(instance_id),
        reason=reason[:400],
    )


def show(
    instance_id: UUID,
    *,
    reason: str | None = None,
    revealed: bool = False,
    problem: Text | None = None,
    status: int = 200,
) -> Any:
    """Show the page of a case."""
    with reading(auth.database()) as session:
        found = engine_cases.get(session, instance_id)
        try:
            sight = permissions.require_case(session, auth.actor(), found, reason=reason)
        except CaseReasonMissing:
            return render_template("clerk/reason.html", instance_id=instance_id), 422
        shown = view.of_case(session, found, sight, reveal=revealed)
        page = render_template(
            "clerk/case.html",
            view=shown,
            case=found,
            revealed=revealed,
            problem=problem,
            **_parts(session, found, shown),
        )
    return page, status


def _parts(session: Session, found: Case, shown: view.CaseView) -> dict[str, Any]:
    instance = session.get_one(Instance, found.instance_id)
    events = story.events(session, found.instance_id)
    waiting = _waiting(session, found)
    districts = {
        one.code: one.name if i18n.language() == "zh" else one.name_en
        for one in loader.load_districts()
    }
    given = documents.given_names(session, found)
    deliveries_found = session.scalars(
        select(Delivery).where(Delivery.instance_id == found.instance_id).order_by(Delivery.number)
    )
    return {
        "stage": words.stage(found.stage),
        "outcome": words.outcome(found.outcome),
        "waiting": waiting,
        "history": story.sentences(session, found.instance_id, events, shown.sight),
        "answers": [
            (view.label(one), view.answer_text(one, shown.values.get(f"form.{one.key}"), districts))
            for one in shown.matter.fields
            if f"form.{one.key}" in shown.values
        ],
        "given": given,
        "removable": {
            one.number for one in shown.uploads if documents.is_removable(session, found, one)
        },
        "may_mark": shown.may_act and materials.is_open(found),
        "deliveries": list(deliveries_found),
        "tracking_states": [(one, words.parcel(one)) for one in deliveries.TRACKING_STATES[:3]],
        "files": diagram.files(session, instance),
        "may_stop": shown.may_act and found.closed_at is None and found.decided_at is None,
        "duty": duties.of_case(session, found, shown.matter),
        "evaluation": evaluating.of_case(session, found, shown.sight, shown.values),
        "may_read_feedback": found.closed_at is not None
        and found.feedback_seen_at is None
        and any(
            auth.actor().holds(role, found.intake_office_id) for role in ("intake", "supervisor")
        ),
        "label": view.label,
        "identity_paper": paper_names.identity,
        "material_form": words.material_form,
        "material_state": words.material_state,
        "parcel": words.parcel,
        "delivery_word": words.delivery,
        "limit_word": words.limit,
    }


def _waiting(session: Session, found: Case) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Task, Office, User.name)
        .join(Office, Office.id == Task.office_id, isouter=True)
        .join(User, User.id == Task.assignee_id, isouter=True)
        .where(Task.instance_id == found.instance_id, Task.state.in_(OPEN_STATES))
        .order_by(Task.number)
    )
    return [
        {
            "number": task.number,
            "name": words.task_name(task.element, task.name),
            "office": view.office_name(office) if office else "",
            "holder": holder,
            "mine": assignment.is_entitled(task, auth.actor()),
        }
        for task, office, holder in rows
    ]
