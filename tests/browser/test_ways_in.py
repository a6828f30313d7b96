"""Tolerance 容缺受理 in the browser: what was promised comes in time, or never and is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import clock
from engine.casework.demonstration import applicants
from engine.casework.demonstration.stories import ACCEPT, LI, SUN
from engine.db import transaction
from engine.models import Case, Job
from engine.process import worker
from tests.browser import people
from tests.browser.site import Site
from tests.browser.test_screens import AXE, RULES, SERIOUS

pytestmark = pytest.mark.browser

FORM = {
    "registered_district": "500103",
    "filing_kind": "first",
    "registered_on": "2026-01-05",
    "accounting_standard": "small-enterprise",
    "effective_on": "2026-01-05",
    "depreciation": "straight-line",
    "inventory_costing": "fifo",
    "uses_software": "no",
}
PROMISED = "materials.accounting-system"
CHECKED = {"report_finding": "consistent", "timeliness": "on-time"}
REFUSED = {"lapsed_choice": "refuse", "tolerance_reason": "逾期未补交，经催告仍未补交。"}


def promised(page: Any, n: int) -> str:
    """Take in a report with its main material promised for later, and accept it."""
    people.take_in(page, "23", "财务会计制度")
    body = applicants.body(n, f"虚构商贸第{n}有限公司")
    people.fill(page, people.application(body, FORM, "on-the-spot"))
    for state in page.locator('select[name^="materials."]').all():
        later = state.get_attribute("name") == PROMISED
        state.select_option("tolerated" if later else "received")
    people.press(page, "button[name=action][value=receive]")
    number = people.case_number(page)
    people.submit(page, ACCEPT)
    return number


def let_the_limit_pass(site: Site, number: str) -> None:
    """Let the timer of the promise be due, and a worker fire it."""
    with transaction(site.database) as session:
        case = session.scalars(select(Case).where(Case.case_no == number)).one()
        job = session.scalars(
            select(Job).where(
                Job.instance_id == case.instance_id, Job.element == "Event_ToleranceLimit"
            )
        ).one()
        job.due_at = clock.now() - timedelta(seconds=1)
    worker.run_once(site.database)


@pytest.mark.parametrize("width", [360, 1280])
def test_what_comes_in_time_leaves_nothing_to_wait_for(sign_in, width: int):
    li = sign_in(LI, width)
    number = promised(li, 930 + (width == 360))
    people.look_up(li, number)
    assert "容缺后补" in li.inner_text("#materials")
    li.evaluate(AXE.read_text(encoding="utf-8"))
    assert li.evaluate(f"axe.run(document, {RULES}).then({SERIOUS})") == []
    assert li.evaluate("document.documentElement.scrollWidth") <= width
    assert people.paper(li, "容缺受理承诺书").startswith(b"%PDF")

    people.press(li, '#materials form[action$="/materials/accounting-system"] button')
    people.do(li, number, CHECKED)

    assert "补交容缺材料" not in people.look_up(li, number)
    assert not people.waits_for(li, number)


def test_what_never_comes_is_refused_by_the_handling_office(sign_in, site: Site):
    li, sun = sign_in(LI), sign_in(SUN)
    number = promised(li, 935)
    people.submit(li, CHECKED)
    assert people.waits_for(li, number)  # the result waits for what was promised
    assert not people.waits_for(sun, number)

    let_the_limit_pass(site, number)
    people.open_task(sun, number)
    people.submit(sun, REFUSED)

    page = people.look_up(li, number)
    assert "逾期" in page and "准予" not in page
    assert not people.waits_for(li, number) and not people.waits_for(sun, number)
    people.look_up(li, number)
    assert li.locator("#papers li", has_text="备案报告书回执").count() == 0
