"""Fixtures of the browser: one Chromium, a site per kind of database, a browser per person.

The site runs on PostgreSQL unless a test asks for another `kind`. Whoever has signed in once
comes back with the same session, as people do; a page that breaks a policy, throws, or answers
with an error of the server fails the test that opened it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.browser.site import Site, running
from tests.chromium import launched

SignIn = Callable[..., Any]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="package")
def sites(servers: Any, tmp_path_factory: Any) -> Iterator[Callable[[str], Site]]:
    """The site on a kind of database, started by its first visitor."""
    started: dict[str, Site] = {}
    with ExitStack() as stack:

        def site(kind: str) -> Site:
            if kind not in started:
                folder = tmp_path_factory.mktemp(f"site-{kind}")
                started[kind] = stack.enter_context(running(servers, kind, folder))
            return started[kind]

        yield site


@pytest.fixture(scope="package")
def signed_in() -> dict[tuple[str, str], Any]:
    """What browsers remember of those who have signed in: by kind of database and login."""
    return {}


@pytest.fixture
def kind() -> str:
    return "postgresql"


@pytest.fixture
def site(sites: Callable[[str], Site], kind: str) -> Site:
    return sites(kind)


@pytest.fixture
def sign_in(chromium: Any, site: Site, kind: str, signed_in: dict[Any, Any]) -> Iterator[SignIn]:
    """Open a browser of a member of staff, signed in."""
    contexts: list[Any] = []
    faults: list[str] = []

    def opened(login: str, width: int = 1280) -> Any:
        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 900},
            locale="zh-CN",
            storage_state=signed_in.get((kind, login)),
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        _watch(page, faults)
        if (kind, login) not in signed_in:
            page.goto("/sign-in")
            page.fill("[name=login]", login)
            page.fill("[name=password]", site.passwords[login])
            with page.expect_navigation():
                page.click("main button[type=submit]")
            assert "/sign-in" not in page.url
            signed_in[kind, login] = context.storage_state()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, "; ".join(faults)


@pytest.fixture
def visit(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Open a browser of somebody without an account, as wide as a telephone."""
    contexts: list[Any] = []
    faults: list[str] = []

    def opened(width: int = 360) -> Any:
        context = chromium.new_context(
            base_url=site.address, viewport={"width": width, "height": 740}, locale="zh-CN"
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        _watch(page, faults)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, "; ".join(faults)


def _watch(page: Any, faults: list[str]) -> None:
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Policy" in line.text else None)
    page.on(
        "response",
        lambda got: faults.append(f"{got.status} {got.url}") if got.status >= 500 else None,
    )
