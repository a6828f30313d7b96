"""Questions: how a field of a matter's form is drawn, in the reader's language."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue import loader
from catalogue.matter import FieldType, FormField
from engine import clock
from engine.people import offices
from webui import i18n
from webui.clerk import view


def districts(session: Session) -> list[tuple[str, str]]:
    codes = offices.district_codes(session, on=clock.today())
    names = {
        one.code: one.name if i18n.language() == "zh" else one.name_en
        for one in loader.load_districts()
    }
    return [(code, names.get(code, code)) for code in sorted(codes)]


def form_field(asked: FormField, known: list[tuple[str, str]]) -> dict[str, Any]:
    """Return how a question of the matter is drawn."""
    kinds = {
        FieldType.TEXTAREA: "textarea",
        FieldType.NUMBER: "number",
        FieldType.MONEY: "number",
        FieldType.DATE: "date",
        FieldType.SELECT: "select",
        FieldType.RADIO: "radio",
        FieldType.DISTRICT: "select",
    }
    kind = kinds.get(asked.type, "text")
    if asked.type is FieldType.CHECKBOX:
        kind = "checks" if asked.options else "checkbox"
    options = [(one.value, view.label(one)) for one in asked.options]
    rule = asked.show_if
    return {
        "kind": kind,
        "options": known if asked.type is FieldType.DISTRICT else options,
        "show_if": f"form.{rule.field}={'|'.join(rule.any_of)}" if rule else None,
        "hint": view.label(asked, "hint")
        or (_("in yuan") if asked.type is FieldType.MONEY else None),
    }
