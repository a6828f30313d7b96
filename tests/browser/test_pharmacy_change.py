"""Matter 11 in the browser: taken in at one district, decided in another, by two persons."""

from __future__ import annotations

from typing import Any

import pytest

from engine.casework.demonstration import applicants
from engine.casework.demonstration.stories import (
    ACCEPT,
    APPROVE,
    LI,
    PHARMACY_FORM,
    REFUSE,
    REJECT,
    SIGN,
    TAKE,
    WANG,
    WU,
    ZHENG,
    ZHOU,
)
from tests.browser import people
from tests.browser.site import HAN, YANG

pytestmark = pytest.mark.browser


def received(clerk: Any, n: int, delivery: str = "window", missing: str | None = None) -> str:
    """Take an application in; the task of acceptance is on the screen."""
    people.take_in(clerk, "ddlsyd", "定点零售药店信息变更")
    body = applicants.body(n, f"虚构大药房第{n}店")
    people.fill(clerk, people.application(body, PHARMACY_FORM, delivery))
    return people.receive(clerk, missing)


def accepted(clerk: Any, n: int, delivery: str = "window") -> str:
    number = received(clerk, n, delivery)
    people.submit(clerk, ACCEPT)
    return number


def test_a_change_is_corrected_handed_over_granted_and_collected(sign_in):
    li, wang = sign_in(LI), sign_in(WANG)
    number = received(li, 911, missing="change-application")
    told = {
        "examination": "correct",
        "correction_items": ["change-application"],
        "correction_note": "申请表缺少签章，请补正。",
    }
    people.submit(li, told)
    people.look_up(wang, number)  # a colleague is at the window when the paper comes
    people.press(wang, 'form[action$="/materials/change-application"] button')
    assert "标记材料已收" in wang.inner_text("#history")
    people.do(wang, number)
    people.do(li, number, ACCEPT)

    zhou, wu, zheng = sign_in(ZHOU), sign_in(WU), sign_in(ZHENG)
    people.open_task(zhou, number)
    people.press(zhou, 'form[action$="/claim"] button')
    people.submit(zhou, TAKE)
    people.press(zhou, 'form[action$="/claim"] button')
    colleague = zhou.locator("#delegate-to option", has_text="吴七").get_attribute("value")
    people.explain(zhou, "delegate", "本人明日休假。", {"delegate-to": colleague})
    assert zhou.locator("#task-form").count() == 0
    people.open_task(wu, number)
    wu.locator("[name=points]").first.check()
    people.submit(wu, APPROVE)
    people.do(zheng, number, SIGN)
    people.do(li, number)

    li.goto("/clerk/feedback")
    assert number in li.inner_text("main")
    people.look_up(li, number)
    people.press(li, 'form[action$="/feedback"] button')
    page = people.look_up(li, number)
    assert "周六把“审查材料”委派给吴七" in page and "本人明日休假。" in page
    assert people.paper(li, "送达回证").startswith(b"%PDF")


def test_an_application_outside_the_authority_is_not_accepted(sign_in):
    li = sign_in(LI)
    number = received(li, 912)

    people.submit(li, REFUSE)

    page = people.look_up(li, number)
    assert "不予受理" in page and REFUSE["refusal_reason"] in page
    assert people.paper(li, "不予受理").startswith(b"%PDF")
    assert not people.waits_for(li, number)


def test_a_change_that_the_register_contradicts_is_refused_with_its_reason(sign_in):
    li, wu, zheng = sign_in(LI), sign_in(WU), sign_in(ZHENG)
    number = accepted(li, 913)
    people.do(wu, number, TAKE)
    people.do(wu, number, REJECT)
    people.do(zheng, number, SIGN)

    people.do(li, number)

    page = people.look_up(li, number)
    assert "不予" in page and REJECT["review_opinion"] in page
    assert people.paper(li, "不予").startswith(b"%PDF")


def test_the_applicant_withdraws_while_the_case_is_handled(sign_in):
    li, zhou = sign_in(LI), sign_in(ZHOU)
    number = accepted(li, 914)
    people.do(zhou, number, TAKE)
    people.open_task(zhou, number)  # stands open on the screen while the window withdraws

    people.look_up(li, number)
    people.explain(li, "withdraw", "申请人来电要求撤回。")

    assert "已撤回" in li.inner_text("main") and "申请人来电要求撤回。" in li.inner_text("main")
    people.fill(zhou, APPROVE)
    people.press(zhou, "#task-form button.btn--primary[type=submit]")
    assert zhou.locator("#task-form").count() == 0  # told that it is over, nothing applied
    assert "已撤回" in people.look_up(zhou, number)


def test_a_case_of_the_wrong_district_comes_back_and_keeps_its_limit(sign_in):
    li, zhou, han, yang = (sign_in(who) for who in (LI, ZHOU, HAN, YANG))
    number = accepted(li, 915)
    people.look_up(li, number)
    limits = li.inner_text("#limits")
    wrong = {"receipt": "wrong-office", "wrong_office_reason": "药店签约机构在涪陵区。"}
    people.do(zhou, number, wrong)

    again = {"handling_office": "500102-ybj", "reroute_reason": "签约机构在涪陵区。"}
    people.do(li, number, again)

    people.look_up(li, number)
    assert li.inner_text("#limits") == limits and "涪陵" in li.inner_text("main")
    assert not people.waits_for(zhou, number)
    people.do(han, number, TAKE)
    people.do(han, number, APPROVE)
    people.do(yang, number, SIGN)
    people.do(li, number)
    assert "准予" in people.look_up(li, number)


def test_a_parcel_that_is_returned_is_handed_over_at_the_window(sign_in):
    li, zhou, zheng = sign_in(LI), sign_in(ZHOU), sign_in(ZHENG)
    number = accepted(li, 916, "courier")
    for who, values in ((zhou, TAKE), (zhou, APPROVE), (zheng, SIGN)):
        people.do(who, number, values)
    people.do(zhou, number, {"courier": "EMS", "waybill": "EA000000001CN"})
    people.look_up(zhou, number)
    zhou.locator("#track-state").select_option("in-transit")
    people.press(zhou, 'form[action$="/tracking"] button')
    assert "运输" in zhou.inner_text("#delivery")

    people.do(zhou, number, {"tracking": "returned", "tracking_note": "查无此人"})
    people.do(li, number, {"returned_choice": "window"})
    people.do(li, number)

    page = people.look_up(li, number)
    assert "EA000000001CN" in page and "退回" in page and "准予" in page
