"""Matters in the database: the edition of the catalogue that each case keeps.

The YAML files are the first edition. Publishing copies what changed into `matter_version`, by
content hash, so that a case is judged by the edition it began with whatever is edited later.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue import loader
from catalogue.matter import Matter, StateKind
from engine import clock
from engine.errors import Conflict, NotFound
from engine.models import Case, MatterVersion


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


def publish(session: Session, matters: dict[int, Matter]) -> int:
    """Copy every edition that is not yet known into the database; return how many were new."""
    known = set(session.scalars(select(MatterVersion.hash)))
    new = [m for m in matters.values() if m.content_hash() not in known]
    for matter in new:
        session.add(
            MatterVersion(
                hash=matter.content_hash(),
                matter_no=matter.no,
                content=matter.as_json(),
                valid_from=matter.valid_from,
                valid_to=matter.valid_to,
                added_at=clock.now(),
            )
        )
    session.flush()
    return len(new)


def current(session: Session, no: int) -> tuple[MatterVersion, Matter]:
    """Return the newest edition of a matter.

    Raises:
        MatterNotFound: the number is not in the catalogue.
    """
    version = session.scalars(
        select(MatterVersion)
        .where(MatterVersion.matter_no == no)
        .order_by(MatterVersion.added_at.desc())
        .limit(1)
    ).one_or_none()
    if version is None:
        raise MatterNotFound(no=no)
    return version, loader.from_json(version.content)


def of_case(session: Session, case: Case) -> Matter:
    """Return the edition of its matter that a case began with."""
    content: dict[str, Any] = session.get_one(MatterVersion, case.matter_hash).content
    return loader.from_json(content)


def require_open(matter: Matter) -> None:
    """Refuse a matter that takes no new cases.

    Raises:
        MatterEnded: it has ended; the reason is told.
        MatterNotOpen: it is listed only.
    """
    if matter.state.kind is StateKind.ENDED or not matter.is_valid_on(clock.today()):
        raise MatterEnded(no=matter.no, name=matter.name, reason=matter.state.reason or "")
    if not matter.is_open:
        raise MatterNotOpen(no=matter.no, name=matter.name)


def all_current(session: Session) -> list[Matter]:
    """Return the newest edition of every matter, by number."""
    newest: dict[int, MatterVersion] = {}
    query = select(MatterVersion).order_by(MatterVersion.matter_no, MatterVersion.added_at)
    for version in session.scalars(query):
        newest[version.matter_no] = version
    return [loader.from_json(version.content) for version in newest.values()]
