"""The main screens in the browser: accessible, in both languages, at both ends of the widths.

The pages show cases at different stages, which stories of the demonstration have left behind.
"""

from __future__ import annotations

from typing import Any

import pytest

from engine.casework import cases
from engine.casework.demonstration import applicants, stories
from engine.casework.demonstration.stories import Doing
from engine.db import reading, transaction
from tests.browser import people
from tests.browser.site import ROOT, Site

pytestmark = pytest.mark.browser

AXE = ROOT / "webui" / "node_modules" / "axe-core" / "axe.min.js"
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}"
SERIOUS = (
    "r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
    ".map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' '))"
)
LEFT = {
    "reviewed": stories.pharmacy(
        52,
        Doing(stories.LI, stories.EXAMINE, stories.ACCEPT),
        Doing(stories.ZHOU, stories.RECEIVE_CASE, stories.TAKE),
    ),
    "posted": stories.pharmacy(
        53,
        Doing(stories.LI, stories.EXAMINE, stories.ACCEPT),
        Doing(stories.ZHOU, stories.RECEIVE_CASE, stories.TAKE),
        Doing(stories.ZHOU, stories.REVIEW, stories.APPROVE),
        Doing(stories.ZHENG, stories.SIGN_DECISION, stories.SIGN),
        Doing(stories.ZHOU, "Activity_SendParcel", {"courier": "EMS", "waybill": "EA000000002CN"}),
        delivery="courier",
    ),
    "corrected": stories.tax(54, declared_sales="90000.00"),
    "closed": stories.tax(55, stories.PAID),
}
PAGES = [
    (stories.LI, "/clerk"),
    (stories.LI, "/clerk/new"),
    (stories.LI, "/clerk/cases"),
    (stories.ZHOU, "/clerk/cases/{posted}"),
    (stories.ZHOU, "/clerk/tasks/{reviewed}/{reviewed_task}"),
    (stories.LI, "/clerk/tasks/{application}/1"),
    ("auditor", "/auditor/"),
    ("auditor", "/auditor/cases/{posted}"),
    ("designer", "/designer"),
    ("designer", "/designer/processes/medical-institution"),
    ("ybj.jin", "/editor"),
    ("ybj.jin", "/editor/13"),
    ("ybj.jin", "/guide"),
    ("ybj.jin", "/guide/39"),
    ("admin", "/admin/people"),
    ("admin", "/admin/offices"),
    ("admin", "/admin/evaluations"),
    (stories.LI, "/clerk/cases/{closed}"),
]


@pytest.fixture(scope="package")
def places(sites: Any) -> dict[str, Any]:
    """Where the prepared cases are, by the names that the addresses above use."""
    site: Site = sites("postgresql")
    found: dict[str, Any] = {}
    for name, story in LEFT.items():
        found[name] = stories.play(site.database, story, site.actors, demo=True)
    with reading(site.database) as session:
        key = stories.waiting(session, found["reviewed"], stories.REVIEW)
    with transaction(site.database) as session:
        opened = cases.open_case(session, 11, by=site.actors[stories.LI], demo=True)
        found["application"] = opened.instance_id
    return found | {"reviewed_task": key.number}


def test_what_is_wrong_is_told_and_what_was_typed_is_kept(sign_in):
    li = sign_in(stories.LI)
    people.take_in(li, "39", "增值税一般纳税人申报")
    body = applicants.body(931, "虚构商贸第十一有限公司")
    form = stories.TAX_FORM | {"tax_payable": "many"}
    given = people.application(body, form, "on-the-spot")
    people.fill(li, given | {"applicant.id_no": "91500101DEMA009039"})

    people.press(li, "button[name=action][value=receive]")

    assert li.locator(".banner--over").first.is_visible()
    assert li.input_value('[name="applicant.name"]') == body.name
    assert li.input_value('[name="form.tax_payable"]') == "many"


def test_an_ended_matter_says_why_and_takes_nothing(sign_in):
    li = sign_in(stories.LI)
    li.goto("/clerk/new?q=123")

    text = li.inner_text("main")
    assert "固体废物" in text and "2021" in text
    assert li.get_by_role("button", name="进口可用作原料的固体废物").count() == 0


def test_a_drawing_too_wide_to_be_read_begins_where_the_case_stands(sign_in, places):
    zhou = sign_in(stories.ZHOU, 1000)
    zhou.goto("/clerk/cases/{reviewed}".format(**places))
    zhou.locator(".diagram.is-drawn .diagram-tools").wait_for()
    region, now = zhou.locator(".diagram").first, zhou.locator(".diagram .djs-shape.now").first
    frame, near = region.bounding_box(), now.bounding_box()

    assert frame["x"] <= near["x"] < near["x"] + near["width"] <= frame["x"] + frame["width"]
    zhou.get_by_role("button", name="看全图").click()
    assert now.bounding_box()["width"] < near["width"]


def test_a_drawing_speaks_the_language_of_its_page(sign_in, places):
    designer = sign_in("designer")
    for language, name, other in (("zh", "办结", "Completion"), ("en", "Completion", "办结")):
        designer.goto(f"/language/{language}?next=/designer/processes/registration")
        designer.locator(".diagram.is-drawn .diagram-tools").wait_for()
        drawn = designer.locator('.diagram [data-element-id="Activity_Completion"]').text_content()
        assert name in drawn and other not in drawn


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(("login", "path"), PAGES, ids=[path for _login, path in PAGES])
def test_a_screen_is_accessible_and_fits_its_width(sign_in, places, login, path, width):
    page = sign_in(login, width)
    address = path.format(**places)
    for language in ("zh", "en"):
        page.goto(f"/language/{language}?next={address}")
        assert page.url.rstrip("/").endswith(address.rstrip("/"))
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert page.evaluate(f"axe.run(document, {RULES}).then({SERIOUS})") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
