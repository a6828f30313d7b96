"""Worklists: what a clerk sees of tasks and cases, sorted by what is due first.

Questions only. A clerk sees the tasks they may take at their offices, the intake office all cases
it took in and their closing feedback (办结反馈), the auditor all. Names are masked here, so
that no list shows more than its reader needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.casework.lines import CaseLine, Frame, WorkItem
from engine.models import OPEN_STATES, Case, ClockStop, MatterVersion, Task, User
from engine.people.identity import Actor
from engine.process import assignment
from engine.record import personal

VIEWS = ("all", "mine", "unclaimed", "overdue", "stopped")
PAGE = 50
WORKING_ROLES = ("intake", "handling", "supervisor")


def tasks(
    session: Session,
    actor: Actor,
    *,
    view: str = "all",
    text: str = "",
    page: int = 0,
    language: str = "zh",
) -> list[WorkItem]:
    """Return one page of the tasks that wait for the actor, first due first.

    What asks for another role or another person is left out: it would be refused.

    Args:
        view: one of VIEWS.
        text: part of a case number, a matter's name, or a whole name or paper number.
        page: from 0, PAGE lines each; one more line is returned when there is a next page.
        language: of matters and offices, `zh` or `en`.
    """
    query: Any = (
        select(Task, Case, User.name)
        .join(Case, Case.instance_id == Task.instance_id)
        .join(User, User.id == Task.assignee_id, isouter=True)
        .where(*_waiting_for(actor), *_of_view(view, actor))
        .order_by(Task.due_at.is_(None), Task.due_at, Task.created_at, Task.instance_id)
        .offset(page * PAGE)
        .limit(PAGE + 1)
    )
    query = _matching(session, query, text)
    rows = session.execute(query).all()
    frame = Frame(session, [case for _, case, _ in rows], language)
    return [frame.work_item(task, case, assignee, actor) for task, case, assignee in rows]


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """Return how many tasks each view holds, and how much closing feedback is unread."""
    found = {}
    for view in VIEWS:
        query = (
            select(func.count())
            .select_from(Task)
            .join(Case, Case.instance_id == Task.instance_id)
            .where(*_waiting_for(actor), *_of_view(view, actor))
        )
        found[view] = session.scalar(query) or 0
    unread = select(func.count()).select_from(Case).where(*_feedback(actor, unread=True))
    found["feedback"] = session.scalar(unread) or 0
    return found


def feedback(
    session: Session, actor: Actor, *, page: int = 0, language: str = "zh"
) -> list[CaseLine]:
    """Return cases that the actor's window took in and that are closed, unread first."""
    query = (
        select(Case)
        .where(*_feedback(actor))
        .order_by(Case.feedback_seen_at.is_not(None), Case.closed_at.desc())
        .offset(page * PAGE)
        .limit(PAGE + 1)
    )
    return _lines(session, list(session.scalars(query)), language)


def taken_in(
    session: Session, actor: Actor, *, text: str = "", page: int = 0, language: str = "zh"
) -> list[CaseLine]:
    """Return all cases of the actor's offices, newest first: taken in or handled there."""
    mine = actor.offices_with(*WORKING_ROLES)
    scope = or_(Case.intake_office_id.in_(mine), Case.handling_office_id.in_(mine))
    return _cases(session, scope, text, page, language)


def line(session: Session, case: Case, language: str = "zh") -> CaseLine:
    """Return one case as the lists show it."""
    return _lines(session, [case], language)[0]


def every(
    session: Session,
    *,
    text: str = "",
    page: int = 0,
    where: ColumnElement[bool] | None = None,
    language: str = "zh",
) -> list[CaseLine]:
    """Return all cases, newest first, for an auditor; the caller has checked the right."""
    return _cases(session, where, text, page, language)


def _cases(
    session: Session, scope: ColumnElement[bool] | None, text: str, page: int, language: str
) -> list[CaseLine]:
    query = select(Case).order_by(Case.created_at.desc(), Case.instance_id)
    if scope is not None:
        query = query.where(scope)
    query = _matching(session, query, text).offset(page * PAGE).limit(PAGE + 1)
    return _lines(session, list(session.scalars(query)), language)


def _waiting_for(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of what the actor may take: `assignment.require` said for a list."""
    candidates, excluded = cast(Task.candidates, String), cast(Task.excluded, String)
    at_mine = Task.office_id.in_(actor.offices_with(*WORKING_ROLES))
    entitled = [and_(at_mine, candidates == "[]")]
    for role in WORKING_ROLES:
        holds_it = Task.office_id.in_(actor.offices_with(role))
        entitled.append(and_(holds_it, candidates.contains(f'"{role}"')))
    if actor.login is not None:
        login = f'"{assignment.PERSON}{actor.login}"'
        entitled.append(candidates.contains(login, autoescape=True))
    return (
        Task.state.in_(OPEN_STATES),
        or_(*entitled),
        excluded.not_like(f'%"{actor.user_id}"%'),
    )


def _of_view(view: str, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    if view == "mine":
        return (Task.assignee_id == actor.user_id,)
    if view == "unclaimed":
        return (Task.state == "open",)
    if view == "overdue":
        return (Task.due_at < clock.now(),)
    if view == "stopped":
        return (_is_stopped(),)
    return ()


def _is_stopped() -> ColumnElement[bool]:
    return (
        select(ClockStop.number)
        .where(ClockStop.instance_id == Case.instance_id, ClockStop.resumed_on.is_(None))
        .exists()
    )


def _feedback(actor: Actor, *, unread: bool = False) -> tuple[ColumnElement[bool], ...]:
    at_mine = Case.intake_office_id.in_(actor.offices_with("intake", "supervisor"))
    closed = and_(at_mine, Case.closed_at.is_not(None), Case.case_no.is_not(None))
    return (closed, Case.feedback_seen_at.is_(None)) if unread else (closed,)


def _matching(session: Session, query: Any, text: str) -> Any:
    wanted = text.strip()
    if not wanted:
        return query
    pattern = "%" + wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    numbers = [no for no in set(session.scalars(_matters_named(pattern))) if isinstance(no, int)]
    people = [
        personal.find(session, field, wanted)
        for field in ("applicant.name", "applicant.id_no", "agent.name", "agent.id_no")
    ]
    found = {instance_id for ids in people for instance_id in ids}
    return query.where(
        or_(
            Case.case_no.like(pattern, escape="\\"),
            Case.matter_no.in_(numbers),
            Case.instance_id.in_(found),
        )
    )


def _matters_named(pattern: str) -> Select[Any]:
    name = MatterVersion.content["name"].as_string()
    return select(MatterVersion.matter_no).where(name.like(pattern, escape="\\"))


def _lines(session: Session, found: Sequence[Case], language: str) -> list[CaseLine]:
    frame = Frame(session, found, language)
    return [frame.case_line(case) for case in found]
