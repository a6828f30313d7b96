"""Corrected answers on the page of a correction: what is shown, and what was sent.

Only what the process of the case lets be corrected is drawn, with the present answers filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from catalogue.matter import FieldType, FormField
from engine.casework import amendments
from engine.models import Case
from webui.clerk import questions


def is_here(element: str) -> bool:
    """Tell whether a task of an element records a correction."""
    return element == amendments.SUBMIT


def page(session: Session, case: Case, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page needs to draw the questions, with what was typed over the answers."""
    asked, present = _drawn(session, case)
    return {
        "amendable": asked,
        "answers": {f"form.{key}": value for key, value in present.items()} | dict(values),
        "form_field": questions.form_field,
        "districts": questions.districts(session),
    }


def typed(session: Session, case: Case) -> dict[str, Any]:
    """Return the corrected answers that were sent; ticks that are all gone are sent as none."""
    sent = {name: request.form.getlist(name) for name in request.form if name.startswith("form.")}
    found: dict[str, Any] = {
        name: values[0] if len(values) == 1 else values for name, values in sent.items()
    }
    boxes = [one for one in _drawn(session, case)[0] if one.type is FieldType.CHECKBOX]
    return {f"form.{one.key}": [] for one in boxes} | found


def _drawn(session: Session, case: Case) -> tuple[list[FormField], dict[str, Any]]:
    """Return the questions that may stand on the page, and the present answers to all."""
    allowed = amendments.fields(session, case)
    present = amendments.present(session, case)
    keys = {one.key for one in allowed}
    return [
        one
        for one in allowed
        if one.is_asked(present) or (one.show_if is not None and one.show_if.field in keys)
    ], present
