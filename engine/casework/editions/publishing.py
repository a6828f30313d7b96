"""Publishing: a confirmed edition takes effect on a day and retires the one before.

Editions of one matter follow one another without gap or overlap: each is in force until the day
before the next. Two never begin on the same day. A publication whose day has not come can be
called back; one in force can only be followed, or retired without a successor: then the matter
takes no new cases, and the cases under way go on by the edition they began with.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from engine import clock
from engine.casework.editions import record, rights, rows
from engine.errors import Conflict, Invalid
from engine.models import MatterEdition
from engine.people.identity import Actor

LONGEST_REASON = 400


class EffectiveDayPast(Invalid):
    """Choose today or a later day: cases already begun are judged by what stood then."""

    code = "effective-day-past"
    message = "An edition takes effect today ({today}) or later."


class EffectiveDayTaken(Conflict):
    """Choose another day, or call the other edition back."""

    code = "effective-day-taken"
    message = "Edition {number} of matter no. {no} takes effect on that day already."


class EditionInForce(Conflict):
    """Publish another edition instead, or retire this one."""

    code = "edition-in-force"
    message = "Edition {number} of matter no. {no} has taken effect and cannot be called back."


class RetirementReasonMissing(Invalid):
    """Say why the matter ends, as applicants will read it."""

    code = "retirement-reason-missing"
    message = "A matter is retired for a stated reason of at most {most} characters."


def publish(session: Session, no: int, number: int, *, by: Actor, on: date) -> MatterEdition:
    """Publish a confirmed edition from a day on.

    Raises:
        EditionNotFound, EditionNotInState: it is not confirmed.
        NotYourDepartment: the actor is no editor of the leading department.
        EffectiveDayPast: the day lies before today.
        EffectiveDayTaken: another edition takes effect on the same day.
    """
    edition = rows.locked_in_state(session, no, number, rows.CONFIRMED)
    rights.require(session, by, str(edition.content["department"]))
    if on < clock.today():
        raise EffectiveDayPast(today=clock.today().isoformat())
    before = None
    for one in _following(session, no):
        if one.effective_from == on:
            raise EffectiveDayTaken(no=no, number=one.number)
        if one.effective_from is not None and one.effective_from > on:
            edition.effective_to = one.effective_from
            break
        before = one
    edition.effective_from, edition.state = on, rows.PUBLISHED
    edition.published_by, edition.published_at = by.name, clock.now()
    retired = None
    if before is not None and (before.effective_to is None or before.effective_to > on):
        if before.retired_reason is not None:  # the matter ends on that day all the same
            edition.effective_to = before.effective_to
            edition.retired_reason, before.retired_reason = before.retired_reason, None
        before.effective_to, retired = on, before.number
    record.note(
        session, edition, "edition.published", by=by, effective_from=on.isoformat(), retires=retired
    )
    return edition


def call_back(session: Session, no: int, number: int, *, by: Actor) -> MatterEdition:
    """Take back a publication whose day has not come; the edition stays confirmed.

    Raises:
        EditionNotFound, EditionNotInState: it is not published.
        NotYourDepartment: the actor is no editor of the leading department.
        EditionInForce: its day has come.
    """
    edition = rows.locked_in_state(session, no, number, rows.PUBLISHED)
    rights.require(session, by, str(edition.content["department"]))
    if rows.standing(edition) != rows.AHEAD:
        raise EditionInForce(no=no, number=number)
    for one in _following(session, no):
        if one.effective_to == edition.effective_from and one.retired_reason is None:
            one.effective_to, one.retired_reason = edition.effective_to, edition.retired_reason
    edition.retired_reason = None
    edition.state, edition.effective_from, edition.effective_to = rows.CONFIRMED, None, None
    edition.published_by = edition.published_at = None
    record.note(session, edition, "edition.called-back", by=by)
    return edition


def retire(
    session: Session, no: int, number: int, *, by: Actor, on: date, reason: str
) -> MatterEdition:
    """Retire the last edition of a matter without a successor.

    Args:
        no: of the matter.
        number: of the edition.
        by: an editor of the leading department.
        on: the first day on which the matter takes no new cases.
        reason: told to applicants.

    Raises:
        EditionNotFound, EditionNotInState: it is not published, or retired already.
        NotYourDepartment: the actor is no editor of the leading department.
        EffectiveDayPast: the day lies before today.
        RetirementReasonMissing: nothing says why, or too much.
    """
    edition = rows.locked_in_state(session, no, number, rows.PUBLISHED)
    rights.require(session, by, str(edition.content["department"]))
    if edition.effective_to is not None:
        raise rows.EditionNotInState(
            no=no, number=number, state=rows.RETIRED, wanted=rows.PUBLISHED
        )
    if on < max(clock.today(), edition.effective_from or date.min):
        raise EffectiveDayPast(today=clock.today().isoformat())
    words = " ".join(reason.split())
    if not words or len(words) > LONGEST_REASON:
        raise RetirementReasonMissing(most=LONGEST_REASON)
    edition.effective_to, edition.retired_reason = on, words
    record.note(session, edition, "edition.retired", by=by, on=on.isoformat(), reason=words)
    return edition


def _following(session: Session, no: int) -> list[MatterEdition]:
    """Return the published editions of a matter that were ever in force, or will be, in order."""
    return sorted(
        (
            one
            for one in rows.all_of(session, no)
            if one.state == rows.PUBLISHED
            and (one.effective_to is None or one.effective_to != one.effective_from)
        ),
        key=lambda one: one.effective_from or date.min,
    )
