"""A poor evaluation, from the applicant's telephone to what was rectified and the archive."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engine.casework.demonstration import applicants
from engine.casework.demonstration.stories import ACCEPT, LI, SUN, TAX_FORM
from engine.process import worker
from tests.browser import people
from tests.browser.test_screens import AXE, RULES, SERIOUS

pytestmark = pytest.mark.browser
PAID = {"payment_voucher": "YS-0001", "paid_on": "2026-11-10"}
WORDS = "等了两个小时才叫到号"


def overflows(page: Any) -> bool:
    """Whether a page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_a_poor_evaluation_is_rectified_told_and_archived(
    sign_in: Any, visit: Any, site: Any, kind: str
) -> None:
    li, sun, auditor, admin = sign_in(LI), sign_in(SUN), sign_in("auditor"), sign_in("admin")
    people.take_in(li, "39", "增值税一般纳税人申报")
    body = applicants.body(941, "虚构商贸第四十一有限公司")
    people.fill(li, people.application(body, TAX_FORM, "on-the-spot"))
    number = people.receive(li)
    people.submit(li, ACCEPT)
    people.submit(li, PAID)
    assert "准予" in people.look_up(li, number)
    assert li.locator("[data-dialog=withdraw]").count() == 0
    paper_no, code = li.locator("#evaluation .mono").all_inner_texts()

    applicant = visit()
    applicant.goto("/evaluate")
    people.fill(applicant, {"no": paper_no.lower(), "code": code.replace("-", " ")})
    people.press(applicant, "main form button[type=submit]")
    assert not overflows(applicant)
    applicant.evaluate(AXE.read_text(encoding="utf-8"))
    assert applicant.evaluate(f"axe.run(document, {RULES}).then({SERIOUS})") == []
    people.fill(applicant, {"grade": "1"})
    people.press(applicant, "main form button[type=submit]")
    assert "请至少勾选一个原因" in applicant.inner_text("main")
    people.fill(applicant, {"reasons": ["slow", "attitude"], "text": WORDS})
    people.press(applicant, "main form button[type=submit]")
    assert "谢谢，评价已收到" in applicant.inner_text("main") and not overflows(applicant)
    applicant.goto(f"/evaluate?no={paper_no}&code={code}")
    assert "本次服务已存在评价" in applicant.inner_text("main")

    assert "非常不满意" in people.look_up(sun, number) and WORDS not in sun.content()
    people.explain(sun, "reveal", "核实差评内容")
    assert WORDS in sun.inner_text("#evaluation")
    admin.goto("/admin/evaluations")
    assert "件待整改" in admin.inner_text("main")
    people.open_task(sun, number)
    people.press(sun, 'form[action$="/claim"] button')
    people.submit(sun, {"evaluation_finding": "confirmed", "rectification": "已增开叫号窗口。"})
    people.submit(sun, {"call_back": "satisfied", "call_back_note": "申请人表示认可"})

    worker.run_once(site.database)
    assert "情况属实" in people.look_up(li, number)
    assert people.paper(li, "归档目录").startswith(b"%PDF")
    history = people.audit(auditor, number)
    for told in ("收到了申请人的评价", "登记了差评的整改结果", "将办件归了档", "一条没动过"):
        assert told in history
    assert WORDS not in history and not re.search("申请人表示认可", history)
