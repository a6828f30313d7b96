"""The administrator's home `/admin`: people, offices, incidents, the calendar.

Each module holds the views of one noun. What an administrator changes is written down with the
looks (`acts.record`), because it changes what others may see and do.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask_babel import pgettext
from werkzeug.wrappers import Response

from webui import auth, words
from webui.frame import NavItem, furnish

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("")
@auth.permission("user:read")
def index() -> Response:
    """Begin with the people."""
    return redirect(url_for("admin.people"), 303)


def _nav() -> list[NavItem]:
    return [
        NavItem(pgettext("admin", "People"), "admin.people"),
        NavItem(pgettext("admin", "Offices"), "admin.offices"),
        NavItem(pgettext("admin", "Instances"), "admin.instances"),
        NavItem(pgettext("admin", "Incidents"), "admin.incidents", incidents.count_open() or None),
        NavItem(pgettext("admin", "Evaluations"), "admin.evaluations"),
        NavItem(pgettext("admin", "Calendar"), "admin.calendar"),
    ]


furnish(blueprint, "admin", _nav)
blueprint.add_app_template_filter(words.role_name)
blueprint.add_app_template_filter(words.office_role)
blueprint.add_app_template_filter(words.office_level)


@blueprint.context_processor
def _paging() -> dict[str, Any]:
    """Give lists the address of another page of themselves."""

    def page_address(number: int) -> str:
        return url_for(str(request.endpoint), **{**request.args, "page": number})

    return {"page_address": page_address}


# The views register on the blueprint above.
from webui.admin import (  # noqa: E402, F401
    batches,
    calendar,
    evaluations,
    incidents,
    instances,
    offices,
    people,
)
