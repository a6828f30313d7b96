"""Filling: invented answers to any form, as somebody who agrees with everything would give them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import find
from hypothesis import strategies as st

from catalogue.matter import FieldType, FormField, Matter
from engine.casework.applicants import Applicant
from engine.casework.demonstration import applicants
from engine.process import forms
from engine.process.forms import Form

DISTRICT = "500103"
DAY = "2026-10-20"
WORDS = "演示"
# What a person answers who lets a case go its straight way, by the key of the field.
AGREEING: Mapping[str, Any] = {
    "examination": "accept",
    "receipt": "accept",
    "review": "approve",
    "review_opinion": "材料齐全，符合条件。",
    "signature": "approve",
    "tracking": "delivered",
    "verification": "passed",
}


def application(matter: Matter, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers to the form of a matter: those given, and the required others."""
    answers: dict[str, Any] = {}
    for field in matter.fields:
        if field.key in given:
            answers[field.key] = given[field.key]
        elif field.required and field.is_asked(answers):
            answers[field.key] = _answer(field)
    return answers


def applicant(matter: Matter) -> Applicant:
    """Return somebody who may apply."""
    if "body" in matter.applicant_kinds:
        return applicants.body(matter.no, f"虚构第{matter.no}有限公司")
    return applicants.person(matter.no)


def task(form: Form | None, said: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody sends with a task.

    Args:
        form: of the task, if it has one.
        said: what the way says.
        known: variables of the process, on which fields may depend.
    """
    if form is None:
        return dict(said)
    values = {key: AGREEING[key] for key in form.fields if key in AGREEING} | dict(said)
    for key, field in form.fields.items():
        if key in values or not field.required or not field.writable:
            continue
        if not forms.is_hidden(field.hide, {**known, **values}):
            values[key] = _of_component(field.type, field.component)
    return values


def _answer(field: FormField) -> Any:
    if field.options:
        first = field.options[0].value
        return [first] if field.type is FieldType.CHECKBOX else first
    if field.type is FieldType.CHECKBOX:
        return True
    if field.type is FieldType.DISTRICT:
        return DISTRICT
    if field.type is FieldType.DATE:
        return DAY
    if field.type in (FieldType.MONEY, FieldType.NUMBER):
        least = 1 if field.min is None else field.min
        return str(least if field.max is None else min(least, field.max))
    return _matching(field.pattern) if field.pattern else WORDS


def _of_component(kind: str, component: Mapping[str, Any]) -> Any:
    rules = component.get("validate") or {}
    if kind in ("radio", "select"):
        return component["values"][0]["value"]
    if kind == "checklist":
        return [component["values"][0]["value"]]
    if kind == "checkbox":
        return True
    if kind == "number":
        return rules.get("min", 1)
    if kind == "datetime":
        return DAY
    return _matching(rules["pattern"]) if rules.get("pattern") else WORDS


@cache
def _matching(pattern: str) -> str:
    return find(st.from_regex(pattern, fullmatch=True), lambda text: text == text.strip())
