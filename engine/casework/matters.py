"""Matters in the database: which edition is in force, and which one each case keeps.

Contents lie in `matter_version` by their hash, so that a case is judged by the edition it began
with whatever is published later. How editions come about is told in `editions`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.matter import Matter, StateKind
from engine import clock
from engine.casework import editions
from engine.casework.editions import rows
from engine.casework.editions.reading import as_it_stands, parsed
from engine.errors import Conflict, NotFound
from engine.models import Case, MatterEdition, MatterVersion


class MatterNotFound(NotFound):
    """Choose a matter from the list of 130."""

    code = "matter-not-found"
    message = "There is no matter no. {no} in the catalogue."


class MatterEnded(Conflict):
    """The matter takes no new cases; the reason says what replaced it or why it ended."""

    code = "matter-ended"
    message = "Matter no. {no} {name} has ended: {reason}"


class MatterNotOpen(Conflict):
    """The matter is listed but not yet handled here; name the competent office to the applicant."""

    code = "matter-not-open"
    message = "Matter no. {no} {name} is not open on this platform yet."


class MatterKeptOff(Conflict):
    """Send the applicant to the window named: law or secrecy keeps the matter off the platform."""

    code = "matter-kept-off"
    message = "Matter no. {no} {name} is not taken here: {reason}. Its window is {window}."


def publish(session: Session, matters: dict[int, Matter]) -> int:
    """Publish the editions of files that are new; return how many were. See `editions.take`."""
    return editions.take(session, matters).added


def current(session: Session, no: int) -> tuple[MatterVersion, Matter]:
    """Return the edition of a matter that is in force, else, as ended, the one that was last.

    Raises:
        MatterNotFound: the number is not in the catalogue.
    """
    edition = rows.shown(rows.all_of(session, no))
    if edition is None or edition.hash is None:
        raise MatterNotFound(no=no)
    return session.get_one(MatterVersion, edition.hash), as_it_stands(edition)


def of_case(session: Session, case: Case) -> Matter:
    """Return the edition of its matter that a case began with."""
    content: dict[str, Any] = session.get_one(MatterVersion, case.matter_hash).content
    return parsed(case.matter_hash, content)


def require_open(matter: Matter) -> None:
    """Refuse a matter that takes no new cases.

    Raises:
        MatterEnded: it has ended; the reason is told.
        MatterKeptOff: it may not be taken over the platform; the window is told.
        MatterNotOpen: it is listed only.
    """
    if matter.state.kind is StateKind.ENDED or not matter.is_valid_on(clock.today()):
        raise MatterEnded(no=matter.no, name=matter.name, reason=matter.state.reason or "")
    if matter.kept_off is not None:
        kept = matter.kept_off
        raise MatterKeptOff(no=matter.no, name=matter.name, reason=kept.reason, window=kept.window)
    if not matter.is_open:
        raise MatterNotOpen(no=matter.no, name=matter.name)


def all_current(session: Session) -> list[Matter]:
    """Return every matter by number, each in the edition in force, or as ended in its last."""
    known: dict[int, list[MatterEdition]] = {}
    query = select(MatterEdition).where(MatterEdition.state == rows.PUBLISHED)
    for edition in session.scalars(query):
        known.setdefault(edition.matter_no, []).append(edition)
    found = (rows.shown(known[no]) for no in sorted(known))
    return [as_it_stands(edition) for edition in found if edition is not None]
