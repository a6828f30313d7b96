"""Personal data: the fields of a case that must not lie in process variables.

They are kept apart, encrypted under the key of the person they speak of, and found again by a
keyed hash. `values` is for the engine's own work, such as writing a paper; screens use `shown`,
which masks. A person's data is destroyed by destroying the key: the case and its chain remain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.models import CaseData, Document, Instance, PersonKey
from engine.record import canonical, history, keys
from engine.record.masking import mask, mask_field

__all__ = [
    "Kept", "destroy", "find", "forget", "keep", "mask", "mask_field", "masked", "recorded", "reveal",
    "search_hash", "shown", "values",
]  # fmt: skip

search_hash = keys.search_hash

PERSON = "applicant"


class FieldNotKept(NotFound):
    """Look at the list of kept fields of the case."""

    code = "field-not-kept"
    message = "This case keeps no field {field}."


@dataclass(frozen=True)
class Kept:
    """One kept field as a screen may show it."""

    field: str
    value: Any  # masked when personal, None when destroyed
    person: str | None
    state: Literal["clear", "masked", "destroyed"]


def keep(
    session: Session,
    instance_id: UUID,
    field: str,
    value: Any,
    person: str = PERSON,
    personal: bool = True,
) -> None:
    """Keep a field of a case, replacing what was kept under that name.

    The caller holds the lock of the case and appends the history event.

    Args:
        session: an open transaction.
        instance_id: the case.
        field: at most 120 characters, such as `applicant_name`.
        value: anything with a canonical form; text can be found again by `find`.
        person: whose key encrypts it: applicant, agent, …
        personal: False for what may be read by everybody who may read the case.

    Raises:
        NotCanonical: the value has no canonical form.
        DataDestroyed: the data of this person was destroyed.
    """
    data = canonical.encode(value)
    if personal:
        key = keys.person_key(session, instance_id, person)
        data = keys.encrypt(key, _place(instance_id, field), data)
    row = session.get(CaseData, (instance_id, field))
    if row is None:
        row = CaseData(instance_id=instance_id, field=field)
        session.add(row)
    row.value = data
    row.person = person if personal else None
    row.search = _search(session, field, value)
    session.flush()


def forget(session: Session, instance_id: UUID, field: str) -> None:
    """Remove one kept field, for instance one that a corrected form no longer has."""
    session.execute(
        delete(CaseData).where(CaseData.instance_id == instance_id, CaseData.field == field)
    )


def values(session: Session, instance_id: UUID, *, whole: bool = True) -> dict[str, Any]:
    """Return all kept fields in clear, for the engine's own work; destroyed ones are left out.

    Args:
        whole: raise KeyDoesNotFit or ValueError for a damaged one instead of leaving it out.
    """
    person_keys = keys.existing_keys(session, instance_id)
    found = {}
    for row in _rows(session, instance_id):
        if row.person is None or person_keys.get(row.person) is not None:
            try:
                found[row.field] = _value(row, person_keys)
            except (keys.KeyDoesNotFit, ValueError):
                if whole:
                    raise
    return found


def recorded(
    session: Session, instance_id: UUID, prefixes: tuple[str, ...]
) -> dict[str, history.Value]:
    """Return kept fields whose names begin so, as an event tells them."""
    person_keys = keys.existing_keys(session, instance_id)
    return {
        row.field: history.Value(
            after=_value(row, person_keys),
            personal=row.person is not None,
            person=row.person or PERSON,
        )
        for row in _rows(session, instance_id)
        if row.field.startswith(prefixes)
    }


def shown(session: Session, instance_id: UUID) -> list[Kept]:
    """Return all kept fields as a screen may show them, by field name."""
    person_keys = keys.existing_keys(session, instance_id)
    kept = []
    for row in _rows(session, instance_id):
        if row.person is None:
            kept.append(Kept(row.field, _value(row, person_keys), None, "clear"))
        elif person_keys.get(row.person) is None:
            kept.append(Kept(row.field, None, row.person, "destroyed"))
        else:
            masked = mask_field(row.field, _value(row, person_keys))
            kept.append(Kept(row.field, masked, row.person, "masked"))
    return kept


def masked(session: Session, instance_ids: Sequence[UUID], field: str) -> dict[UUID, Any]:
    """Return one field of several cases as a list may show it; destroyed ones are left out."""
    rows = session.scalars(
        select(CaseData).where(CaseData.instance_id.in_(instance_ids), CaseData.field == field)
    ).all()
    personal_ids = {row.instance_id for row in rows if row.person is not None}
    found = keys.keys_of(session, personal_ids)
    shown_by_case: dict[UUID, Any] = {}
    for row in rows:
        if row.person is None:
            shown_by_case[row.instance_id] = canonical.decode(row.value)
            continue
        key = found.get((row.instance_id, row.person))
        if key is not None:
            value = _value(row, {row.person: key})
            shown_by_case[row.instance_id] = mask_field(field, value)
    return shown_by_case


def reveal(session: Session, instance_id: UUID, field: str) -> Any:
    """Return one field in clear; the caller has recorded the look with `access.record`.

    Raises:
        FieldNotKept: there is no such field.
        DataDestroyed: the key of its person was destroyed.
    """
    row = session.get(CaseData, (instance_id, field))
    if row is None:
        raise FieldNotKept(field=field)
    person_keys = keys.existing_keys(session, instance_id)
    if row.person is not None and person_keys.get(row.person) is None:
        raise keys.DataDestroyed(person=row.person)
    return _value(row, person_keys)


def find(session: Session, field: str, text: str, limit: int = 100) -> list[UUID]:
    """Return the cases whose field equals the text, newest first; width and case do not matter."""
    wanted = search_hash(keys.master_key(session), f"{field}\n{text}")
    return list(
        session.scalars(
            select(CaseData.instance_id)
            .where(CaseData.search == wanted, CaseData.field == field)
            .order_by(CaseData.instance_id.desc())
            .limit(limit)
        )
    )


def destroy(session: Session, instance_id: UUID, person: str, *, actor: str, reason: str) -> bool:
    """Destroy the data of one person in one case for good, and say so in its history.

    Personal Information Protection Law of the PRC, art. 47 (个人信息保护法): data is erased when
    its purpose is met or its term has ended. What was committed stays provable to be committed.
    Uploads and papers of the case go with it, because they may speak of any person in it.

    Returns:
        Whether there was anything to destroy.

    Raises:
        NotFound: there is no such case.
    """
    instance = session.get(Instance, instance_id, with_for_update=True)
    if instance is None:
        raise NotFound(what=f"Case {instance_id}")
    found = keys.destroy(session, instance_id, person)
    if not found and not (person in (PERSON, keys.FILES) and _has_files(session, instance_id)):
        return False
    keys.destroy(session, instance_id, keys.FILES)
    # The search hash is keyed by the master key, so guesses could still be tried against it.
    session.execute(
        update(CaseData)
        .where(CaseData.instance_id == instance_id, CaseData.person == person)
        .values(search=None, value=b"")
    )
    fields = {"person": history.Value(after=person), "reason": history.Value(after=reason)}
    history.append(session, instance, [history.Entry("personal.destroyed", actor, fields=fields)])
    return True


def _has_files(session: Session, instance_id: UUID) -> bool:
    """Return whether there are files whose key was not destroyed yet."""
    key = session.get(PersonKey, (instance_id, keys.FILES))
    if key is not None:
        return key.wrapped is not None
    query = select(Document.number).where(Document.instance_id == instance_id).limit(1)
    return session.scalar(query) is not None


def _rows(session: Session, instance_id: UUID) -> list[CaseData]:
    return list(
        session.scalars(
            select(CaseData).where(CaseData.instance_id == instance_id).order_by(CaseData.field)
        )
    )


def _value(row: CaseData, person_keys: dict[str, bytes | None]) -> Any:
    data = row.value
    if row.person is not None:
        key = person_keys[row.person]
        if key is None:
            raise keys.DataDestroyed(person=row.person)
        data = keys.decrypt(key, _place(row.instance_id, row.field), data)
    return canonical.decode(data)


def _search(session: Session, field: str, value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    return search_hash(keys.master_key(session), f"{field}\n{value}")


def _place(instance_id: UUID, field: str) -> str:
    return f"data/{instance_id}/{field}"
