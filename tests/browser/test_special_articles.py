"""Matter 119 in the browser: a licence of a customs house, with a statutory clock that may stop."""

from __future__ import annotations

from typing import Any

import pytest

from engine.casework.demonstration import applicants
from engine.casework.demonstration.stories import (
    ACCEPT,
    APPROVE,
    ARTICLE_FORM,
    CHEN,
    CHU,
    FENG,
    SIGN,
    TAKE,
    ZHAO,
)
from tests.browser import people

pytestmark = pytest.mark.browser


def accepted(clerk: Any, n: int, delivery: str, **form: str) -> str:
    people.take_in(clerk, "119", "出入境特殊物品卫生检疫审批")
    body = applicants.body(n, f"虚构研究院第{n}所")
    people.fill(clerk, people.application(body, ARTICLE_FORM | form, delivery))
    number = people.receive(clerk)
    people.submit(clerk, ACCEPT)
    return number


def test_a_high_risk_stops_the_clock_for_experts_and_is_granted(sign_in):
    zhao, feng, chen, chu = (sign_in(who) for who in (ZHAO, FENG, CHEN, CHU))
    number = accepted(zhao, 921, "electronic", risk_level="B")
    people.do(feng, number, TAKE)
    people.do(feng, number, APPROVE)

    assert people.waits_for(chen, number)
    assert "停表" in chen.locator(".items .item").first.inner_text()
    people.do(chen, number, {"special_result": "专家认为风险可控。"})
    people.open_task(chu, number)
    chu.locator("[name=points]").first.check()
    people.submit(chu, SIGN)

    page = people.look_up(zhao, number)
    assert "准予" in page and "专家" in page
    assert people.paper(zhao, "准予行政许可决定书").startswith(b"%PDF")
    zhao.goto("/clerk/feedback")
    assert number in zhao.inner_text("main")


def test_a_correction_after_acceptance_stops_the_clock_and_a_refusal_gives_reasons(sign_in):
    zhao, feng, chu, auditor = (sign_in(who) for who in (ZHAO, FENG, CHU, "auditor"))
    number = accepted(zhao, 922, "window")
    people.do(feng, number, TAKE)
    defect = {
        "review": "correct",
        "review_opinion": "应急预案不完整。",
        "correction_note": "请补充应急预案。",
    }
    people.do(feng, number, defect)
    assert "补正" in people.look_up(zhao, number)
    assert "时限停表：补正" in zhao.inner_text("#history")
    people.do(zhao, number)

    refusal = {"review": "reject", "review_opinion": "储存条件不符合生物安全要求。"}
    people.do(feng, number, refusal)
    assert not people.waits_for(feng, number)  # the signature is another person's
    people.do(chu, number, SIGN)
    people.do(zhao, number)

    page = people.look_up(zhao, number)
    assert "不予" in page and refusal["review_opinion"] in page
    assert people.paper(zhao, "不予行政许可决定书").startswith(b"%PDF")
    history = people.audit(auditor, number)
    assert "冯九" in history and "褚十一" in history and "一条没动过" in history
