"""Rights: an editor works on the matters of the department whose leading office holds the role."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Forbidden
from engine.models import Office
from engine.people import offices
from engine.people.identity import Actor

ROLE = "editor"
LEAD = "lead"


class NotYourDepartment(Forbidden):
    """Ask the editors of the department that leads the matter."""

    code = "not-your-department"
    message = "The matter is led by another department ({department})."


def departments_of(session: Session, by: Actor) -> frozenset[str]:
    """Return the departments whose matters somebody may edit."""
    held = by.offices_with(ROLE)
    found = session.scalars(select(Office).where(Office.id.in_(held))) if held else ()
    return frozenset(
        office.department_id
        for office in found
        if office.department_id and LEAD in office.roles and offices.is_valid(office, clock.today())
    )


def may_edit(session: Session, by: Actor, department: str) -> bool:
    """Tell whether somebody may edit the matters of a department."""
    return department in departments_of(session, by)


def require(session: Session, by: Actor, department: str) -> None:
    """Refuse whoever is no editor of a department.

    Raises:
        NotYourDepartment: they edit for another one, or for none.
    """
    if not may_edit(session, by, department):
        raise NotYourDepartment(permission="matter:write", department=department)
