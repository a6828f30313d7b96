"""The rates of levies: each item and period finds its rule, and unknown ones go to the office."""

from __future__ import annotations

import pytest

from engine.bpmn import decisions
from engine.bpmn.decisions import from_plain, to_plain
from tests.processes.diagrams import FOLDER


def rate(item: str, until: str) -> tuple[str, int]:
    path = FOLDER / "nontax-levy" / "decisions.dmn"
    model, problems = decisions.parse(path.read_bytes(), path.name)
    assert model is not None and problems == []
    (decision,) = model.decisions
    told = {"levy_item": item, "period_to": until}
    given = {one.name: from_plain(told[one.name], one.type) for one in model.inputs_of(decision)}
    found = to_plain(decisions.evaluate(model, "levy-rate", given).value)
    return found["levy_method"], int(found["levy_rate"])


@pytest.mark.parametrize(
    ("item", "until", "expected"),
    [
        ("advertising", "2018-12-31", ("rate", 300)),
        ("advertising", "2019-12-31", ("rate", 150)),
        ("entertainment", "2020-06-30", ("rate", 0)),
        ("advertising", "2026-01-31", ("rate", 150)),
        ("advertising", "2028-01-31", ("office", 0)),
        ("small-payer", "2026-01-31", ("rate", 0)),
        ("disabled-low", "2019-12-31", ("rate", 10000)),
        ("disabled-low", "2025-12-31", ("rate", 9000)),
        ("disabled-mid", "2025-12-31", ("rate", 5000)),
        ("disabled-small", "2028-12-31", ("office", 0)),
        ("oil-1", "2026-03-31", ("rate", 2000)),
        ("oil-5", "2026-03-31", ("rate", 4000)),
        ("oil-5", "2014-12-31", ("office", 0)),
        ("union-funds", "2026-01-31", ("rate", 200)),
        ("soil-conservation", "2026-01-31", ("declared", 0)),
        ("waste-television", "2023-12-31", ("rate", 13_000_000)),
        ("waste-television", "2024-01-01", ("ended", 0)),
        ("royalty", "2011-10-31", ("office", 0)),
        ("royalty", "2011-11-30", ("ended", 0)),
        ("unheard-of", "2026-01-31", ("office", 0)),
    ],
)
def test_a_levy_follows_the_rule_of_its_period(
    item: str, until: str, expected: tuple[str, int]
) -> None:
    assert rate(item, until) == expected
