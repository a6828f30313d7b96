"""The applicant's own time limit on the clerks' pages: said in words, and nothing refused for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from flask import Flask

from engine import clock
from engine.casework.demonstration import stories
from engine.db import Database
from engine.people.identity import Actor
from engine.process.wiring import Wiring
from engine.settings import Settings
from tests import casework
from tests.conftest import Servers
from tests.webui.conftest import Browser
from webui.staff import create_app

Open = Callable[..., Browser]
LATE = datetime(2026, 11, 25, 2, tzinfo=UTC)  # nine days after 16 November, the last day
IN_TIME = datetime(2026, 11, 10, 2, tzinfo=UTC)
FORM = {f"form.{key}": value for key, value in stories.TAX_FORM.items()}


@pytest.fixture
def wiring(wiring: Wiring) -> Wiring:
    return casework.plugged(wiring)


@pytest.fixture
def staff(servers: Servers, database: Database, tmp_path: Any) -> dict[str, Actor]:
    return casework.staff(servers, database, tmp_path)


@pytest.fixture
def app(database: Database, settings: Settings, staff: dict[str, Actor]) -> Flask:
    return create_app(database, settings, testing=True)


def words(answer: Any) -> str:
    text = re.sub(r"<[^>]*>", " ", unescape(answer.get_data(as_text=True)))
    return re.sub(r"\s+", " ", text)


def typed(window: Browser) -> str:
    """Open a declaration and return what the page says while it is typed."""
    task = str(window.post("/clerk/new", {"matter": "39"}).location)
    answer = window.post(f"{task}/destination", FORM)
    assert answer.status_code == 200
    return words(answer)


def test_a_late_declaration_is_told_with_its_formula_while_it_is_typed(signed_in: Open) -> None:
    window = signed_in("intake", office="500101-zwzx")
    with clock.at(LATE):
        page = typed(window)

    assert "逾期 9 天" in page and "2026年11月16日" in page and "申请照常受理" in page
    # 15,600.00 × 5/10000 × 9 = 70.20
    assert "滞纳金 70.20 元 = 税款 15,600.00 元 × 5/10000 × 9" in page


def test_in_time_only_the_last_day_is_told(signed_in: Open) -> None:
    window = signed_in("intake", office="500101-zwzx")
    with clock.at(IN_TIME):
        page = typed(window)

    assert "申请人应在2026年11月16日前办理" in page and "逾期" not in page


def test_the_page_of_the_case_reckons_to_the_day_of_payment(
    signed_in: Open, database: Database, staff: dict[str, Actor]
) -> None:
    paid = stories.Doing(
        stories.LI,
        "Activity_ConfirmPayment",
        {"payment_voucher": "YS-0001", "paid_on": "2026-11-20"},
    )
    with clock.at(LATE):
        case = stories.play(database, stories.tax(1, paid), staff, demo=True)
        page = words(signed_in("intake", office="500101-zwzx").get(f"/clerk/cases/{case}"))

    assert "逾期 4 天" in page and "滞纳金 31.20 元" in page


def test_a_payment_dated_in_the_future_costs_no_day_more(
    signed_in: Open, database: Database, staff: dict[str, Actor]
) -> None:
    paid = stories.Doing(
        stories.LI,
        "Activity_ConfirmPayment",
        {"payment_voucher": "YS-0001", "paid_on": "2036-11-20"},
    )
    with clock.at(LATE):
        case = stories.play(database, stories.tax(1, paid), staff, demo=True)
        page = words(signed_in("intake", office="500101-zwzx").get(f"/clerk/cases/{case}"))

    assert "逾期 9 天" in page
