"""The auditor's home `/auditor`: all cases, their histories, and whether the record holds.

An auditor sees everything and changes nothing. Every look is recorded before something is shown;
a personal value in clear needs a reason. The routes ask for permissions that only auditors hold.
"""

from __future__ import annotations

from flask import Blueprint
from flask_babel import pgettext

from webui.frame import NavItem, furnish

blueprint = Blueprint("auditor", __name__, url_prefix="/auditor")


def _nav() -> list[NavItem]:
    return [
        NavItem(pgettext("audit", "Cases"), "auditor.cases"),
        NavItem(pgettext("audit", "Credit record"), "auditor.credit"),
    ]


furnish(blueprint, "auditor", _nav)

# The views register on the blueprint above.
from webui.auditor import cases, credit, history  # noqa: E402, F401
