"""Export: histories as JSON lines that can be proven without this program.

One line per case with its count and head, its events under it, the checkpoints at the end; the
format is what `engine.record.verifier` reads, and that file may be given along. Personal values
are left out (`null`, counted as sealed) unless the caller asks to reveal them and has recorded
why with `access.record`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.models import Event, EventValue, Instance
from engine.record import canonical, checkpoint, keys
from engine.record.history import value_place

FORMAT = "tongban-history-1"
PAGE = 500


def write_jsonl(
    session: Session,
    file: IO[str],
    *,
    instance_id: UUID | None = None,
    reveal: bool = False,
    public_key: bytes | None = None,
) -> int:
    """Write the history of one case or of all, and return how many cases were written.

    Args:
        session: an open session.
        file: a text file, UTF-8.
        instance_id: one case; then no checkpoints are written, because they seal all cases.
        reveal: whether personal values are written in clear.
        public_key: goes with the checkpoints, so that their signatures can be read.

    Raises:
        NotFound: there is no such case.
    """
    if instance_id is not None:
        ids = [instance_id]
    else:
        ids = list(session.scalars(select(Instance.id).order_by(Instance.id)))
    for case_id in ids:
        for row in case_rows(session, case_id, reveal=reveal):
            _write(file, row)
    if instance_id is None:
        for row in checkpoint.rows(session):
            _write(file, row | {"public_key": public_key.hex() if public_key else ""})
    return len(ids)


def case_rows(
    session: Session, instance_id: UUID, *, reveal: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield the line of a case and then one line per event, in the form of the verifier.

    Raises:
        NotFound: there is no such case.
    """
    head = _head(session, instance_id)
    person_keys = keys.existing_keys(session, instance_id) if reveal else None
    yield head
    cursor = 0
    while page := _page(session, instance_id, cursor):
        last = page[-1].sequence
        values = _values(session, instance_id, page[0].sequence, last, person_keys)
        for event in page:
            yield _event(event, values.get(event.sequence, []))
        cursor = last


def _head(session: Session, instance_id: UUID) -> dict[str, Any]:
    columns = (
        Instance.event_count,
        Instance.event_head,
        Instance.process_key,
        Instance.case_no,
    )
    found = session.execute(select(*columns).where(Instance.id == instance_id)).one_or_none()
    if found is None:
        raise NotFound(what=f"Case {instance_id}")
    count, head, process_key, case_no = found
    return {
        "record": "case",
        "format": FORMAT,
        "instance": str(instance_id),
        "process_key": process_key,
        "case_no": case_no,
        "count": count,
        "head": head,
    }


def _page(session: Session, instance_id: UUID, cursor: int) -> list[Event]:
    return list(
        session.scalars(
            select(Event)
            .where(Event.instance_id == instance_id, Event.sequence > cursor)
            .order_by(Event.sequence)
            .limit(PAGE)
        )
    )


def _values(
    session: Session,
    instance_id: UUID,
    first: int,
    last: int,
    person_keys: dict[str, bytes | None] | None,
) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    rows = session.scalars(
        select(EventValue)
        .where(EventValue.instance_id == instance_id, EventValue.number.between(first, last))
        .order_by(EventValue.number, EventValue.field)
    )
    for row in rows:
        found.setdefault(row.number, []).append(_value(row, person_keys))
    return found


def _value(row: EventValue, person_keys: dict[str, bytes | None] | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"field": row.field, "person": row.person, "salt": None, "value": None}
    if row.person is None:
        return shown | {"salt": row.salt.hex(), "value": row.value.decode(errors="replace")}
    # Without the value its salt is withheld too: with it, a short value could be guessed.
    if person_keys is None or person_keys.get(row.person, b"") is None:
        return shown
    return shown | {"salt": row.salt.hex(), "value": _opened(row, person_keys)}


def _opened(row: EventValue, person_keys: dict[str, bytes | None]) -> str:
    """Return the value in clear, or text that no verifier accepts when it does not open."""
    key = person_keys.get(row.person or "")
    if key is None:
        return ""
    place = value_place(row.instance_id, row.number, row.field)
    try:
        return keys.decrypt(key, place, row.value).decode(errors="replace")
    except keys.KeyDoesNotFit:
        return ""


def _event(row: Event, values: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "record": "event",
        "instance": str(row.instance_id),
        "sequence": row.sequence,
        "at": canonical.instant(row.at),
        "type": row.type,
        "hash": row.hash,
        "body": row.body.decode(errors="replace"),
        "values": values,
    }


def _write(file: IO[str], row: dict[str, Any]) -> None:
    file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
