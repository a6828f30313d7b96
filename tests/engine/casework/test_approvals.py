"""Approvals: until when the holder may ask for the acceptance of what was built."""

from __future__ import annotations

from datetime import date

import pytest

from engine.casework import approvals


@pytest.mark.parametrize(
    ("approved_on", "last_day"),
    [
        (date(2026, 6, 3), date(2027, 6, 3)),
        (date(2026, 12, 31), date(2027, 12, 31)),
        (date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_an_approval_stands_for_a_year(approved_on: date, last_day: date) -> None:
    assert approvals.year_later(approved_on) == last_day
