"""Five categories in the browser: a report, a registration, a certificate, an enquiry, clearance."""

from __future__ import annotations

from typing import Any

import pytest

from engine.casework.demonstration import applicants
from engine.casework.demonstration.stories import ACCEPT, LI, SUN, TAKE
from tests.browser import people

pytestmark = pytest.mark.browser
HEAD = "yuzhong-tax.he"
ACCOUNT = {
    "registered_district": "500103",
    "report_kind": "opened",
    "happened_on": "2026-01-05",
    "account_kind": "basic",
    "bank": "虚构银行",
    "account_number": "600000000001",
    "for_taxes": "yes",
}
GENERAL_TAXPAYER = {
    "registered_district": "500103",
    "registration_reason": "voluntary",
    "annual_sales": "3000000.00",
    "sound_accounting": "yes",
    "effective_from": "next-month",
    "small_scale_statement": "yes",
}
CERTIFICATE = {
    "issuing_district": "500103",
    "applied_by": "self",
    "certificate_kind": "period",
    "period_from": "2025-01-01",
    "period_to": "2025-12-31",
    "taxes": ["all"],
}
QUESTION = {
    "registered_district": "500103",
    "topic": "invoices",
    "question": "电子发票怎么开？",
    "has_enclosure": "no",
}
DEREGISTRATION = {
    "registered_district": "500103",
    "end_reason": "closed",
    "qualification": "rated-a-b",
    "under_inspection": "no",
    "special_invoices_returned": "yes",
    "stopped_on": "2026-09-30",
}


def received(page: Any, matter: str, name: str, n: int, form: dict[str, Any]) -> str:
    people.take_in(page, matter, name)
    body = applicants.body(n, f"虚构商贸第{n}有限公司")
    people.fill(page, people.application(body, form, "on-the-spot"))
    return people.receive(page)


def test_a_late_report_is_taken_in_one_sitting(sign_in):
    li = sign_in(LI)
    number = received(li, "22", "存款账户账号报告", 921, ACCOUNT)
    people.submit(li, ACCEPT)
    assert "2026年1月20日" in li.inner_text("main")  # the last day of the duty

    people.submit(li, {"report_finding": "consistent", "timeliness": "late"})

    assert "准予" in people.look_up(li, number)
    assert people.paper(li, "存款账户账号报告表回执").startswith(b"%PDF")


def test_a_registration_that_another_excludes_is_decided_on_by_the_tax_office(sign_in):
    li, sun, head = sign_in(LI), sign_in(SUN), sign_in(HEAD)
    number = received(li, "25", "增值税一般纳税人登记", 922, GENERAL_TAXPAYER)
    people.submit(li, ACCEPT)
    people.submit(li, {"verification": "passed"})

    people.do(sun, number, TAKE)
    people.do(sun, number, {"review": "reject", "review_opinion": "已选择按小规模纳税人纳税。"})
    people.do(head, number, {"signature": "approve"})

    page = people.look_up(li, number)
    assert "不予办理决定书" in page and "已选择按小规模纳税人纳税。" in page


def test_nothing_on_record_is_told_in_writing(sign_in):
    li = sign_in(LI)
    number = received(li, "82", "开具税收完税证明", 923, CERTIFICATE)
    people.submit(li, ACCEPT)

    people.submit(li, {"record": "none", "result_statement": "2025年没有入库税款。"})

    people.look_up(li, number)
    assert people.paper(li, "无记录告知书").startswith(b"%PDF")


def test_an_enquiry_is_answered_without_an_acceptance(sign_in):
    li = sign_in(LI)
    number = received(li, "108", "网络咨询", 924, QUESTION)

    people.submit(li, {"answer": "answered", "result_statement": "登录电子税务局开具。"})

    page = people.look_up(li, number)
    assert "咨询答复" in page and "受理通知书" not in page


def test_who_commits_is_cleared_at_once_and_the_office_follows_it(sign_in):
    li, sun = sign_in(LI), sign_in(SUN)
    number = received(li, "106", "税务注销即时办理", 925, DEREGISTRATION)
    people.submit(li, ACCEPT)
    people.submit(li, {"scan": "committable", "unsettled_items": "九月增值税未申报。"})
    people.submit(li, {"commitment_choice": "signed", "make_good_by": "2099-12-31"})

    people.look_up(li, number)
    assert people.paper(li, "清税证明").startswith(b"%PDF")
    people.open_task(sun, number)
    assert "九月增值税未申报。" in sun.inner_text("main")
    people.submit(sun, {"make_good": "done", "make_good_note": "已补申报。"})
    assert "承诺已兑现" in people.look_up(li, number)
