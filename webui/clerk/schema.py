"""Schemas of tasks on the clerk's page: language, choices that the screen supplies, and answers.

A form is Chinese with English beside it in the properties of its components. Choices named by
`valuesKey` (materials of the matter, offices) depend on the case and are filled in here. What a
browser sends is read by the fields of the schema; everything else is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from engine import clock
from engine.casework import matters, routing
from engine.models import Case, Office
from engine.people import offices
from webui import i18n
from webui.clerk import view

Choices = Mapping[str, list[tuple[str, str]]]


def components(schema: Mapping[str, Any] | None, choices: Choices) -> list[dict[str, Any]]:
    """Return the components of a form in the reader's language, choices filled in."""
    return [_component(part, choices) for part in (schema or {}).get("components", ())]


def _component(part: Mapping[str, Any], choices: Choices) -> dict[str, Any]:
    english = i18n.language() == "en"
    names: Mapping[str, str] = part.get("properties") or {} if english else {}
    made = dict(part)
    for name in ("label", "description", "text"):
        if names.get(f"{name}_en"):
            made[name] = names[f"{name}_en"]
    if part.get("valuesKey"):
        found = choices.get(str(part["valuesKey"]), [])
        made["values"] = [{"value": value, "label": label} for value, label in found]
    else:
        made["values"] = [
            {**one, "label": names.get(f"option_en.{one['value']}", one.get("label"))}
            for one in part.get("values", ())
        ]
    return made


def choices(session: Session, case: Case) -> Choices:
    """Return the choices that forms of a case may ask for."""
    matter = matters.of_case(session, case)
    handling = routing.candidates(session, matter, on=clock.today())
    every = [one for one in offices.current(session) if "handling" in one.roles]
    return {
        "material_options": [(one.key, _material(one)) for one in matter.materials],
        "handling_offices": [(one.id, view.office_name(one)) for one in handling],
        "offices": [
            (one.id, view.office_name(one)) for one in every if one.id != case.handling_office_id
        ],
    }


def _material(one: Any) -> str:
    return one.name_en if i18n.language() == "en" and one.name_en else str(one.name)


def answers(parts: list[dict[str, Any]], form: MultiDict[str, str]) -> dict[str, Any]:
    """Return what was sent for the fields of a form; ticked lists as lists."""
    found: dict[str, Any] = {}
    for part in parts:
        key = part.get("key")
        if not key:
            continue
        if part.get("type") == "checklist":
            if key in form:
                found[key] = form.getlist(key)
        elif key in form:
            found[key] = form[key]
    return found


def office_names(session: Session) -> dict[str, str]:
    """Return the name of every office, ended ones too."""
    return {one.id: view.office_name(one) for one in session.scalars(select(Office))}
