"""Checkpoints: a signed seal over the heads and counts of all cases.

A chain shows that its links fit, but not that its tail is still there, and somebody who can
rewrite every row can make a new chain. A checkpoint is the Merkle root over all heads, of looks
too, linked to the one before and signed with Ed25519; kept elsewhere, it shows both. The signing
key is a file beside the master key and never in the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock, keyfile
from engine.errors import Unavailable
from engine.models import AccessEvent, Checkpoint, Event, Instance
from engine.record import canonical, verifier
from engine.record.verifier import Fault, Result

KEY_NAME = "checkpoint.key"


class CheckpointKeyMissing(Unavailable):
    """Put the key file back beside the master key; a new key cannot prove old checkpoints."""

    code = "checkpoint-key-missing"
    message = "There are checkpoints, but the key that signed them is not there."


class CheckpointKeyWrong(Unavailable):
    """Put the key in place that signed the last checkpoint; nothing was sealed."""

    code = "checkpoint-key-wrong"
    message = "The key that is there did not sign the last checkpoint."


def signing_key(master_key_file: Path, *, create: bool = True) -> Ed25519PrivateKey:
    """Return the key beside the master key, made on first use, readable by its owner only.

    Args:
        master_key_file: names the folder.
        create: whether a missing key may be made; not when checkpoints exist already.

    Raises:
        CheckpointKeyMissing: it is missing and must not be made.
    """
    path = master_key_file.with_name(KEY_NAME)
    if not create and not path.exists():
        raise CheckpointKeyMissing()
    content = keyfile.read_or_make(path, _new_key)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(content.decode().strip()))


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """Return the raw public key, which a verifier elsewhere should hold."""
    return key.public_key().public_bytes_raw()


def seal(session: Session, key: Ed25519PrivateKey) -> Checkpoint:
    """Seal the heads and counts of all cases, and of the looks since the last, in a checkpoint.

    Two that seal at once would take the same number; the second fails and may try again.

    Raises:
        CheckpointKeyWrong: another key signed the last checkpoint, so nobody could prove both.
    """
    last = session.scalars(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1)).first()
    if last is not None and not verifier.is_signed(public_bytes(key), last.signature, _text(last)):
        raise CheckpointKeyWrong()
    previous = verifier.checkpoint_link(_text(last)) if last else ""
    leaves: list[Any] = [
        [str(instance_id), count, head]
        for instance_id, count, head in session.execute(
            select(Instance.id, Instance.event_count, Instance.event_head).order_by(Instance.id)
        )
    ]
    cases = len(leaves)
    leaves += _looks(session, clock.local_date(last.at) if last else None)
    row = Checkpoint(
        number=last.number + 1 if last else 1,
        at=clock.now(),
        cases=cases,
        root=verifier.merkle_root(leaves),
        previous=previous,
        leaves=leaves,
    )
    row.signature = key.sign(_text(row))
    session.add(row)
    session.flush()
    return row


def verify(session: Session, public_key: bytes, result: Result | None = None) -> list[Fault]:
    """Return what no longer fits the checkpoints: a seal itself, a cut tail, a case that is gone.

    Args:
        session: an open session.
        public_key: the raw Ed25519 key.
        result: counts the checkpoints when given.
    """
    known: dict[tuple[str, int], str | None] = {}

    def sealed(instance: str, count: int) -> str | None:
        if (instance, count) not in known:
            found = _sealed_look if instance.startswith(verifier.LOOKS) else _sealed
            known[instance, count] = found(session, instance, count)
        return known[instance, count]

    return verifier.check_checkpoints(
        rows(session), sealed, public_key, result or Result(), looks=True
    )


def rows(session: Session) -> Iterator[dict[str, Any]]:
    """Yield all checkpoints in the form that the verifier reads."""
    query = select(Checkpoint).order_by(Checkpoint.number).execution_options(yield_per=1)
    for row in session.scalars(query):
        yield {
            "record": "checkpoint",
            "number": row.number,
            "at": canonical.instant(row.at),
            "cases": row.cases,
            "root": row.root,
            "previous": row.previous,
            "signature": row.signature.hex(),
            "leaves": row.leaves,
        }


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw().hex().encode()


def _text(row: Checkpoint) -> bytes:
    at = canonical.instant(row.at)
    return verifier.checkpoint_text(row.number, at, row.cases, row.root, row.previous)


def _looks(session: Session, since: date | None) -> list[list[Any]]:
    """Return a leaf for every chain of looks that may have grown since a day."""
    latest = select(
        AccessEvent.writer, AccessEvent.day, func.max(AccessEvent.sequence).label("sequence")
    ).group_by(AccessEvent.writer, AccessEvent.day)
    if since is not None:
        latest = latest.where(AccessEvent.day >= since)
    heads = latest.subquery()
    query = (
        select(AccessEvent)
        .join(
            heads,
            (AccessEvent.writer == heads.c.writer)
            & (AccessEvent.day == heads.c.day)
            & (AccessEvent.sequence == heads.c.sequence),
        )
        .order_by(AccessEvent.day, AccessEvent.writer)
    )
    return [
        [f"{verifier.LOOKS}{look.day.isoformat()}/{look.writer}", look.sequence, look.hash]
        for look in session.scalars(query)
    ]


def _sealed(session: Session, instance: str, count: int) -> str | None:
    instance_id = UUID(instance)
    if count:
        return session.scalar(
            select(Event.hash).where(Event.instance_id == instance_id, Event.sequence == count)
        )
    found = session.scalar(select(Instance.id).where(Instance.id == instance_id))
    return "" if found else None


def _sealed_look(session: Session, name: str, count: int) -> str | None:
    day, _, writer = name.removeprefix(verifier.LOOKS).partition("/")
    look = session.get(AccessEvent, (writer, date.fromisoformat(day), count))
    return look.hash if look is not None else None
