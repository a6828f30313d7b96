"""The main job in a real Chromium: different people, different districts, one case each.

The site runs on PostgreSQL behind the program's own server; a browser per person. What is clicked
here is what clerks click; the end is looked up where the next person would see it.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.casework import closing, operations, reference
from engine.casework.demonstration import applicants, people, stories
from engine.db import transaction
from engine.files import FileStore
from engine.people.identity import Actor
from engine.process.wiring import Wiring
from engine.settings import Settings

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
AXE = ROOT / "webui" / "node_modules" / "axe-core" / "axe.min.js"
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}"
SERIOUS = (
    "r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
    ".map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' '))"
)


@pytest.fixture(scope="module")
def site(servers: Any, tmp_path_factory: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """The program serving a fresh PostgreSQL database, and the passwords of its staff."""
    folder = tmp_path_factory.mktemp("site")
    database = servers.new("postgresql", None)
    url = database.url.render_as_string(hide_password=False)
    environment = {"TONGBAN_DATA": str(folder), "TONGBAN_DATABASE_URL": url}
    settings = Settings.read(environment)
    database.dispose()
    wiring = Wiring(
        operations=operations.OPERATIONS,
        on_step=closing.on_step,
        on_finished=closing.on_finished,
        files=FileStore(folder),
        master_key=settings.master_key(),
    )
    wired = type(database)(url, wiring)
    with transaction(wired) as session:
        reference.load(session, by=Actor.system())
        people.create(session, folder / "accounts.json")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from webui.main import main; main()", "serve"]
    server = subprocess.Popen(
        [*command, "--port", str(port), "--workers", "2"],
        env={**os.environ, **environment},
        cwd=ROOT,
        stderr=(folder / "server.log").open("wb"),
    )
    address = f"http://127.0.0.1:{port}"
    _wait(address, server, folder / "server.log")
    yield address, people.passwords(folder / "accounts.json")
    server.terminate()
    server.wait(30)
    servers.discard(wired)


def _wait(address: str, server: Any, log: Path) -> None:
    for _ in range(150):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=1)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(log.read_text())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program or not (ROOT / "webui" / "static" / "manifest.json").exists():
        if os.environ.get("CI"):
            pytest.fail("no Chromium, or the bundles are not built")
        pytest.skip("no Chromium, or the bundles are not built: make assets")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def sign_in(chromium: Any, site: tuple[str, dict[str, str]]) -> Iterator[Any]:
    """Open a browser of a member of staff, signed in."""
    address, passwords = site
    contexts: list[Any] = []
    faults: list[str] = []

    def opened(login: str, width: int = 1280) -> Any:
        context = chromium.new_context(
            base_url=address, viewport={"width": width, "height": 900}, locale="zh-CN"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(m.text) if "Policy" in m.text else None)
        page.goto("/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", passwords[login])
        page.click("main button[type=submit]")
        page.wait_for_load_state()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def take_in(page: Any, matter: str, name: str) -> None:
    """Choose a matter on the list of all."""
    page.goto("/clerk/new")
    page.fill("#m", matter)
    page.press("#m", "Enter")
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def fill(page: Any, values: dict[str, Any]) -> None:
    """Fill a form by field name, whatever the kinds of its fields."""
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            field = page.locator(f'[name="{name}"]').first
            kind = field.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
            if kind in ("radio", "checkbox"):
                page.locator(f'[name="{name}"][value="{one}"]').check()
            elif kind == "select":
                field.select_option(str(one))
            else:
                field.fill(str(one))


def application(applicant: Any, form: dict[str, Any], delivery: str) -> dict[str, Any]:
    given = {"applicant.kind": applicant.kind}
    for name in ("name", "id_type", "id_no", "phone", "address"):
        given[f"applicant.{name}"] = getattr(applicant, name)
    for name in ("name", "id_type", "id_no", "phone", "authorisation"):
        given[f"agent.{name}"] = getattr(applicant.agent, name)
    given |= {f"form.{key}": value for key, value in form.items()}
    return given | {"delivery_method": delivery}


def receive(page: Any) -> None:
    for state in page.locator('select[name^="materials."]').all():
        state.select_option("received")
    page.locator("button[name=action][value=receive]").first.click()
    page.wait_for_load_state()


def submit(page: Any) -> None:
    page.locator("main form button.btn--primary[type=submit]").last.click()
    page.wait_for_load_state()


def case_number(page: Any) -> str:
    found = re.search(r"\d{6}-\d{8}-\d{5}", page.content())
    assert found is not None, page.url
    return found[0]


def open_task(page: Any, number: str) -> None:
    """Find a case in the list of what is to be done, by its number."""
    page.goto(f"/clerk?q={number}")
    page.locator(".items .item a").first.click()
    page.wait_for_load_state()


def test_a_tax_declaration_is_done_in_one_sitting(sign_in):
    li = sign_in(stories.LI)
    take_in(li, "39", "增值税一般纳税人申报")
    body = applicants.body(901, "虚构商贸第九有限公司")
    fill(li, application(body, stories.TAX_FORM, "on-the-spot"))
    receive(li)
    number = case_number(li)
    fill(li, stories.ACCEPT)
    submit(li)
    fill(li, {"payment_voucher": "YS-0001", "paid_on": "2026-11-10"})
    submit(li)

    li.goto(f"/clerk/cases?q={number}")

    assert number in li.inner_text("main")
    assert "准予" in li.inner_text("main")


def test_a_change_taken_in_at_one_district_is_decided_in_another(sign_in):
    li, zhou, zheng = (sign_in(who) for who in (stories.LI, stories.ZHOU, stories.ZHENG))
    take_in(li, "ddlsyd", "定点零售药店信息变更")
    body = applicants.body(902, "虚构大药房第九店")
    fill(li, application(body, stories.PHARMACY_FORM, "window"))
    receive(li)
    number = case_number(li)
    fill(li, {"examination": "correct", "correction_note": "申请表缺少签章，请补正。"})
    submit(li)
    open_task(li, number)
    submit(li)
    open_task(li, number)
    fill(li, stories.ACCEPT)
    submit(li)

    open_task(zhou, number)
    fill(zhou, stories.TAKE)
    submit(zhou)
    open_task(zhou, number)
    fill(zhou, stories.APPROVE)
    submit(zhou)
    open_task(zheng, number)
    fill(zheng, stories.SIGN)
    submit(zheng)
    open_task(li, number)
    submit(li)

    li.goto("/clerk/feedback")
    assert number in li.inner_text("main")


def test_what_is_wrong_is_told_and_what_was_typed_is_kept(sign_in):
    li = sign_in(stories.LI)
    take_in(li, "39", "增值税一般纳税人申报")
    body = applicants.body(903, "虚构商贸第十有限公司")
    form = stories.TAX_FORM | {"tax_payable": "many"}
    fill(li, application(body, form, "on-the-spot") | {"applicant.id_no": "91500101DEMA009039"})
    receive(li)

    assert li.locator(".banner--over").first.is_visible()
    assert li.input_value('[name="applicant.name"]') == "虚构商贸第十有限公司"
    assert li.input_value('[name="form.tax_payable"]') == "many"


def test_an_ended_matter_says_why_and_takes_nothing(sign_in):
    li = sign_in(stories.LI)
    li.goto("/clerk/new?q=123")

    text = li.inner_text("main")
    assert "固体废物" in text and "2021" in text
    assert li.get_by_role("button", name="进口可用作原料的固体废物").count() == 0


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    ("login", "path"),
    [
        (stories.LI, "/clerk"),
        (stories.LI, "/clerk/new"),
        (stories.LI, "/clerk/cases"),
        ("auditor", "/auditor"),
        ("designer", "/designer"),
        ("admin", "/admin/people"),
    ],
)
def test_homes_are_accessible_and_fit_their_width(sign_in, login, path, width):
    page = sign_in(login, width)
    for language in ("zh", "en"):
        page.goto(f"/language/{language}?next={path}")
        page.wait_for_load_state()
        assert page.url.rstrip("/").endswith(path)
        page.evaluate(AXE.read_text())
        assert page.evaluate(f"axe.run(document, {RULES}).then({SERIOUS})") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
