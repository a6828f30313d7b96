"""Editors of departments for the tests of editions: the offices, the files' editions, people."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sqlalchemy.orm import Session

from catalogue import loader
from engine.casework import editions
from engine.models import MatterEdition
from engine.people import offices, users
from engine.people.identity import Actor

YBJ, TAX = "500000-ybj", "500000-tax"


def prepare(session: Session, *nos: int) -> None:
    """Bring in the offices and the files' editions of some matters."""
    offices.sync(session)
    catalogue = loader.load()
    editions.take(session, {no: catalogue.by_no(no) for no in nos})


def editor(session: Session, login: str, name: str, office: str = YBJ) -> Actor:
    """Add an editor of the department that an office leads for."""
    added = users.add(
        session,
        login=login,
        name=name,
        office_id=office,
        roles={("editor", office)},
        password="correct horse battery",
        by=Actor.system(),
    )
    return users.actor(session, added.user.id)


def changed(edition: MatterEdition, **parts: Any) -> dict[str, Any]:
    """Return the content of an edition with some parts replaced."""
    return {**deepcopy(editions.content_of(edition)), **parts}


def promised(edition: MatterEdition, days: int) -> dict[str, Any]:
    """Return the content of an edition with another promised limit."""
    content = changed(edition)
    content["limits"]["promised"]["days"] = days
    return content
