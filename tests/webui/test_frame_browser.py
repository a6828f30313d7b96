"""The frame in a real Chromium: reach by keyboard, colours, widths, drafts, dialogs, the diagram."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.chromium import launched
from tests.webui import sampler

pytestmark = pytest.mark.browser

WEBUI = Path(__file__).parents[2] / "webui"
AXE = WEBUI / "node_modules" / "axe-core" / "axe.min.js"
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}"
FOUND = "r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' '))"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, sampler.site(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Any]:
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Policy" in line.text else None)
    yield page
    assert faults == []
    context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/sign-in", "/fail/conflict", "/accessibility"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    chromium: Any, address: str, path: str, scheme: str, language: str
) -> None:
    context = chromium.new_context(base_url=address, color_scheme=scheme)
    context.add_cookies([{"name": "lang", "value": language, "url": address}])
    page = context.new_page()
    assert page.goto(path).status == (409 if "conflict" in path else 200)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    session = context.new_cdp_session(page)  # past the page's own policy, which forbids injection
    session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    assert page.evaluate(f"axe.run(document, {RULES}).then({FOUND})") == []
    context.close()


def test_the_diagram_is_drawn_with_its_marks_under_the_policy(page: Any) -> None:
    page.goto("/")
    page.wait_for_selector(".diagram.is-drawn")
    assert page.locator('.diagram [data-element-id="review"].now').count() == 1
    assert page.locator('.diagram [data-element-id="f1"].passed').count() == 1
    assert page.locator(".bjs-powered-by").is_visible()
    before = page.locator(".diagram .viewport").get_attribute("transform")
    page.locator(".diagram").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".diagram .viewport").get_attribute("transform") != before


def test_a_draft_is_saved_and_said(page: Any) -> None:
    page.goto("/")
    with page.expect_response("**/draft") as answer:
        page.fill("#gaps", "缺身体条件证明")
    assert answer.value.status == 204
    page.wait_for_function(
        "document.querySelector('[data-draft-status]').textContent.includes('已存草稿')"
    )


def test_a_field_that_does_not_apply_is_hidden_and_not_sent(page: Any) -> None:
    page.goto("/")
    assert page.locator("#gaps").is_visible() and not page.locator("#praise").is_visible()
    page.check("input[name=result][value=agree]")
    assert page.locator("#praise").is_visible() and page.locator("#gaps").is_disabled()


def test_keys_move_open_search_and_can_be_switched_off(page: Any) -> None:
    page.goto("/")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "劳动用工备案"
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "校车驾驶资格认定"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("jk")
    assert page.input_value("input[type=search]") == "jk"
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.uncheck("[data-keys-switch]")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert not page.locator("#keys").is_visible()


def test_a_dialog_takes_the_focus_and_gives_it_back(page: Any) -> None:
    page.goto("/")
    page.locator("button.btn--danger").click()
    assert page.evaluate("document.activeElement.id") == "extra"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "作废办件"


def test_colours_and_large_text_last(page: Any) -> None:
    page.goto("/")
    page.click("[data-theme-switch]")
    page.click(".me summary")
    page.click(".me [data-text-switch]")
    page.goto("/accessibility")
    root = page.locator("html")
    assert (
        root.get_attribute("data-theme") == "light" and root.get_attribute("data-text") == "large"
    )


def test_a_toast_can_be_taken_back(page: Any) -> None:
    page.goto("/echo")
    page.goto("/accessibility")
    page.locator("#toasts .toast").wait_for()
    page.click("#toasts button")
    page.wait_for_url("**/echo")


def test_an_impatient_second_press_sends_nothing(page: Any) -> None:
    page.goto("/")
    sent: list[str] = []
    page.route("**/echo", lambda route: sent.append(route.request.url))
    page.evaluate(
        "(form => { form.requestSubmit(); form.requestSubmit(); })"
        "(document.querySelector('#schema form.inline'))"
    )
    page.wait_for_timeout(300)
    assert len(sent) == 1
