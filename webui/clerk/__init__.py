"""The clerks' home `/clerk`: the inbox, taking applications in, cases and their files.

Each module holds the views of one noun. The engine decides what may be done and what happens
next; these views show a case as its reader may see it, give back whatever was typed when
something is wrong, and lead on to the next task of the same case.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from engine.casework import worklists
from engine.db import reading
from webui import auth
from webui.frame import NavItem, furnish

blueprint = Blueprint("clerk", __name__, url_prefix="/clerk")


def _nav() -> list[NavItem]:
    with reading(auth.database()) as session:
        counts = worklists.counts(session, auth.actor())
    items = [NavItem(pgettext("clerk", "To do"), "clerk.inbox", counts["all"] or None)]
    if auth.actor().holds("intake"):
        items.append(NavItem(_("Take in"), "clerk.new"))
    items.append(NavItem(pgettext("clerk", "Cases"), "clerk.cases"))
    items.append(NavItem(_("Feedback"), "clerk.feedback", counts["feedback"] or None))
    return items


furnish(blueprint, "clerk", _nav)


@blueprint.context_processor
def _search() -> dict[str, Any]:
    """Give the bar its search and lists the address of another page of themselves."""

    def page_address(number: int) -> str:
        values = {**(request.view_args or {}), **request.args, "page": number}
        return url_for(str(request.endpoint), **values)

    return {"search_url": url_for("clerk.cases"), "page_address": page_address}


# The views register on the blueprint above.
from webui.clerk import (  # noqa: E402, F401
    acts,
    cases,
    choosing,
    diagram,
    documents,
    evaluating,
    handing,
    inbox,
    intake,
    materials,
    tasks,
)
