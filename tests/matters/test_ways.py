"""Every category goes every way that it has, or says in its file why it has not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.matters import ways
from tests.matters.ways import Way

CATEGORIES = sorted({matter.category for matter in ways.matters().values()})


def returned(way: Way) -> bool:
    """Say whether the courier brings the parcel back."""
    said = way.answers.get("Activity_TrackParcel", [])
    tries = [said] if isinstance(said, Mapping) else said
    return any(one.get("tracking") == "returned" for one in tries)


SHOWN: dict[str, Callable[[Way], bool]] = {
    "refused": lambda way: way.outcome in ("refused", "not-accepted"),
    "corrected": lambda way: "correction-notice" in way.papers and way.outcome == "granted",
    "special": lambda way: "special-procedure-notice" in way.papers,
    "overdue": lambda way: bool(way.before) and way.outcome == "granted",
    "withdrawn": lambda way: way.outcome == "withdrawn",
    "returned": returned,
    "tolerated": lambda way: bool(way.tolerated),
    "committed": lambda way: way.committed,
}


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_shows_each_way_or_says_why_it_has_none(category: str) -> None:
    going = [way for way in ways.others() if ways.matters()[way.matter].category == category]
    shown = {name for name, shows in SHOWN.items() if any(map(shows, going))}

    assert set(SHOWN) - shown == set(ways.without(category))


@pytest.mark.parametrize("category", CATEGORIES)
def test_what_a_category_goes_without_is_not_allowed_by_any_of_its_matters(category: str) -> None:
    matters = [one for one in ways.matters().values() if one.category == category and one.is_open]
    allowed = {
        "tolerated": any(one.tolerable for matter in matters for one in matter.materials),
        "committed": any(matter.commitment and matter.commitment.allowed for matter in matters),
    }

    assert [name for name in ways.without(category) if allowed.get(name)] == []
