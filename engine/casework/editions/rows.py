"""Rows: finding editions, locking those of one matter, and which one is in force on a day.

Whoever changes an edition locks the first edition of its matter before, so that two people never
decide about the same matter at once. Retirement is no act of a
timer: an edition is in force from its first day to the day before its end, whatever the hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine import clock
from engine.errors import Conflict, NotFound
from engine.models import MatterEdition, MatterVersion

DRAFT, CONFIRMED, PUBLISHED, DROPPED = "draft", "confirmed", "published", "dropped"
RETIRED, AHEAD = "retired", "ahead"  # how a published edition stands, by its days
FILES, DEPARTMENT = "files", "department"
UNDER_WAY = (DRAFT, CONFIRMED)


class EditionNotFound(NotFound):
    """Choose an edition from the list of the matter."""

    code = "edition-not-found"
    message = "Matter no. {no} has no edition {number}."


class EditionNotInState(Conflict):
    """Look at the edition again: somebody has moved it on."""

    code = "edition-not-in-state"
    message = "Edition {number} of matter no. {no} is {state}, not {wanted}."


def all_of(session: Session, no: int) -> list[MatterEdition]:
    """Return the editions of a matter, the newest first; dropped drafts are among them."""
    query = select(MatterEdition).where(MatterEdition.matter_no == no)
    return list(session.scalars(query.order_by(MatterEdition.number.desc())))


def of_number(session: Session, no: int, number: int) -> MatterEdition:
    """Return an edition.

    Raises:
        EditionNotFound: there is none of that number.
    """
    found = session.get(MatterEdition, (no, number))
    if found is None:
        raise EditionNotFound(no=no, number=number)
    return found


def locked(session: Session, no: int) -> list[MatterEdition]:
    """Lock the editions of a matter until the end of the transaction; return them by number.

    They are read in a second statement: the one that waited for the lock does not see what the
    other has added meanwhile.
    """
    of_matter = select(MatterEdition).where(MatterEdition.matter_no == no)
    first = of_matter.order_by(MatterEdition.number).limit(1).with_for_update()
    session.scalars(first).first()
    query = of_matter.order_by(MatterEdition.number)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def locked_in_state(session: Session, no: int, number: int, wanted: str) -> MatterEdition:
    """Lock the editions of a matter and return one that must be in a state.

    Raises:
        EditionNotFound: there is none of that number.
        EditionNotInState: it is in another state.
    """
    found = next((one for one in locked(session, no) if one.number == number), None)
    if found is None:
        raise EditionNotFound(no=no, number=number)
    if found.state != wanted:
        raise EditionNotInState(no=no, number=number, state=found.state, wanted=wanted)
    return found


def standing(edition: MatterEdition, on: date | None = None) -> str:
    """Return draft, confirmed, dropped, ahead (published for a later day), published or retired."""
    if edition.state != PUBLISHED:
        return edition.state
    day = on or clock.today()
    if edition.effective_to is not None and edition.effective_to <= day:
        return RETIRED
    return AHEAD if edition.effective_from and edition.effective_from > day else PUBLISHED


def in_force(session: Session, on: date | None = None) -> dict[int, MatterEdition]:
    """Return the edition in force on a day for every matter that has one, by number."""
    day = on or clock.today()
    query = select(MatterEdition).where(
        MatterEdition.state == PUBLISHED,
        or_(MatterEdition.effective_from.is_(None), MatterEdition.effective_from <= day),
        or_(MatterEdition.effective_to.is_(None), MatterEdition.effective_to > day),
    )
    order = (MatterEdition.matter_no, MatterEdition.number)
    return {one.matter_no: one for one in session.scalars(query.order_by(*order))}


def shown(editions: Iterable[MatterEdition], on: date | None = None) -> MatterEdition | None:
    """Return the edition that is in force on a day, else the one that was in force last."""
    day = on or clock.today()
    begun = [one for one in editions if standing(one, day) in (PUBLISHED, RETIRED)]
    rank = {PUBLISHED: 1, RETIRED: 0}
    return max(
        begun,
        key=lambda one: (rank[standing(one, day)], one.effective_to or date.max, one.number),
        default=None,
    )


def content_of(edition: MatterEdition) -> dict[str, Any]:
    """Return the content of an edition as plain data."""
    return dict(edition.content)


def keep_content(session: Session, matter: Matter) -> str:
    """Keep the content of an edition by its hash, for cases to point to; return the hash."""
    found = matter.content_hash()
    if session.get(MatterVersion, found) is None:
        session.add(
            MatterVersion(
                hash=found,
                matter_no=matter.no,
                content=matter.as_json(),
                valid_from=matter.valid_from,
                valid_to=matter.valid_to,
                added_at=clock.now(),
            )
        )
        session.flush()
    return found
