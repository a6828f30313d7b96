"""Promises about the whole system, one test each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from catalogue import loader
from engine.db import Database
from engine.models import Base
from engine.people import permissions
from engine.settings import Settings
from webui import auth
from webui.staff import create_app

ROOT = Path(__file__).parents[1]

# What may be seen by somebody who has not signed in, each with its reason.
PUBLIC = {
    "metrics.metrics",  # counts, for a monitoring program
    "static",  # style sheets, scripts
    "frame.switch_language",  # the sign-in page has the switch too
    "frame.accessibility",
    "frame.favicon",
    "sign_in.sign_in",
    "sign_in.try_to_sign_in",
    "health.alive",  # load balancers
    "health.ready",
    "api.openapi",  # a description, no data
    "paper_check.ask",  # whoever holds a paper may ask whether it is ours
    "paper_check.check",
    "guide.matter_list",  # what may be applied for is for everybody to read
    "guide.matter_page",
    "evaluate.ask",  # applicants have no account; number and code of their paper let them in
    "evaluate.evaluate",
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


def test_every_open_matter_has_its_process() -> None:
    folders = {path.parent.name for path in (ROOT / "processes").glob("*/process.bpmn")}

    wanted = {m.process_key for m in loader.load().matters.values() if m.is_open}

    assert wanted and wanted <= folders


def test_tables_of_a_case_can_be_kept_on_one_node() -> None:
    """Distribution by `instance_id`: first in every unique key, foreign keys stay inside."""
    references = {"bundle", "definition", "deployment", "department", "matter_version", "office"}
    references |= {"source_file", "user_account", "batch"}
    for table in Base.metadata.sorted_tables:
        columns = list(table.primary_key.columns)
        if "instance_id" not in table.columns or table.name in ("case_number", "message"):
            continue
        assert columns[0].name == "instance_id", table.name
        for key in table.foreign_keys:
            target = key.column.table.name
            inside = target == "instance" and key.parent.name == "instance_id"
            assert inside or target in references, (table.name, target)
