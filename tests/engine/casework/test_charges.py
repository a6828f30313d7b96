"""What a levy comes to at its rate, and a contribution that was not declared."""

from __future__ import annotations

import pytest

from engine.casework import charges


@pytest.mark.parametrize(
    ("base", "rate", "deduction", "due"),
    [(100_000, 200, 0, 2_000), (25, 200, 0, 1), (24, 200, 0, 0), (100, 10_000, 200, 0)],
)
def test_a_levy_is_rounded_half_up_and_never_negative(
    base: int, rate: int, deduction: int, due: int
) -> None:
    assert charges.levy(base, rate, deduction) == due


@pytest.mark.parametrize(("last", "due"), [(100_000, 110_000), (5, 6), (4, 4), (0, 0)])
def test_who_does_not_declare_pays_110_percent(last: int, due: int) -> None:
    assert charges.undeclared(last) == due
