"""Facts of an edition: how sure they are, who confirmed them, and when a mark goes again."""

from __future__ import annotations

from copy import deepcopy
from datetime import date

import pytest

from catalogue import facts, loader
from catalogue.loader import Catalogue

DAY = date(2026, 3, 2)


def confirmed(content: dict, *keys: str) -> dict:
    return facts.confirm(content, frozenset(keys), by="韩一", on=DAY, basis="国家医疗保障局令第3号")


def test_every_fact_has_its_place_and_its_words(catalogue: Catalogue) -> None:
    found = {one.key: one for one in facts.stated(catalogue.by_no(11).as_json())}

    assert found["whole"].confidence == "B"
    assert found["power_type"].words == "public-service"
    assert found["limits.promised"].at == ("limits", "promised")
    assert found["materials.0"].words == "信息变更申请表"


def test_counts_are_those_of_the_facts(catalogue: Catalogue) -> None:
    content = catalogue.by_no(11).as_json()

    counts = facts.counts(content)

    assert sum(counts.values()) == len(list(facts.stated(content)))
    assert all(counts.values())


def test_a_confirmed_fact_is_sure_and_names_who_answers_for_it(catalogue: Catalogue) -> None:
    made = confirmed(catalogue.by_no(11).as_json(), "limits.promised", "whole", "power_type")

    matter = loader.from_json(made)

    assert matter.limits.promised and matter.limits.promised.confidence == "A"
    assert matter.limits.promised.confirmed and matter.limits.promised.confirmed.by == "韩一"
    assert matter.power_type_confidence == "A" and matter.power_type_confirmed
    assert matter.confirmed and matter.confirmed.on == DAY


def test_what_is_no_fact_cannot_be_confirmed(catalogue: Catalogue) -> None:
    with pytest.raises(KeyError):
        confirmed(catalogue.by_no(11).as_json(), "materials.99")


def test_a_changed_fact_loses_its_mark_and_an_unchanged_one_keeps_it(catalogue: Catalogue) -> None:
    before = confirmed(catalogue.by_no(11).as_json(), "limits.promised", "materials.1")
    after = deepcopy(before)
    after["limits"]["promised"]["days"] = 4
    del after["materials"][0]  # the confirmed one moves up

    kept = facts.keep_marks(after, before)

    assert kept["limits"]["promised"]["confidence"] == "B"
    assert "confirmed" not in kept["limits"]["promised"]
    assert kept["materials"][0]["confidence"] == "A"
    assert kept["materials"][0]["confirmed"]["by"] == "韩一"


def test_nobody_makes_a_fact_sure_by_typing_an_a(catalogue: Catalogue) -> None:
    before = catalogue.by_no(11).as_json()
    after = deepcopy(before)
    after["fee"]["confidence"] = "A"
    after["fee"]["confirmed"] = {"by": "谁", "on": "2026-03-02", "basis": "无"}

    kept = facts.keep_marks(after, before)

    assert kept["fee"]["confidence"] == "B" and "confirmed" not in kept["fee"]
