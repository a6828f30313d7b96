"""Commitment 告知承诺 in the browser: checked after the case, found false, revoked by another."""

from __future__ import annotations

import pytest

from engine.casework.demonstration import applicants
from engine.casework.demonstration.stories import ACCEPT, LI, SUN
from tests.browser import people

pytestmark = pytest.mark.browser

HEAD = "yuzhong-tax.he"
FORM = {
    "registered_district": "500103",
    "report_kind": "opened",
    "happened_on": "2026-11-20",
    "account_kind": "basic",
    "bank": "虚构银行渝中支行",
    "account_number": "0000000000",
    "for_taxes": "yes",
}
FALSE = {"commitment_finding": "false", "commitment_note": "银行未开立该账户。"}


def test_a_false_commitment_is_revoked_by_another_person_and_entered(sign_in):
    li, sun, head = sign_in(LI), sign_in(SUN), sign_in(HEAD)
    people.take_in(li, "22", "存款账户账号报告")
    assert "承诺不实" in li.inner_text("main")  # told before anything is signed
    body = applicants.body(955, "虚构商贸第九五五有限公司")
    people.fill(li, people.application(body, FORM, "on-the-spot") | {"commitment": "甲一"})
    for state in li.locator('select[name^="materials."]').all():
        vouched = state.get_attribute("name") == "materials.account-proof"
        state.select_option("committed" if vouched else "received")
    people.press(li, "button[name=action][value=receive]")
    number = people.case_number(li)
    people.submit(li, ACCEPT)
    people.do(li, number, {"report_finding": "consistent", "timeliness": "on-time"})
    people.look_up(li, number)
    assert people.paper(li, "告知承诺书").startswith(b"%PDF")

    people.open_task(sun, number)
    people.submit(sun, FALSE)
    assert not people.waits_for(sun, number)  # who checked does not confirm
    people.open_task(head, number)
    people.submit(head, {"revocation": "revoke", "revocation_note": "核查属实，同意撤销。"})

    people.look_up(li, number)
    assert "确认承诺不实，已撤销决定" in li.inner_text("main")
    receipt = li.locator("#papers li", has_text="存款账户账号报告表回执")
    assert "已作废" in receipt.inner_text()
    assert "已作废" not in li.locator("#papers li", has_text="撤销决定书").inner_text()
    auditor = sign_in("auditor")
    auditor.goto("/auditor/credit")
    assert number in auditor.inner_text("main")
