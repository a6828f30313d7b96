"""Names on diagrams: the Chinese ones are drawn, English ones stand beside them as `label_en`."""

from __future__ import annotations

from engine.bpmn.model import Node, ProcessModel
from webui import i18n


def shown(part: Node | ProcessModel) -> str:
    """Return what an element or a process is called in the reader's language."""
    english = dict(part.extensions.properties).get("label_en")
    return english if english and i18n.language() == "en" else part.name or part.id
