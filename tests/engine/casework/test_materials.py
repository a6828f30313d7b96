"""Materials: marked when they come on paper, unmarked when that was a mistake, kept as events."""

from __future__ import annotations

import pytest

from engine import clock
from engine.casework import documents, materials, matters
from engine.casework.intake import answers_of
from engine.record import history
from tests.engine.casework.paper_cases import CLERK, NOON, make_case

KEY = "change-application"


@pytest.fixture
def case(session):
    return make_case(session)


def mark(session, case, received=True, key=KEY):
    materials.mark(session, case, key, received=received, by=CLERK)


def lacks(session, case):
    matter = matters.of_case(session, case)
    return materials.missing(session, case, matter, answers_of(session, case))


def test_a_material_that_comes_on_paper_is_no_longer_missing(session, case):
    assert KEY in lacks(session, case)

    mark(session, case)
    mark(session, case)

    assert KEY not in lacks(session, case)
    events = history.events(session, case.instance_id)
    facts = {one.field: (one.before, one.after) for one in events[-1].changes}
    assert [one.type for one in events].count("material.marked") == 1
    assert facts["state"] == ("missing", "received") and facts["material"][1] == KEY


def test_a_mark_set_by_mistake_is_taken_back(session, case):
    mark(session, case)

    mark(session, case, received=False)

    assert KEY in lacks(session, case)
    assert materials.states(session, case)[KEY] == "missing"


def test_a_material_with_a_scan_is_there_whatever_somebody_marks(session, case):
    documents.add_upload(
        session, case, material_key=KEY, file_name="a.pdf", data=b"%PDF-1.7\n%%EOF", by=CLERK
    )

    with pytest.raises(materials.MaterialFixed):
        mark(session, case, received=False)
    assert materials.states(session, case)[KEY] == "received"


@pytest.mark.parametrize("settled", ["decided_at", "closed_at"])
def test_materials_of_a_settled_case_stand_as_they_are(session, case, settled):
    with clock.at(NOON):
        setattr(case, settled, clock.now())
    session.flush()

    with pytest.raises(materials.MaterialFixed):
        mark(session, case)


def test_a_material_that_nobody_asks_for_is_refused(session, case):
    with pytest.raises(documents.MaterialUnknown):
        mark(session, case, key="no-such-paper")
