"""Materials: what of a matter's list is there, and marking it when a paper comes in later.

The window says at receipt what it has in hand; a file that is uploaded speaks for itself. What
comes on paper afterwards is marked here, without a scan, and a mark set by mistake is taken back;
either is an event of the case. Once the case is decided its materials stand as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine.casework import documents, matters
from engine.errors import Conflict, Invalid
from engine.models import Case, Deadline, Document, Instance, MaterialReceived
from engine.people.identity import Actor
from engine.record import history
from engine.record.history import Entry, Value

STATES = ("received", "missing", "not-needed", "tolerated", "committed")


class MaterialsMissing(Invalid):
    """Mark the materials as received, upload them, or tell the applicant what to correct."""

    code = "materials-missing"
    message = "The case cannot go on without {materials}."


class MaterialFixed(Conflict):
    """Load the case again: it is decided, or a scan of the material is there; remove that first."""

    code = "material-fixed"
    message = "The material {material} can no longer be marked as {state}."


def mark(session: Session, case: Case, key: str, *, received: bool, by: Actor) -> None:
    """Mark a material as received on paper, or as missing again.

    Args:
        key: the material of the case's matter.
        received: False takes a mark back that was set by mistake.

    Raises:
        MaterialUnknown: the matter asks for no such material.
        MaterialFixed: the case is not received or is decided, or a scan says that it is there.
    """
    instance = session.get_one(
        Instance, case.instance_id, with_for_update=True, populate_existing=True
    )
    session.refresh(case)
    if matters.of_case(session, case).material(key) is None:
        raise documents.MaterialUnknown(material=key)
    row = session.get(MaterialReceived, (case.instance_id, key), populate_existing=True)
    before = row.state if row else "missing"
    state = "received" if received else _without(session, case, key)
    if not is_open(case) or key in scanned(session, case):
        raise MaterialFixed(material=key, state=state)
    if before == state:
        return
    session.merge(MaterialReceived(instance_id=case.instance_id, material_key=key, state=state))
    fields = {"material": Value(after=key), "state": Value(before=before, after=state)}
    entry = Entry("material.marked", by.key, on_behalf_of=by.on_behalf_of, fields=fields)
    history.append(session, instance, [entry])
    session.flush()


def _without(session: Session, case: Case, key: str) -> str:
    """Return the state of a material that is not there: promised ones stay promised."""
    material = matters.of_case(session, case).material(key)
    promised = session.get(Deadline, (case.instance_id, "tolerance"))
    return "tolerated" if promised and material and material.tolerable else "missing"


def is_open(case: Case) -> bool:
    """Tell whether materials of a case may still be marked."""
    return case.received_at is not None and case.decided_at is None and case.closed_at is None


def states(session: Session, case: Case) -> dict[str, str]:
    """Return the state of each material by key; a scanned one is received."""
    query = select(MaterialReceived).where(MaterialReceived.instance_id == case.instance_id)
    found = {one.material_key: one.state for one in session.scalars(query)}
    return found | dict.fromkeys(scanned(session, case), "received")


def scanned(session: Session, case: Case) -> set[str]:
    """Return the keys of the materials of which the case has a file."""
    query = select(Document.material_key).where(
        Document.instance_id == case.instance_id, Document.removed_at.is_(None)
    )
    return {key for key in session.scalars(query) if key}


def missing(session: Session, case: Case, matter: Matter, values: Mapping[str, Any]) -> list[str]:
    """Return the keys of required materials that the case lacks, given the answers to its form."""
    found = states(session, case)
    return [
        material.key
        for material in matter.materials
        if material.is_required(values)
        and found.get(material.key) not in ("received", "tolerated", "committed")
    ]


def tolerated(session: Session, case: Case) -> list[str]:
    """Return the keys of materials that were promised 容缺 and are not there yet."""
    return [key for key, state in states(session, case).items() if state == "tolerated"]
