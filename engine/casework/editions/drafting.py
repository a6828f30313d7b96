"""Drafting: an editor of the leading department writes the next edition of a matter.

There is one draft of a matter at a time. Every save names the version it began with, so the second
of two editors learns that somebody was faster, and nothing of either is lost. What the notice or
the process fixes (number, name, department, category, form) cannot be edited here, and a fact that
is changed is no longer marked as confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sqlalchemy.orm import Session

from catalogue import differences, facts
from engine import clock
from engine.casework.editions import checking, record, rights, rows
from engine.casework.editions.checking import Fault
from engine.errors import Conflict, Invalid
from engine.models import MatterEdition
from engine.people.identity import Actor

# What the notice, the law of the platform or the process decides, not the department.
FIXED = ("no", "name", "department", "category", "is_licence", "form")
FIXED_OF_HANDLING = ("by", "office")
LARGEST = 200_000  # characters of all texts
DIFFERENCES_KEPT = 40


class EditionUnderWay(Conflict):
    """Go on with the draft that is there, or have it dropped."""

    code = "edition-under-way"
    message = "Matter no. {no} has an edition under way already: {number}."


class EditionChanged(Conflict):
    """Compare what the other has saved with what you have typed, and save again."""

    code = "edition-changed"
    message = "{name} has saved this draft meanwhile, at {at}."


class EditionTooLarge(Invalid):
    """Shorten the texts."""

    code = "edition-too-large"
    message = "The description is longer than {most} characters."


def begin(session: Session, no: int, *, by: Actor) -> MatterEdition:
    """Begin a draft from the newest published edition, be it in force or still ahead.

    Raises:
        EditionNotFound: the matter has no edition.
        EditionUnderWay: there is a draft or a confirmed edition already.
        NotYourDepartment: the actor is no editor of the leading department.
    """
    editions = rows.locked(session, no)
    published = [one for one in editions if one.state == rows.PUBLISHED]
    if not published:
        raise rows.EditionNotFound(no=no, number="-")
    base = published[-1]
    rights.require(session, by, str(base.content["department"]))
    for one in editions:
        if one.state in rows.UNDER_WAY:
            raise EditionUnderWay(no=no, number=one.number)
    edition = MatterEdition(
        matter_no=no,
        number=editions[-1].number + 1,
        state=rows.DRAFT,
        origin=rows.DEPARTMENT,
        version=1,
        content=deepcopy(base.content),
        based_on=base.number,
        drafters=[by.key],
        changed_by=by.name,
        changed_at=clock.now(),
    )
    session.add(edition)
    session.flush()
    record.note(session, edition, "edition.drafted", by=by, based_on=base.number)
    return edition


def save(
    session: Session,
    no: int,
    number: int,
    content: Mapping[str, Any],
    *,
    by: Actor,
    version: int,
    page: str | None = None,
) -> MatterEdition:
    """Save a draft, whole or with holes; nothing is written when nothing changed.

    Args:
        no: of the matter.
        number: of the draft.
        content: plain data of the edition.
        by: an editor of the leading department; none who saves may confirm.
        version: the version that the editor has seen.
        page: the page of a browser that saves; what it has saved itself is no surprise to it.

    Raises:
        EditionNotFound, EditionNotInState: it is no draft, or no more.
        EditionChanged: somebody else has saved it meanwhile.
        EditionTooLarge: the texts are too long.
        NotYourDepartment: the actor is no editor of the leading department.
    """
    edition = rows.locked_in_state(session, no, number, rows.DRAFT)
    rights.require(session, by, str(edition.content["department"]))
    base = rows.of_number(session, no, edition.based_on or number).content
    made = facts.keep_marks(_with_fixed(content, base), base)
    if made == edition.content:
        return edition
    if page is None or page != edition.page:
        require_version(edition, version)
    if len(str(made)) > LARGEST:
        raise EditionTooLarge(most=LARGEST)
    found = differences.between(edition.content, made)
    edition.content = made
    edition.version, edition.page = edition.version + 1, page
    edition.drafters = sorted({*edition.drafters, by.key})
    edition.changed_by, edition.changed_at = by.name, clock.now()
    places = [".".join(str(step) for step in one.at) for one in found[:DIFFERENCES_KEPT]]
    record.note(session, edition, "edition.edited", by=by, places=places)
    return edition


def require_version(edition: MatterEdition, version: int) -> None:
    """Refuse whoever has not seen the draft as it stands.

    Raises:
        EditionChanged: somebody has saved it meanwhile.
    """
    if version != edition.version:
        at = edition.changed_at.astimezone(clock.BUSINESS_ZONE)
        raise EditionChanged(name=edition.changed_by, at=at.strftime("%H:%M"))


def drop(session: Session, no: int, number: int, *, by: Actor, reason: str) -> MatterEdition:
    """Give a draft up; it stays in the list as dropped.

    Raises:
        EditionNotFound, EditionNotInState: it is no draft.
        NotYourDepartment: the actor is no editor of the leading department.
    """
    edition = rows.locked_in_state(session, no, number, rows.DRAFT)
    rights.require(session, by, str(edition.content["department"]))
    edition.state = rows.DROPPED
    record.note(session, edition, "edition.dropped", by=by, reason=reason.strip() or None)
    return edition


def problems(edition: MatterEdition) -> list[Fault]:
    """Return what must be mended before the edition can be confirmed."""
    return checking.check(edition.content)[1]


def _with_fixed(content: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    made = {**deepcopy(dict(content)), **{key: base[key] for key in FIXED if key in base}}
    handling = dict(made.get("handling") or {})
    for key in FIXED_OF_HANDLING:
        handling.pop(key, None)
        if key in base["handling"]:
            handling[key] = base["handling"][key]
    return {**made, "handling": handling}
