"""Noting: every change of a clock is an event of the case, written in the same step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.models import Case, Instance
from engine.people.identity import Actor
from engine.record import history
from engine.record.history import Entry, Value


def note(session: Session, case: Case, event: str, by: Actor, fields: Mapping[str, Any]) -> None:
    """Append an event; a field that is no `Value` is a fact without a before."""
    session.flush()
    values = {
        name: field if isinstance(field, Value) else Value(after=field)
        for name, field in fields.items()
    }
    entry = Entry(event, actor=by.key, on_behalf_of=by.on_behalf_of, fields=values)
    history.append(session, session.get_one(Instance, case.instance_id), [entry])
