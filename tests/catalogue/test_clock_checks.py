"""Each rule about clocks is proved by a fault planted in a copy of the real catalogue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from catalogue import clock_checks
from catalogue.problem import Problem
from tests.catalogue.conftest import Copy

DUE = "due: {after: period_to, days: 15}\n  late: {rate_per_myriad: 5, of: tax_payable}"
LIMIT = "limits:\n"
EXTENSION = "limits:\n  extension: {days: %s, basis: %s, confidence: B}\n"
LOWER = "limits:\n  lower_review: {days: %s, unit: %s, counts_from: acceptance, confidence: B}\n"
OWN = "lower_review:\n    days: 20\n    unit: workday"
PLANTED = [
    ("duty-due-field", 39, "after: period_to", "after: period_end"),
    ("duty-due-field", 39, "after: period_to", "after: tax_payable"),
    ("duty-late-field", 39, "of: tax_payable", "of: tax"),
    ("duty-late-field", 39, "of: tax_payable", "of: period_to"),
    ("duty-late-without-due", 39, "  due: {after: period_to, days: 15}\n", ""),
    ("duty-days", 39, "rate_per_myriad: 5", "rate_per_myriad: 0"),
    ("duty-days", 39, "after: period_to, days: 15", "after: period_to, days: 4000"),
    ("extension-over-law", 118, LIMIT, EXTENSION % (11, "第四十二条")),
    ("extension-without-limit", 118, LIMIT, EXTENSION % (0, "第四十二条")),
    ("extension-without-limit", 40, LIMIT, EXTENSION % (10, "某条例")),
    ("lower-review", 115, "lower_review:\n    days: 20", "lower_review:\n    days: 21"),
    ("lower-review", 115, OWN, OWN.replace("workday", "day")),
    ("lower-review", 118, LIMIT, LOWER % (20, "workday")),
    ("lower-review", 40, LIMIT, LOWER % (20, "workday")),
]


@pytest.mark.parametrize(("rule", "no", "old", "new"), PLANTED)
def test_a_planted_fault_is_found(
    copy: Copy, only: Callable[[], Problem], rule: str, no: int, old: str, new: str
) -> None:
    copy.change(no, old, new)

    problem = only()

    assert problem.rule == rule
    assert problem.line is not None and problem.line > 1
    assert problem.message and problem.message_zh and "{" not in problem.message


@pytest.mark.parametrize(
    ("no", "new"),
    [
        (118, EXTENSION % (10, "第四十二条")),
        (125, EXTENSION % (30, "电信条例")),
        (115, LOWER % (20, "workday")),
    ],
)
def test_what_the_law_allows_has_no_problem(copy: Copy, no: int, new: str) -> None:
    if "lower_review" not in copy.path(no).read_text(encoding="utf-8"):
        copy.change(no, LIMIT, new)

    assert copy.problems() == []


def test_every_rule_is_proved_here() -> None:
    assert {row[0] for row in PLANTED} == clock_checks.TEXTS.keys()
