"""What people do at their screens: take in, fill in, send, look up.

Each act waits for the page that it leads to; none waits for a time. A case is followed by its
number, as people tell it one another.
"""

from __future__ import annotations

import re
from typing import Any

from engine.casework.applicants import Applicant, as_fields

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NUMBER = re.compile(r"\d{6}-\d{8}-\d{5}")


def take_in(page: Any, matter: str, name: str) -> None:
    """Find a matter on the list of all and open a case of it."""
    page.goto("/clerk/new")
    page.fill("#m", matter)
    with page.expect_navigation():
        page.press("#m", "Enter")
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def fill(page: Any, values: dict[str, Any]) -> None:
    """Fill a form by field name, whatever the kinds of its fields."""
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            field = page.locator(f'main [name="{name}"]').first
            kind = field.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
            if kind in ("radio", "checkbox"):
                page.locator(f'main [name="{name}"][value="{_sent(one)}"]').check()
            elif kind == "select":
                field.select_option(str(one))
            else:
                field.fill(str(one))


def _sent(value: Any) -> str:
    """Return what a box sends that stands for a value."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def application(applicant: Applicant, form: dict[str, Any], delivery: str) -> dict[str, Any]:
    """Return an application by the names of its fields, in the order of the page."""
    given = {name: value for name, value in as_fields(applicant).items() if value}
    given |= {f"form.{key}": value for key, value in form.items()}
    return given | {"delivery_method": delivery}


def receive(page: Any, missing: str | None = None) -> str:
    """Have every material in hand but one, receive the application, return its number."""
    for state in page.locator('select[name^="materials."]').all():
        there = state.get_attribute("name") != f"materials.{missing}"
        state.select_option("received" if there else "missing")
    press(page, "button[name=action][value=receive]")
    return case_number(page)


def press(page: Any, button: str) -> None:
    """Press a button that leads to another page."""
    with page.expect_navigation():
        page.locator(button).first.click()


def submit(page: Any, values: dict[str, Any] | None = None) -> None:
    """Fill in the task on the screen and send it; the page of a mistake fails the test."""
    fill(page, values or {})
    with page.expect_navigation():
        page.locator("#task-form button.btn--primary[type=submit]").last.click()
    refused = page.locator("main .banner--over")
    assert refused.count() == 0, refused.all_inner_texts()


def do(page: Any, number: str, values: dict[str, Any] | None = None) -> None:
    """Find the task of a case in the list, fill it in and send it."""
    open_task(page, number)
    submit(page, values)


def open_task(page: Any, number: str) -> None:
    """Find a case in the list of what is to be done, by its number."""
    page.goto(f"/clerk?q={number}")
    with page.expect_navigation():
        page.locator(".items .item a").first.click()


def waits_for(page: Any, number: str) -> bool:
    """Tell whether a case waits in the list of what this person may do."""
    page.goto(f"/clerk?q={number}")
    return bool(page.locator(".items .item a").count())


def look_up(page: Any, number: str) -> str:
    """Open a case by its number in the search; return what its page says."""
    page.goto(f"/clerk/cases?q={number}")
    assert re.search(r"/clerk/cases/[0-9a-f-]{36}", page.url), page.url
    return str(page.inner_text("main"))


def explain(page: Any, dialog: str, reason: str, values: dict[str, str] | None = None) -> None:
    """Open a dialog that asks for a reason, give it and confirm."""
    page.locator(f'[data-dialog="{dialog}"]').first.click()
    for field, value in (values or {}).items():
        page.locator(f"#{dialog} #{field}").select_option(value)
    page.fill(f"#{dialog} [name=reason]", reason)
    press(page, f"#{dialog} button[type=submit]")


def audit(page: Any, number: str) -> str:
    """Find a case as an auditor and open its history; return what it says."""
    page.goto(f"/auditor/?q={number}")
    with page.expect_navigation():
        page.locator("main tbody a").first.click()
    return str(page.inner_text("main"))


def case_number(page: Any) -> str:
    """Return the number of the case on the screen."""
    found = NUMBER.search(page.content())
    assert found is not None, page.url
    return found[0]


def paper(page: Any, title: str) -> bytes:
    """Download an issued paper from the page of its case."""
    with page.expect_download() as started:
        page.locator("#papers li", has_text=title).get_by_role("link").click()
    data: bytes = started.value.path().read_bytes()
    return data
