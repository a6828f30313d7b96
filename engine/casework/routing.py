"""Routing: which office decides, and why it may be another one.

Approval authority never moves (审批权属不变): the office follows from the matter's rule. A vertical
or municipal matter has one office for the city; a district matter follows the district that the
form names (registered place, place of work …). A clerk may override it, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine.errors import Invalid
from engine.models import Office


class HandlingOfficeUnknown(Invalid):
    """Fill in the field that decides the district, or choose the office with a reason."""

    code = "handling-office-unknown"
    message = "No office of {department} handles matter no. {no} for district {district}."


class NoHandlingOffice(Invalid):
    """Choose an office that handles matters of this department."""

    code = "no-handling-office"
    message = "{office} does not handle matter no. {no}."


def compute(session: Session, matter: Matter, form: Mapping[str, Any], *, on: date) -> Office:
    """Return the office that has the authority.

    Args:
        matter: the edition of the matter the case began with.
        form: the matter's form fields; the rule names the one that gives the district code.
        on: the day for which offices must be valid.

    Raises:
        HandlingOfficeUnknown: no valid office fits.
    """
    office_id = matter.handling.office_id(form)
    for office in candidates(session, matter, on=on):
        if office.id == office_id:
            return office
    district = str(form.get(matter.handling.by) or "?") if matter.handling.by else "?"
    raise HandlingOfficeUnknown(department=matter.department, no=matter.no, district=district)


def candidates(session: Session, matter: Matter, *, on: date) -> list[Office]:
    """Return the offices that handle matters of this kind, valid on a day, in order of code."""
    query = (
        select(Office)
        .where(
            Office.department_id == matter.department,
            Office.level == matter.handling.kind.value,
            or_(Office.valid_from.is_(None), Office.valid_from <= on),
            or_(Office.valid_to.is_(None), Office.valid_to > on),
        )
        .order_by(Office.id)
    )
    return [office for office in session.scalars(query) if "handling" in office.roles]


def require_candidate(session: Session, matter: Matter, office_id: str, *, on: date) -> Office:
    """Return the office chosen by a clerk.

    Raises:
        NoHandlingOffice: it does not handle this matter.
    """
    for office in candidates(session, matter, on=on):
        if office.id == office_id:
            return office
    raise NoHandlingOffice(office=office_id, no=matter.no)
