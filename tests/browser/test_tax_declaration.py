"""Matter 39 in the browser: a declaration at any window, verified where the taxpayer belongs."""

from __future__ import annotations

import pytest

from engine.casework.demonstration import applicants
from engine.casework.demonstration.stories import ACCEPT, LI, SUN, TAKE, TAX_FORM
from tests.browser import people

pytestmark = pytest.mark.browser
PAID = {"payment_voucher": "YS-0001", "paid_on": "2026-11-10"}


def test_a_declaration_is_done_in_one_sitting(sign_in):
    li = sign_in(LI)
    people.take_in(li, "39", "增值税一般纳税人申报")
    body = applicants.body(901, "虚构商贸第九有限公司")
    people.fill(li, people.application(body, TAX_FORM, "on-the-spot"))
    scan = {"name": "申报表.pdf", "mimeType": "application/pdf", "buffer": people.PDF}
    li.set_input_files('[name="file.return"]', scan)
    people.press(li, "button[name=action][value=upload]")
    assert li.get_by_role("link", name="申报表.pdf").count() == 1
    assert li.input_value('[name="applicant.name"]') == body.name

    number = people.receive(li)
    people.submit(li, ACCEPT)
    people.submit(li, PAID)

    page = people.look_up(li, number)
    assert "准予" in page and "当场" in page
    assert people.paper(li, "申报回执").startswith(b"%PDF")


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_a_difference_is_verified_in_the_district_of_the_taxpayer_and_corrected(sign_in, kind):
    li, sun, auditor = sign_in(LI), sign_in(SUN), sign_in("auditor")
    people.take_in(li, "zzsybnsr", "增值税一般纳税人申报")
    body = applicants.body(902, "虚构商贸第十有限公司")
    form = TAX_FORM | {"declared_sales": "90000.00"}
    people.fill(li, people.application(body, form, "on-the-spot"))
    number = people.receive(li)
    people.submit(li, ACCEPT)
    assert not people.waits_for(li, number)

    people.open_task(sun, number)
    people.press(sun, 'form[action$="/claim"] button')
    people.submit(sun, TAKE)
    assert number in sun.inner_text("main")  # the next step of the case is on the screen
    finding = {"verification": "correct", "verification_note": "开票十二万，申报九万。"}
    people.submit(sun, finding | {"correction_note": "请更正申报销售额。"})

    people.open_task(li, number)
    assert li.input_value('[name="form.declared_sales"]') == "90000.00"
    people.submit(li, {"form.declared_sales": "120000.00"})
    people.do(
        sun, number, {"verification": "passed", "verification_note": "更正后相符，核实通过。"}
    )
    people.do(li, number, PAID)

    assert "准予" in people.look_up(li, number)
    history = people.audit(auditor, number)
    assert "登记了更正的内容" in history and "90,000.00" in history and "120,000.00" in history
    assert "一条没动过" in history
