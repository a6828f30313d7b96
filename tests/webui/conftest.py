"""The staff's application on a real database, people to sign in, and browsers without a screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.db import Database, transaction
from engine.people import offices, users
from engine.people.identity import Actor
from engine.settings import Settings
from webui.staff import create_app

PASSWORD = "correct horse battery"
WANZHOU, CITY = "500101-zwzx", "500000-zzb"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    """Settings of an installation whose keys are made for this test."""
    return Settings.read(
        {
            "TONGBAN_DATA": str(tmp_path / "var"),
            "TONGBAN_DATABASE_URL": database.url.render_as_string(hide_password=False),
        }
    )


@pytest.fixture
def app(database: Database, settings: Settings) -> Flask:
    """The staff's application, with the offices of the catalogue."""
    with transaction(database) as session:
        offices.sync(session)
    return create_app(database, settings, testing=True)


class Browser:
    """A browser without a screen: it keeps cookies and sends the token of the page."""

    def __init__(self, app: Flask, address: str = "10.1.1.1") -> None:
        self.client: FlaskClient = app.test_client()
        self.address = address

    def get(self, path: str, **arguments: object) -> TestResponse:
        """Open a page."""
        return self.client.get(path, environ_base=self._from(), **arguments)  # type: ignore

    def post(self, path: str, data: dict[str, object] | None = None, **arguments: object):
        """Send a form, with the token that pages of this browser hold."""
        form = {"csrf_token": self.token(), **(data or {})}
        return self.client.post(  # type: ignore
            path, data=form, environ_base=self._from(), **arguments
        )

    def token(self, page: str = "/password") -> str:
        """Read the token from a page with a form."""
        answer = self.get(page, follow_redirects=True)
        found = _TOKEN.search(answer.get_data(as_text=True))
        assert found is not None, answer.get_data(as_text=True)[:500]
        return found[1]

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        """Sign in on the page made for it."""
        return self.post("/sign-in", {"login": login, "password": password})

    def _from(self) -> dict[str, str]:
        return {"REMOTE_ADDR": self.address}


@pytest.fixture
def browser(app: Flask) -> Callable[..., Browser]:
    """Open a browser, at an address."""
    return lambda address="10.1.1.1": Browser(app, address)


@pytest.fixture
def add_person(database: Database, app: Flask) -> Callable[..., Actor]:
    """Add a person with roles at one office."""

    def add(login: str, *roles: str, office: str = WANZHOU, name: str = "张三") -> Actor:
        with transaction(database) as session:
            added = users.add(
                session,
                login=login,
                name=name,
                office_id=office,
                roles=[(role, office) for role in roles],
                password=PASSWORD,
                by=Actor.system(),
            )
            return users.actor(session, added.user)

    return add


@pytest.fixture
def signed_in(
    browser: Callable[..., Browser], add_person: Callable[..., Actor]
) -> Callable[..., Browser]:
    """Open a browser in which a new person with these roles is signed in."""

    def open_browser(*roles: str, login: str = "someone", office: str = WANZHOU) -> Browser:
        add_person(login, *roles, office=office)
        opened = browser()
        assert opened.sign_in(login).status_code == 303
        return opened

    return open_browser
