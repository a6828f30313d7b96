"""Case numbers: district code, day and a running number, such as 500109-20260914-00042.

The counter is one row per district and day, raised in the step's own transaction, so numbers have
no gaps and two windows never get the same one.
"""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine import clock
from engine.models import CaseCounter, CaseNumber, Instance


def assign(session: Session, instance: Instance, district: str) -> str:
    """Give the instance the next case number of a district; return the number."""
    day = clock.today()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(CaseCounter).values(district=district, day=day, value=1)
    raised = insert.on_conflict_do_update(
        index_elements=["district", "day"], set_={"value": CaseCounter.value + 1}
    ).returning(CaseCounter.value)
    number = session.execute(raised).scalar_one()
    case_no = f"{district}-{day:%Y%m%d}-{number:05d}"
    session.add(CaseNumber(case_no=case_no, instance_id=instance.id))
    instance.case_no = case_no
    return case_no
