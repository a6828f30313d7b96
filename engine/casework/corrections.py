"""Corrections: what is missing, told once and in full, and what came back.

A correction notice (补正告知) lists everything that is wrong (一次性告知), so there is one open notice
at most. After acceptance it stops the clock; the days the applicant needs are not the office's.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine import clock
from engine.calendar import workdays
from engine.casework import cases, deadlines
from engine.errors import Conflict, Invalid
from engine.models import Case, Correction
from engine.people.identity import Actor

ANSWER_DAYS = 10  # the notice sets the period; ten working days unless the matter says otherwise


class NothingToCorrect(Invalid):
    """List what is missing: the applicant is told once and in full."""

    code = "nothing-to-correct"
    message = "A correction notice must list at least one item."


class NoOpenCorrection(Conflict):
    """The notice was answered or has lapsed meanwhile; load the case again."""

    code = "no-open-correction"
    message = "The case has no open correction notice."


def notify(
    session: Session, case: Case, items: list[str], *, note: str | None, by: Actor
) -> Correction:
    """Open a correction notice and, after acceptance, stop the clock.

    Args:
        items: material keys of the matter, or free text for other defects.
        note: one more sentence for the applicant.

    Raises:
        NothingToCorrect: neither items nor note.
    """
    listed = items or ([note] if note else [])
    if not listed:
        raise NothingToCorrect()
    count = session.scalar(select(func.count()).where(Correction.instance_id == case.instance_id))
    told_at = clock.now()
    correction = Correction(
        instance_id=case.instance_id,
        number=(count or 0) + 1,
        items=listed,
        told_at=told_at,
        due_on=workdays.add_workdays(session, clock.local_date(told_at), ANSWER_DAYS),
    )
    session.add(correction)
    session.flush()
    cases.note(
        session, case, "correction.told", by=by, items=listed, note=note, due_on=correction.due_on
    )
    if case.accepted_at is not None:
        deadlines.stop(session, case, kind="correction", reason="补正", by=by)
    return correction


def answer(session: Session, case: Case, *, by: Actor) -> Correction:
    """Close the open notice as answered and let the clock run again.

    Raises:
        NoOpenCorrection: there is none.
    """
    correction = _open(session, case)
    correction.answered_at = clock.now()
    cases.note(session, case, "correction.answered", by=by, number=correction.number)
    _resume(session, case, by)
    return correction


def lapse(session: Session, case: Case, *, by: Actor) -> Correction:
    """Close the open notice because its period passed without an answer.

    Raises:
        NoOpenCorrection: there is none.
    """
    correction = _open(session, case)
    correction.lapsed_at = clock.now()
    cases.note(session, case, "correction.lapsed", by=by, number=correction.number)
    _resume(session, case, by)
    return correction


def open_notice(session: Session, case: Case) -> Correction | None:
    """Return the notice that waits for an answer, if any."""
    return session.scalars(
        select(Correction).where(
            Correction.instance_id == case.instance_id,
            Correction.answered_at.is_(None),
            Correction.lapsed_at.is_(None),
        )
    ).one_or_none()


def labels(matter: Matter, items: list[str]) -> list[str]:
    """Return the items as an applicant reads them: material names instead of keys."""
    names = {material.key: material.name for material in matter.materials}
    return [names.get(item, item) for item in items]


def _open(session: Session, case: Case) -> Correction:
    correction = open_notice(session, case)
    if correction is None:
        raise NoOpenCorrection()
    return correction


def _resume(session: Session, case: Case, by: Actor) -> None:
    if case.accepted_at is not None:
        deadlines.resume(session, case, kind="correction", by=by)
