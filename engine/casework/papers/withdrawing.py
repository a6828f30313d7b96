"""Withdrawing: an issued paper that no longer stands, because it was revoked or issued in error.

The paper stays in the case as it is; from now on whoever checks it is told that it is void, and
since when. What follows for the case is another step's business.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.casework.papers import codes
from engine.errors import Conflict, Invalid, NotFound
from engine.models import CaseNumber, Document, Instance
from engine.people.identity import Actor
from engine.record import history
from engine.record.history import Entry, Value

REASON_LENGTH = 400


class PaperNotFound(NotFound):
    """Copy the number from the foot of the paper."""

    code = "paper-not-found"
    message = "No paper with the number {paper_no} was issued here."


class PaperWithdrawn(Conflict):
    """Nothing is left to do: it was withdrawn before."""

    code = "paper-withdrawn"
    message = "The paper {paper_no} was withdrawn on {day}."


class WithdrawalReasonMissing(Invalid):
    """State in at most 400 characters why the paper no longer stands, without names of people."""

    code = "withdrawal-reason-missing"
    message = "A paper is withdrawn for a reason of 1 to {limit} characters."


def withdraw(session: Session, paper_no: str, *, reason: str, by: Actor) -> Document:
    """Say of an issued paper that it no longer stands.

    Args:
        reason: why; it is kept in the history of the case.

    Raises:
        PaperNotFound, PaperWithdrawn, WithdrawalReasonMissing.
    """
    paper_no, reason = codes.number_as_printed(paper_no), reason.strip()
    if not 0 < len(reason) <= REASON_LENGTH:
        raise WithdrawalReasonMissing(limit=REASON_LENGTH)
    instance_id = session.scalar(
        select(CaseNumber.instance_id).where(CaseNumber.case_no == paper_no.rsplit("-", 2)[0])
    )
    if instance_id is None:
        raise PaperNotFound(paper_no=paper_no)
    instance = session.get_one(Instance, instance_id, with_for_update=True, populate_existing=True)
    document = session.scalars(
        select(Document).where(Document.instance_id == instance_id, Document.paper_no == paper_no)
    ).one_or_none()
    if document is None:
        raise PaperNotFound(paper_no=paper_no)
    if document.withdrawn_at is not None:
        day = clock.local_date(document.withdrawn_at)
        raise PaperWithdrawn(paper_no=paper_no, day=day.isoformat())
    document.withdrawn_at = clock.now()
    session.flush()
    fields = {
        "number": Value(after=document.number),
        "paper": Value(after=document.paper),
        "paper_no": Value(after=paper_no),
        "reason": Value(after=reason),
    }
    entry = Entry("paper.withdrawn", by.key, on_behalf_of=by.on_behalf_of, fields=fields)
    history.append(session, instance, [entry])
    return document
