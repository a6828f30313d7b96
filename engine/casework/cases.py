"""Cases: opening, finding and stopping them.

A case begins at a window or online with the choice of a matter; its process instance starts at
once and waits for the application. It can be stopped from outside at any time before it is
decided: the applicant withdraws (撤回), or the office terminates it (终止). Both reach the process
as a message, so the diagram says what happens next. Steps of the case are in `operations`.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.casework import matters
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.models import Case, CaseNumber, Instance, Office, new_id
from engine.people.identity import Actor
from engine.process import instances, messages
from engine.record import history
from engine.record.history import Entry, Value

STOPPED = "case.stopped"
STOP_KINDS = ("withdraw", "terminate")

# Everything a diagram of ours may read exists from the start, so that no condition meets a
# name that an earlier step had no reason to write.
INITIAL_VARIABLES: dict[str, Any] = {
    "handling_office": None,
    "consulted_office": None,
    "materials_complete": None,
    "delivery_method": None,
    "intake_result": None,
    "examination": None,
    "refusal_ground": None,
    "refusal_reason": None,
    "correction": None,
    "correction_items": [],
    "correction_note": None,
    "receipt": None,
    "review": None,
    "review_opinion": None,
    "signature": None,
    "decision": None,
    "decision_reason": None,
    "special_kind": None,
    "special_reason": None,
    "special_days": None,
    "tracking": None,
    "returned_choice": None,
    "outcome": None,
}


class CaseNotFound(NotFound):
    """Search by number, name or paper of identity: the number may be mistyped."""

    code = "case-not-found"
    message = "There is no case {case}."


class NotAnIntakeOffice(Forbidden):
    """Only a window that takes applications in may open a case."""

    code = "not-an-intake-office"
    message = "{office} takes no applications in."


class CaseClosed(Conflict):
    """The case is decided or closed; start a new one if the applicant wants something else."""

    code = "case-closed"
    message = "Case {case} can no longer be stopped."


class ReasonMissing(Invalid):
    """Say why: the reason is kept in the record and told to the applicant."""

    code = "reason-missing"
    message = "A reason is needed."


def open_case(
    session: Session,
    matter_no: int,
    *,
    by: Actor,
    channel: str = "window",
    office_id: str | None = None,
    demo: bool = False,
) -> Case:
    """Open a case of a matter at the actor's window and start its process.

    Args:
        matter_no: 1 to 130.
        by: an intake clerk; the case belongs to an office where they hold that role.
        channel: `window` or `online`.
        office_id: the window, when the actor serves several.
        demo: whether the case is demonstration data, marked so on every paper.

    Raises:
        MatterNotFound, MatterEnded, MatterNotOpen: it takes no new case.
        NotAnIntakeOffice: the actor takes no applications in.
    """
    version, matter = matters.current(session, matter_no)
    matters.require_open(matter)
    office = _intake_office(session, by, office_id)
    instance_id = new_id()
    instances.start(
        session,
        matter.category,
        by=by,
        instance_id=instance_id,
        office_id=office.id,
        variables=INITIAL_VARIABLES
        | matter.variables({})
        | {
            "matter_no": matter.no,
            "is_licence": matter.is_licence,
            "immediate": matter.is_immediate,
            "intake_office": office.id,
            "channel": channel,
        },
    )
    case = Case(
        instance_id=instance_id,
        matter_no=matter.no,
        matter_hash=version.hash,
        stage="receiving",
        channel=channel,
        intake_office_id=office.id,
        created_at=clock.now(),
        demo=demo,
    )
    session.add(case)
    session.flush()
    note(session, case, "case.opened", by=by, matter_no=matter.no, intake_office=office.id)
    return case


def _intake_office(session: Session, by: Actor, office_id: str | None) -> Office:
    wanted = office_id or by.office_id or ""
    office = session.get(Office, wanted)
    if office is None or "intake" not in office.roles or not by.holds("intake", wanted):
        raise NotAnIntakeOffice(office=office.name if office else wanted or "-")
    return office


def get(session: Session, instance_id: UUID) -> Case:
    """Return a case by its id.

    Raises:
        CaseNotFound: there is none.
    """
    case = session.get(Case, instance_id)
    if case is None:
        raise CaseNotFound(case=instance_id)
    return case


def by_number(session: Session, case_no: str) -> Case:
    """Return a case by its number.

    Raises:
        CaseNotFound: there is none.
    """
    instance_id = session.scalar(
        select(CaseNumber.instance_id).where(CaseNumber.case_no == case_no.strip())
    )
    if instance_id is None:
        raise CaseNotFound(case=case_no)
    return get(session, instance_id)


def stop(session: Session, case: Case, kind: str, *, reason: str, by: Actor) -> None:
    """Withdraw or terminate a case; the process hears of it as a message in the same step.

    Args:
        kind: `withdraw` (the applicant's wish) or `terminate` (the office's, by law).
        reason: told to the applicant and kept.

    Raises:
        ReasonMissing: it is empty.
        CaseClosed: the case is decided or closed.
    """
    if kind not in STOP_KINDS:
        raise ValueError(kind)
    if not reason.strip():
        raise ReasonMissing()
    if case.closed_at is not None or case.decided_at is not None:
        raise CaseClosed(case=case.case_no or case.instance_id)
    case.outcome_reason = reason.strip()
    payload = {"stop_kind": kind}
    messages.deliver_to(session, case.instance_id, STOPPED, payload, by=by)


def see_feedback(session: Session, case: Case, *, by: Actor) -> None:
    """Mark the closing feedback 办结反馈 as seen by the intake office."""
    if case.feedback_seen_at is None and case.closed_at is not None:
        case.feedback_seen_at = clock.now()
        note(session, case, "feedback.seen", by=by)


def note(
    session: Session,
    case: Case,
    type_: str,
    *,
    by: Actor,
    element: str | None = None,
    **facts: Any,
) -> None:
    """Append an event about a case to its history; facts are values without a before."""
    instance = session.get_one(Instance, case.instance_id)
    entry = Entry(
        type=type_,
        actor=by.key,
        element=element,
        on_behalf_of=by.on_behalf_of,
        fields={name: Value(after=value) for name, value in facts.items()},
    )
    history.append(session, instance, [entry])
