"""Which edition a new case gets, which one an old case keeps, and which matters take none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogue import loader
from catalogue.matter import Confidence, KeptOff, MatterState, StateKind
from engine import clock
from engine.casework import cases, editions, matters
from engine.casework.demonstration.stories import LI
from engine.db import Database, transaction
from engine.people.identity import Actor
from tests.engine.casework import editors

NO = 11


def test_an_old_case_keeps_its_edition_and_a_new_one_gets_the_new(
    database: Database, staff: dict[str, Actor]
) -> None:
    jin, wei = staff["ybj.jin"], staff["ybj.wei"]
    with transaction(database) as session:
        old = cases.open_case(session, NO, by=staff[LI]).instance_id
        edition = editions.begin(session, NO, by=jin)
        content = editors.promised(edition, 4)
        editions.save(session, NO, 2, content, by=jin, version=1)
        editions.confirm(session, NO, 2, by=wei, version=2)
        editions.publish(session, NO, 2, by=jin, on=clock.today())

    with transaction(database) as session:
        new = cases.open_case(session, NO, by=staff[LI])
        kept = matters.of_case(session, cases.get(session, old))

        promised = [one.limits.promised for one in (kept, matters.of_case(session, new))]

    assert [one and one.days for one in promised] == [5, 4]


def test_a_matter_kept_off_the_platform_names_its_window() -> None:
    matter = replace(
        loader.load().by_no(NO),
        state=MatterState(StateKind.NOT_OPEN, "涉及国家秘密"),
        kept_off=KeptOff("涉及国家秘密", "市政务服务大厅3楼", Confidence.GUESS),
    )

    with pytest.raises(matters.MatterKeptOff) as refused:
        matters.require_open(matter)

    assert refused.value.params["window"] == "市政务服务大厅3楼"
