"""Labels: what the fields and choices of one case are called by its forms and its matter.

A form is Chinese with English beside it in the properties of its components, a matter has both.
They are read from the files that the case runs on and the edition that it began with, so an old
record keeps the words under which it was made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from flask_babel import pgettext
from sqlalchemy.orm import Session

from catalogue import loader
from catalogue.matter import FieldType, Matter
from engine.casework import matters
from engine.casework.identity_papers import PAPERS as IDENTITY_PAPERS
from engine.errors import EngineError
from engine.models import Case, Instance
from engine.process import bundles
from engine.process.bundles import Built
from webui import case_words, diagram_names, i18n, paper_names

_CODE = re.compile(r"[a-z_.:-]{1,60}")  # the value of a choice, which nobody has typed

_OURS = frozenset({"version", "action"})  # written by the page itself


@dataclass
class Labels:
    """Names by the keys of fields, choices by field and value, elements by their ids."""

    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    elements: dict[str, str] = field(default_factory=dict)
    money: frozenset[str] = frozenset()
    is_licence: bool = False


def people() -> dict[str, str]:
    """Return what the fields about persons are called, in every case."""
    return {
        "applicant_name": pgettext("audit", "Applicant's name"),
        "applicant.kind": pgettext("audit", "Kind of applicant"),
        "applicant.name": pgettext("audit", "Applicant's name"),
        "applicant.id_type": pgettext("audit", "Applicant's paper"),
        "applicant.id_no": pgettext("audit", "Applicant's paper number"),
        "applicant.phone": pgettext("audit", "Applicant's phone"),
        "applicant.address": pgettext("audit", "Applicant's address"),
        "agent.name": pgettext("audit", "Agent's name"),
        "agent.id_type": pgettext("audit", "Agent's paper"),
        "agent.id_no": pgettext("audit", "Agent's paper number"),
        "agent.phone": pgettext("audit", "Agent's phone"),
        "agent.authorisation": pgettext("audit", "Agent's authorisation"),
    }


def of_case(session: Session, instance: Instance) -> Labels:
    """Read the labels of a case; without files that still build, its matter's alone."""
    made = _common()
    try:
        _read_forms(bundles.of_instance(session, instance), made)
    except (EngineError, ValueError, LookupError):
        pass  # a record whose files are damaged is still shown, with the names that are left
    case = session.get(Case, instance.id)
    if case is not None:
        _read_matter(matters.of_case(session, case), made)
    return made


def typed(
    session: Session, instance_id: UUID | None, given: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return what somebody typed or chose, each under its label; what only a code tells is left out.

    Args:
        instance_id: the case that the form belongs to, if it belongs to one.
    """
    instance = session.get(Instance, instance_id) if instance_id is not None else None
    labels = of_case(session, instance) if instance is not None else _common()
    found = []
    for key, value in given:
        text = labels.choices.get(key, {}).get(value)
        if key in _OURS or (text is None and is_code(value)):
            continue
        found.append((labels.fields.get(key, ""), text or value))
    return found


def is_code(value: str) -> bool:
    """Return whether a value is that of a choice, which nobody has typed."""
    return _CODE.fullmatch(value) is not None


def _common() -> Labels:
    papers = {key: paper_names.identity(key) for key in IDENTITY_PAPERS}
    kinds = {"person": pgettext("audit", "a person"), "body": pgettext("audit", "a body")}
    choices = {
        "applicant.kind": kinds,
        "applicant.id_type": papers,
        "agent.id_type": papers,
    }
    return Labels(people(), choices)


def _read_forms(built: Built, made: Labels) -> None:
    english = i18n.language() == "en"
    for form in built.forms.values():
        for key, one in form.fields.items():
            names = one.component.get("properties") or {} if english else {}
            made.fields[key] = str(names.get("label_en") or one.component.get("label") or key)
            known = made.choices.setdefault(key, {})
            for option in one.component.get("values") or ():
                text = names.get(f"option_en.{option['value']}") or option.get("label")
                known[str(option["value"])] = str(text or option["value"])
    made.elements |= {
        node.id: case_words.task_name(node.id, diagram_names.shown(node))
        for model in built.specifications.models.values()
        for node in model.nodes.values()
        if node.name and node.name != node.id
    }


def _read_matter(matter: Matter, made: Labels) -> None:
    english = i18n.language() == "en"
    for one in matter.fields:
        options = {
            option.value: (english and option.label_en) or option.label for option in one.options
        }
        if one.type is FieldType.DISTRICT:
            options = {
                district.code: (english and district.name_en) or district.name
                for district in loader.load_districts()
            }
        for key in (one.key, f"form.{one.key}"):
            made.fields[key] = (english and one.label_en) or one.label
            made.choices.setdefault(key, {}).update(options)
    materials = {one.key: (english and one.name_en) or one.name for one in matter.materials}
    for key in ("material", "correction_items", "items"):
        made.choices.setdefault(key, {}).update(materials)
    made.fields |= {f"materials.{key}": name for key, name in materials.items()}
    money = {one.key for one in matter.fields if one.type is FieldType.MONEY}
    made.money = frozenset(money | {f"form.{key}" for key in money})
    made.is_licence = matter.is_licence
