"""The designer's home `/designer`: deployed processes, their diagrams, versions and running cases.

Designers see where cases stand as numbers only; nothing here names a case or a person of one.
"""

from __future__ import annotations

from flask import Blueprint
from flask_babel import pgettext

from webui.frame import NavItem, furnish

blueprint = Blueprint("designer", __name__, url_prefix="/designer")


def _nav() -> list[NavItem]:
    return [NavItem(pgettext("design", "Processes"), "designer.processes")]


furnish(blueprint, "designer", _nav)

# The views register on the blueprint above.
from webui.designer import processes, scenarios, uploads  # noqa: E402, F401
