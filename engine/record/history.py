"""History: the chained events of a case, appended in the step that they tell about.

`append` is the only way in; rows are never changed. An event holds salted commitments, the
values lie beside it, personal ones encrypted under the person's key, so that they can be
destroyed while the chain still verifies. The caller holds the lock of the instance row, which
carries count and head. Nothing is read back from here to execute a process.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import clock, outages, rows
from engine.models import Event, EventValue, Instance
from engine.record import canonical, keys, masking, verifier

DEFAULT_ALGORITHM = "sm3"  # GB/T 32905-2016; sha256 is accepted when reading


_FIRST = "history.first"


class _Unset(Enum):
    UNSET = "unset"


UNSET: Final = _Unset.UNSET  # this side of the change does not exist; None is a value


@dataclass(frozen=True)
class Value:
    """What a field was and became; a personal one names whose key encrypts it."""

    before: Any = UNSET
    after: Any = UNSET
    personal: bool = False
    person: str = "applicant"


@dataclass(frozen=True)
class Entry:
    """One fact to append: a type such as `task.claimed`, who did it, and what changed.

    `actor` is a user id, or the name of a machine part such as `system`; never an applicant's
    name, because the text of an event cannot be destroyed.
    """

    type: str
    actor: str
    element: str | None = None
    on_behalf_of: str | None = None
    fields: Mapping[str, Value] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True)
class Change:
    """One field of an event as it may be shown; sides that do not exist are UNSET."""

    field: str
    before: Any
    after: Any
    state: Literal["clear", "masked", "destroyed"]


@dataclass(frozen=True)
class EventView:
    """One event as a reader sees it."""

    instance_id: UUID
    sequence: int
    at: datetime
    type: str
    actor: str
    on_behalf_of: str | None
    element: str | None
    changes: tuple[Change, ...]
    hash: str


def append(
    session: Session,
    instance: Instance,
    entries: Sequence[Entry],
    *,
    algorithm: str = DEFAULT_ALGORITHM,
) -> None:
    """Append events to the chain of a case in two statements.

    Args:
        instance: the row of the case, locked by the caller; count and head move forward on it.
        entries: the facts in their order.
        algorithm: `sm3` or `sha256`, recorded in each event.

    Raises:
        Overtaken: somebody else has written an event of this number, so the row was not locked.
        NotCanonical: a value cannot be written in one certain way.
        DataDestroyed: a personal value of somebody whose data was destroyed.
    """
    if not entries:
        return
    first = session.info.pop(_FIRST, None)
    if first is not None:
        first()
    if inspect(instance).pending:
        session.flush()
    events: list[dict[str, Any]] = []
    values: list[dict[str, Any]] = []
    person_keys: dict[str, bytes] = {}
    count, head = instance.event_count, instance.event_head
    for entry in entries:
        count += 1
        commitments = {}
        for name, value in sorted(entry.fields.items()):
            row, commitments[name] = _value_row(instance.id, count, name, value, algorithm)
            if value.personal:
                _encrypt(session, row, value.person, person_keys)
            values.append(row)
        event = _event_row(instance.id, count, head, entry, commitments, algorithm)
        head = event["hash"]
        events.append(event)
    try:
        rows.add(session, Event, events)
    except IntegrityError as error:
        raise outages.overtaken() from error
    if values:
        rows.add(session, EventValue, values)
    instance.event_count, instance.event_head = count, head


@contextmanager
def after(session: Session, write: Callable[[], None]) -> Iterator[None]:
    """Let what is still to be written stand before whatever is appended inside the block.

    Nothing is written where nothing is appended: most looks of an operation change nothing.
    """
    session.info[_FIRST] = write
    try:
        yield
    finally:
        session.info.pop(_FIRST, None)


def events(
    session: Session,
    instance_id: UUID,
    cursor: int = 0,
    limit: int = 100,
    *,
    reveal: bool = False,
) -> list[EventView]:
    """Return the events after the sequence number `cursor`, oldest first.

    Personal values are masked. With `reveal` they are readable; whoever asks for that records
    the look and its reason with `access.record` first.
    """
    rows = session.scalars(
        select(Event)
        .where(Event.instance_id == instance_id, Event.sequence > cursor)
        .order_by(Event.sequence)
        .limit(limit)
    ).all()
    if not rows:
        return []
    found = session.scalars(
        select(EventValue)
        .where(
            EventValue.instance_id == instance_id,
            EventValue.number.between(rows[0].sequence, rows[-1].sequence),
        )
        .order_by(EventValue.number, EventValue.field)
    ).all()
    changes: dict[int, list[Change]] = {}
    person_keys = keys.existing_keys(session, instance_id) if any(v.person for v in found) else {}
    for value in found:
        changes.setdefault(value.number, []).append(_change(value, person_keys, reveal))
    return [_view(row, changes.get(row.sequence, [])) for row in rows]


def value_place(instance_id: UUID, number: int, name: str) -> str:
    """Return the place that a personal value is encrypted for."""
    return f"event/{instance_id}/{number}/{name}"


def _value_row(
    instance_id: UUID, number: int, name: str, value: Value, algorithm: str
) -> tuple[dict[str, Any], dict[str, str]]:
    sides = {
        side: canonical.encode(content)
        for side, content in (("before", value.before), ("after", value.after))
        if content is not UNSET
    }
    salt = os.urandom(2 * verifier.SALT_BYTES)
    row = {
        "instance_id": instance_id,
        "number": number,
        "field": name,
        "salt": salt,
        "value": canonical.encode_plain({side: text.decode() for side, text in sides.items()}),
        "person": None,
    }
    return row, {
        side: verifier.commitment(algorithm, salt, side, text) for side, text in sides.items()
    }


def _encrypt(
    session: Session, row: dict[str, Any], person: str, person_keys: dict[str, bytes]
) -> None:
    if person not in person_keys:
        person_keys[person] = keys.person_key(session, row["instance_id"], person)
    place = value_place(row["instance_id"], row["number"], row["field"])
    row["value"] = keys.encrypt(person_keys[person], place, row["value"])
    row["person"] = person


def _event_row(
    instance_id: UUID,
    sequence: int,
    head: str,
    entry: Entry,
    commitments: dict[str, dict[str, str]],
    algorithm: str,
) -> dict[str, Any]:
    at = entry.at or clock.now()
    body = canonical.encode_plain(
        {
            "sequence": sequence,
            "at": canonical.instant(at),
            "actor": entry.actor,
            "on_behalf_of": entry.on_behalf_of,
            "type": entry.type,
            "element": entry.element,
            "commitments": commitments,
            "algorithm": algorithm,
        }
    )
    return {
        "instance_id": instance_id,
        "sequence": sequence,
        "at": at,
        "type": entry.type,
        "body": body,
        "hash": verifier.event_hash(algorithm, str(instance_id), head, body),
    }


def _change(value: EventValue, person_keys: dict[str, bytes | None], reveal: bool) -> Change:
    data = value.value
    if value.person is not None:
        key = person_keys.get(value.person)
        if key is None:
            return Change(value.field, UNSET, UNSET, "destroyed")
        data = keys.decrypt(key, value_place(value.instance_id, value.number, value.field), data)
    sides = {side: canonical.decode(text) for side, text in canonical.decode(data).items()}
    masked = value.person is not None and not reveal
    if masked:
        sides = {side: masking.mask_field(value.field, sides[side]) for side in sides}
    return Change(
        value.field,
        sides.get("before", UNSET),
        sides.get("after", UNSET),
        "masked" if masked else "clear",
    )


def _view(row: Event, changes: list[Change]) -> EventView:
    body = canonical.decode(row.body)
    return EventView(
        instance_id=row.instance_id,
        sequence=row.sequence,
        at=row.at,
        type=row.type,
        actor=body["actor"],
        on_behalf_of=body["on_behalf_of"],
        element=body["element"],
        changes=tuple(changes),
        hash=row.hash,
    )
