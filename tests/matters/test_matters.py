"""Every open matter is granted, and every category goes its other ways too."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.casework.deadlines import KINDS
from engine.db import Database, reading
from engine.models import Deadline
from engine.record.verify import verify
from tests.matters import ways
from tests.matters.journey import Journey
from tests.matters.ways import Way


@pytest.mark.parametrize("way", list(ways.granted()), ids=str)
def test_a_matter_is_granted(database: Database, way: Way) -> None:
    arrived(database, way)


@pytest.mark.parametrize("way", list(ways.others()), ids=str)
def test_a_category_goes_its_other_ways(database: Database, way: Way) -> None:
    arrived(database, way)


def arrived(database: Database, way: Way) -> None:
    """Go the way, and check what is left of it."""
    journey = Journey(database, way)

    case = journey.run()

    assert (case.outcome, case.closed_at is not None) == (way.outcome, True), journey.did
    papers = journey.papers()
    assert papers[0] == "receipt" and set(way.papers) <= set(papers), papers
    if case.decided_at is not None:
        assert papers[-1] == "archive-catalogue", papers
    with reading(database) as session:
        rows = session.scalars(select(Deadline).where(Deadline.instance_id == journey.id)).all()
        assert [one.kind for one in rows if one.met_on is None] == []
        assert {one.kind for one in rows} <= set(KINDS)
        assert verify(session, journey.id).first_bad is None
