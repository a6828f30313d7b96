"""Clerks' screens of what is answered at the window: a report checked, an answer kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from engine import clock
from engine.casework import applicants
from engine.casework.demonstration import applicants as invented
from engine.db import Database
from engine.process.wiring import Wiring
from engine.settings import Settings
from tests import casework
from tests.conftest import Servers
from tests.webui.conftest import Browser
from tests.webui.test_clerk import Open, case_of, text
from webui.staff import create_app

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
ACCOUNT = {
    "registered_district": "500103",
    "report_kind": "opened",
    "happened_on": "2026-09-01",
    "account_kind": "basic",
    "bank": "虚构银行",
    "account_number": "600000000001",
    "for_taxes": "yes",
}
QUESTION = {
    "registered_district": "500103",
    "topic": "invoices",
    "question": "电子发票怎么开？",
    "has_enclosure": "no",
}


@pytest.fixture
def wiring(wiring: Wiring) -> Wiring:
    return casework.plugged(wiring)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """A morning within the published calendar."""
    with clock.at(MONDAY):
        yield


@pytest.fixture
def app(database: Database, servers: Servers, settings: Settings) -> Flask:
    """The application with catalogue, calendar and processes."""
    casework.catalogue(servers, database)
    return create_app(database, settings, testing=True)


@pytest.fixture
def window(signed_in: Open) -> Browser:
    """A browser in which an intake clerk is signed in."""
    return signed_in("intake", login="window")


def received(window: Browser, no: int, form: dict[str, str], materials: tuple[str, ...]) -> str:
    """Receive an application and return the address of the next task."""
    opened = window.post("/clerk/new", {"matter": str(no)}).location
    flat = applicants.as_fields(invented.body(600, "虚构商贸有限公司"))
    flat |= {f"form.{key}": value for key, value in form.items()}
    flat |= {f"materials.{key}": "received" for key in materials}
    sent = {**flat, "delivery_method": "on-the-spot", "action": "receive"}
    answer = window.post(str(opened), sent)
    assert answer.status_code == 303, text(answer)
    return str(answer.location)


def test_who_checks_a_report_sees_its_last_day_and_is_told_what_is_missing(window, database):
    at = received(window, 22, ACCOUNT, ("report-form", "account-proof"))
    at = window.post(at, {"examination": "accept"}).location

    page = text(window.get(at))
    refused = window.post(at, {"report_finding": "consistent"})
    done = window.post(at, {"report_finding": "consistent", "timeliness": "late"})

    assert "核对报告内容" in page and "申请人的报送期限" in page and "2026年9月16日" in page
    assert "已超过期限" in page
    assert "表证一致" in page  # the review points of the matter
    assert refused.status_code == 422
    assert done.status_code == 303
    assert case_of(database, at).outcome == "granted"


def test_an_enquiry_is_answered_without_an_examination(window, database):
    at = received(window, 108, QUESTION, ())

    page = text(window.get(at))
    done = window.post(at, {"answer": "answered", "result_statement": "登录电子税务局开具。"})

    assert "当场答复" in page and "受理决定" not in page
    assert done.status_code == 303
    assert case_of(database, at).outcome == "granted"
