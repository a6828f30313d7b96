"""Figures of evaluations: per office, how many of each grade, and what is still to rectify.

Counted over the rows whenever somebody asks, so that a figure never differs from its cases.
Nothing personal is read. Who is invited and says nothing is counted as invited only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.casework.evaluations import GRADES, POOR
from engine.models import Evaluation, Office


@dataclass
class OfficeFigures:
    """What applicants have said of one office.

    Attributes:
        invited: services that could be evaluated.
        grades: evaluations by grade, 5 to 1.
        open: poor ones that are not rectified yet.
    """

    office_id: str
    name: str
    name_en: str
    invited: int = 0
    grades: dict[int, int] = field(default_factory=lambda: dict.fromkeys(GRADES, 0))
    open: int = 0

    @property
    def given(self) -> int:
        """How many evaluations there are."""
        return sum(self.grades.values())

    @property
    def poor(self) -> int:
        """How many of them are poor 差评."""
        return sum(self.grades[one] for one in POOR)

    @property
    def rectified(self) -> int:
        """How many poor ones are rectified."""
        return self.poor - self.open


def by_office(session: Session) -> list[OfficeFigures]:
    """Return the figures of every office that was evaluated or could be, most open first."""
    found: dict[str, OfficeFigures] = {}
    query = (
        select(Evaluation.office_id, Office.name, Office.name_en, Evaluation.grade, func.count())
        .join(Office, Office.id == Evaluation.office_id)
        .group_by(Evaluation.office_id, Office.name, Office.name_en, Evaluation.grade)
    )
    for office_id, name, name_en, grade, count in session.execute(query):
        one = found.setdefault(office_id, OfficeFigures(office_id, name, name_en))
        one.invited += count
        if grade is not None:
            one.grades[grade] += count
    still_open = (
        select(Evaluation.office_id, func.count())
        .where(Evaluation.grade.in_(POOR), Evaluation.rectified_at.is_(None))
        .group_by(Evaluation.office_id)
    )
    for office_id, count in session.execute(still_open):
        found[office_id].open = count
    return sorted(found.values(), key=lambda one: (-one.open, -one.poor, one.office_id))
