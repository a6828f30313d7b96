"""The home of a department's editors `/editor`: their matters, editions, differences, history.

One drafts by sections, a second person confirms, and an edition takes effect on its day. Everything
works without a script; with one, drafts are saved while somebody types.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_babel import pgettext

from webui import matter_words
from webui.frame import NavItem, furnish

blueprint = Blueprint("editor", __name__, url_prefix="/editor")


def _nav() -> list[NavItem]:
    return [NavItem(pgettext("editor", "Matters"), "editor.matters")]


furnish(blueprint, "editor", _nav)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"label": matter_words.label, "word": matter_words.value}


# The views register on the blueprint above.
from webui.editor import acts, drafts, matters  # noqa: E402, F401
