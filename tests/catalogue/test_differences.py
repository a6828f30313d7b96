"""Differences between editions are told part by part, entries of lists by what they are called."""

from __future__ import annotations

from copy import deepcopy

from catalogue import differences
from catalogue.differences import ChangeKind
from catalogue.loader import Catalogue


def test_an_edition_does_not_differ_from_itself(catalogue: Catalogue) -> None:
    for matter in catalogue.matters.values():
        assert differences.between(matter.as_json(), matter.as_json()) == []


def test_what_was_added_removed_and_changed_is_told_by_name(catalogue: Catalogue) -> None:
    before = catalogue.by_no(11).as_json()
    after = deepcopy(before)
    after["limits"]["promised"]["days"] = 4
    removed = after["materials"].pop(2)
    after["faq"] = [{"question": "多久办好？", "answer": "四个工作日。", "confidence": "B"}]

    found = differences.between(before, after)

    assert {(one.kind, one.at) for one in found} == {
        (ChangeKind.CHANGED, ("limits", "promised", "days")),
        (ChangeKind.REMOVED, ("materials", removed["key"])),
        (ChangeKind.ADDED, ("faq", "多久办好？")),
    }
    assert "limits.promised.days changed: 5 -> 4" in [str(one) for one in found]


def test_an_entry_that_only_moves_is_no_difference(catalogue: Catalogue) -> None:
    before = catalogue.by_no(11).as_json()
    after = deepcopy(before)
    after["materials"].reverse()

    assert differences.between(before, after) == []
