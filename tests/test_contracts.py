"""Promises about the whole system, one test each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from engine.db import Database
from engine.people import permissions
from engine.settings import Settings
from webui import auth
from webui.staff import create_app

# What may be seen by somebody who has not signed in, each with its reason.
PUBLIC = {
    "static",  # style sheets, scripts
    "frame.switch_language",  # the sign-in page has the switch too
    "frame.accessibility",
    "sign_in.sign_in",
    "sign_in.try_to_sign_in",
    "health.alive",  # load balancers
    "health.ready",
    "api.openapi",  # a description, no data
}


def staff_app(tmp_path: Path) -> Flask:
    settings = Settings.read({"TONGBAN_DATA": str(tmp_path)})
    return create_app(Database("sqlite://"), settings, testing=True)


def asked_for(view: Any) -> str | None:
    """Return what a screen's decorator or an interface's declaration asks for."""
    return getattr(view, "asks", None) or getattr(getattr(view, "__self__", None), "scope", None)


def test_every_staff_route_asks_for_a_permission(tmp_path: Path) -> None:
    app = staff_app(tmp_path)
    asked = {endpoint: asked_for(view) for endpoint, view in app.view_functions.items()}

    without = {
        endpoint
        for endpoint, name in asked.items()
        if name not in permissions.KNOWN | {auth.SIGNED_IN} and endpoint not in PUBLIC
    }

    assert len(asked) > 20
    assert without == set()
    assert {endpoint for endpoint in PUBLIC if asked.get(endpoint)} == set()
