"""An edition in the browser: one drafts, another confirms and publishes; old cases keep theirs."""

from __future__ import annotations

from typing import Any

import pytest

from engine.casework.demonstration.stories import LI
from tests.browser import people

pytestmark = pytest.mark.browser

JIN, WEI = "ybj.jin", "ybj.wei"
PHARMACY = "定点零售药店信息变更"
OLD, NEW = "授权委托书和经办人身份证件", "授权委托书和经办人身份证件（含电子证照）"


def taken_in(clerk: Any) -> str:
    people.take_in(clerk, "ddlsyd", PHARMACY)
    return str(clerk.url)


def test_the_new_case_has_the_new_edition_and_the_old_case_keeps_its_own(sign_in) -> None:
    li, jin, wei = sign_in(LI), sign_in(JIN), sign_in(WEI, width=360)
    old = taken_in(li)
    assert OLD in li.inner_text("main")

    jin.goto("/editor/11")
    people.press(jin, 'form[action$="/begin"] button')
    people.press(jin, 'button[name=goto][value="materials"]')
    field = jin.locator(f'input[value="{OLD}"]')
    field.fill(NEW)
    field.blur()
    jin.wait_for_function("() => document.querySelector('[data-draft-status]').textContent !== ''")
    people.press(jin, 'button[name=goto][value="faq"]')  # leads elsewhere, and saves first
    people.press(jin, 'button[name=goto][value="matter"]')
    assert "另一位同事确认" in jin.inner_text("main")

    wei.goto("/editor/11/2/differences")
    assert NEW in wei.inner_text("main") and OLD in wei.inner_text("main")
    wei.goto("/editor/11")
    assert wei.evaluate("() => document.documentElement.scrollWidth") <= 360
    wei.locator("#facts input").first.check()
    wei.fill("[name=basis]", "市医保局会议纪要第1号")
    people.press(wei, 'form[action$="/confirm"] button[type=submit]')
    people.press(wei, 'form[action$="/publish"] button[type=submit]')
    assert "发布了版本 2" in wei.inner_text("#history")
    wei.goto("/editor/11/1/differences?with=2")
    assert wei.evaluate("() => document.documentElement.scrollWidth") <= 360

    li.goto("/guide/11")
    assert NEW in li.inner_text("main")
    taken_in(li)
    assert NEW in li.inner_text("main")
    li.goto(old)
    page = li.inner_text("main")
    assert OLD in page and NEW not in page


def test_an_editor_works_without_a_script(chromium, site) -> None:
    context = chromium.new_context(
        base_url=site.address, viewport={"width": 360, "height": 780}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=login]", JIN)
    page.fill("[name=password]", site.passwords[JIN])
    page.click("main button[type=submit]")
    page.goto("/editor/12")
    page.click('form[action$="/begin"] button')
    page.click('button[name=goto][value="faq"]')
    page.click("button[name=add]")
    page.locator("[name^='faq.'][name$='.question']").last.fill("多久办好？")
    page.click('button[name=goto][value="fee"]')
    page.click('button[name=goto][value="faq"]')

    assert page.locator("[name^='faq.'][name$='.question']").last.input_value() == "多久办好？"
    page.goto("/guide/12")
    assert "申请材料" in page.inner_text("main")
    context.close()
