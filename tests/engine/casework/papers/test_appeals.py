"""To whom one who is refused can turn: named where the law is certain, else left open."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from engine.casework.papers import appeals
from engine.models import Office
from engine.people import offices

CASES = [
    ("500103-ybj", "重庆市渝中区人民政府"),
    ("500103-zwzx", "重庆市渝中区人民政府"),
    ("500103-tax", "国家税务总局重庆市税务局"),
    ("X50001-tax", "国家税务总局重庆市税务局"),
    ("500000-tax", "国家税务总局"),
    ("500000-customs", "海关总署"),
    ("500000-telecom", "工业和信息化部"),
    ("500000-labour", "重庆市人民政府"),
    ("500000-justice", "重庆市人民政府或者司法部"),
    # No code of its own yet; no people's government; under two masters; no organ of government.
    ("X50001-ybj", None),
    ("X50003-ybj", None),
    ("500000-weather", None),
    ("500000-union", None),
    ("500000-ccpit", None),
]


@pytest.mark.parametrize(("office_id", "organ"), CASES)
def test_the_organ_of_review_follows_the_office(
    session: Session, office_id: str, organ: str | None
) -> None:
    offices.sync(session)

    assert appeals.organ_of_review(session, session.get_one(Office, office_id)) == organ


def test_an_organ_of_justice_leaves_the_choice(session: Session) -> None:
    offices.sync(session)
    office = Office(id="x", district="500103", level="district", department_id="justice")

    found = appeals.organ_of_review(session, office)

    assert found == "重庆市渝中区人民政府或者重庆市司法局"
