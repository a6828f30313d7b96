"""Questions of an application: how each is drawn, its choices, and what it is called."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue import loader
from catalogue.matter import FieldType, FormField, Matter
from engine import clock
from engine.casework import identity_papers
from engine.people import offices
from webui import i18n, paper_names
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


def applicant_kinds() -> list[tuple[str, str]]:
    """Return who may apply at all."""
    return [("person", _("a person")), ("body", _("a body"))]


def id_types(holders: Collection[str]) -> list[tuple[str, str]]:
    """Return the identity papers of persons, of bodies, or of both."""
    kinds = [kind for kind in ("person", "body") if kind in holders]
    found = [one for kind in kinds for one in identity_papers.for_holder(kind)]
    return [(one.key, paper_names.identity(one.key)) for one in found]


def labels(matter: Matter) -> dict[str, str]:
    """Return the label of every field, for the list of what is wrong."""
    made = {f"form.{one.key}": view.label(one) for one in matter.fields}
    made |= {f"materials.{one.key}": view.label(one, "name") for one in matter.materials}
    made |= {f"file.{one.key}": view.label(one, "name") for one in matter.materials}
    applicant, agent = _("Applicant"), _("Agent")
    for prefix, who in (("applicant", applicant), ("agent", agent)):
        for name, text in (
            ("kind", _("kind of applicant")),
            ("name", _("name")),
            ("id_type", _("identity paper")),
            ("id_no", _("number of the paper")),
            ("phone", _("telephone")),
            ("address", _("address")),
            ("authorisation", _("authorisation")),
        ):
            made[f"{prefix}.{name}"] = _("%(who)s, %(what)s:", who=who, what=text)
    made["delivery_method"] = _("Delivery")
    made["handling_office"] = _("Handling office")
    made["override_reason"] = _("Why another office")
    colon = "：" if i18n.language() == "zh" else ":"
    return {n: t if t.endswith((":", "：")) else t + colon for n, t in made.items()}
