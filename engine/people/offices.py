"""Offices: which exist on a day, and who follows the one that ended.

Rows come from the catalogue and are effective-dated, because districts merge. An ended office
keeps its row: old cases name it, and its successor has its rights. Ending one is `succession`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalogue.directory import Office as Listed
from catalogue.loader import load_departments, load_offices
from engine import clock
from engine.errors import Conflict, NotFound
from engine.models import Department, Office


class OfficeNotFound(NotFound):
    """Choose an office from the list of offices."""

    code = "office-not-found"
    message = "There is no office {office}."


class OfficeEnded(Conflict):
    """Use the office that followed it."""

    code = "office-ended"
    message = "The office {office} has ended."


def get(session: Session, office_id: str) -> Office:
    """Return an office, ended or not.

    Raises:
        OfficeNotFound: there is none of that id.
    """
    office = session.get(Office, office_id)
    if office is None:
        raise OfficeNotFound(office=office_id)
    return office


def is_valid(office: Office, on: date) -> bool:
    """Tell whether an office exists on a day."""
    started = office.valid_from is None or office.valid_from <= on
    return started and (office.valid_to is None or on < office.valid_to)


def require_valid(session: Session, office_id: str, *, on: date | None = None) -> Office:
    """Return an office that exists on a day (default: today).

    Raises:
        OfficeNotFound: there is none of that id.
        OfficeEnded: it exists no more, or not yet.
    """
    office = get(session, office_id)
    if not is_valid(office, on or clock.today()):
        raise OfficeEnded(office=office.name)
    return office


def current(session: Session, *, on: date | None = None) -> list[Office]:
    """Return the offices that exist on a day (default: today), in order of their ids."""
    day = on or clock.today()
    query = select(Office).where(
        or_(Office.valid_from.is_(None), Office.valid_from <= day),
        or_(Office.valid_to.is_(None), Office.valid_to > day),
    )
    return list(session.scalars(query.order_by(Office.id)))


def district_codes(session: Session, *, on: date) -> frozenset[str]:
    """Return the codes of the districts that have an office on a day."""
    return frozenset(
        office.district
        for office in current(session, on=on)
        if office.district and office.level == "district"
    )


def successor(session: Session, office_id: str, *, on: date | None = None) -> str | None:
    """Return the office that has the rights of an office on a day, itself while it exists.

    Returns:
        None when it ended and nobody followed.
    """
    day = on or clock.today()
    seen: set[str] = set()
    following: str | None = office_id
    while following is not None and following not in seen:
        seen.add(following)
        office = session.get(Office, following)
        if office is None or office.valid_to is None or day < office.valid_to:
            return following
        following = office.successor_id
    return None


def with_predecessors(
    session: Session, office_ids: Iterable[str], *, on: date | None = None
) -> frozenset[str]:
    """Return offices and the ended ones whose rights passed to them, for lists and checks."""
    day = on or clock.today()
    found = set(office_ids)
    newest = set(found)
    while newest:
        ended = select(Office.id).where(
            Office.successor_id.in_(newest), Office.valid_to.is_not(None), Office.valid_to <= day
        )
        newest = set(session.scalars(ended)) - found
        found |= newest
    return frozenset(found)


def sync(session: Session, folder: Path | None = None) -> int:
    """Write the departments and offices of the catalogue; return how many rows are new.

    An office that an administrator has ended stays ended: the files never take back an end.

    Args:
        folder: a catalogue folder; the package's own by default.

    Raises:
        CatalogueInvalid: the files are not in order.
    """
    added = 0
    for one in load_departments(folder):
        added += session.get(Department, one.slug) is None
        session.merge(Department(id=one.slug, name=one.name, name_en=one.name_en))
    session.flush()
    known = {office.id: office for office in session.scalars(select(Office))}
    listed = load_offices(folder)
    for entry in listed:
        added += _write(session, known, entry)
    session.flush()
    for entry in listed:  # successors last: each may point to any row
        office = known[entry.id]
        office.successor_id = office.successor_id or entry.successor
    session.flush()
    return added


def _write(session: Session, known: dict[str, Office], entry: Listed) -> bool:
    is_new = entry.id not in known
    office = known.setdefault(entry.id, Office(id=entry.id))
    office.name, office.name_en, office.short_name = entry.name, entry.name_en, entry.short_name
    office.district, office.department_id = entry.district, entry.department
    office.level, office.roles = entry.level.value, [role.value for role in entry.roles]
    office.valid_from = entry.valid_from
    office.valid_to = office.valid_to or entry.valid_to
    session.add(office)
    return is_new
