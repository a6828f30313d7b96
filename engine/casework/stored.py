"""Stored files: the bytes of a case's uploads and papers, encrypted under the case's own key.

Two cases never share a stored file, though their content be equal: whose data is destroyed must
not take another's file away, and nobody may learn from the store who handed in the same. So the
name comes from case and content, and equal content is kept once within a case only. Files of
earlier releases lie unencrypted under the hash of their content; they are read as they are,
until `tidy` has encrypted them. The hash in row and history is always that of the content.
"""

from __future__ import annotations

import hashlib
import io
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.db import Database, reading, transaction
from engine.errors import Unavailable
from engine.files import FileDamaged, FileMissing, FileStore
from engine.models import Document, Instance, PersonKey
from engine.process.wiring import wiring_of
from engine.record import keys, sealed


class FileStoreMissing(Unavailable):
    """Start the program with a data folder (TONGBAN_DATA)."""

    code = "file-store-missing"
    message = "This program was started without a place for files."


def files_of(session: Session) -> FileStore:
    """Return the file store that the program was started with.

    Raises:
        FileStoreMissing: it was started without one.
    """
    files = wiring_of(session).files
    if files is None:
        raise FileStoreMissing()
    return files


def put(session: Session, instance_id: UUID, content: bytes) -> str:
    """Keep the bytes of a file of a case and return their SHA-256; the caller locks the case.

    The stored file is written anew even if there is one: a step that was rolled back may have
    left it, encrypted under a key that was rolled back as well.

    Raises:
        DataDestroyed: the files of this case were destroyed.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    key = keys.person_key(session, instance_id, keys.FILES)
    blocks = sealed.seal(key, _place(instance_id, sha256), content)
    files_of(session).keep(stored_name(instance_id, sha256), blocks)
    return sha256


def open_stored(session: Session, instance_id: UUID, sha256: str) -> BinaryIO:
    """Open a file of a case for reading.

    Raises:
        DataDestroyed: the files of this case were destroyed.
        FileMissing: its bytes are lost.
        FileDamaged: its bytes were changed, or the key is not the one it was written with.
    """
    person_keys = keys.existing_keys(session, instance_id)
    key = person_keys.get(keys.FILES)
    if key is None and keys.FILES in person_keys:
        raise keys.DataDestroyed(person=keys.FILES)
    files = files_of(session)
    name = stored_name(instance_id, sha256)
    if key is None or not files.exists(name):
        return io.BytesIO(_plain(files, sha256))
    return sealed.opened(
        key, _place(instance_id, sha256), files.open(name), damaged=FileDamaged(sha256=sha256)
    )


def read(session: Session, instance_id: UUID, sha256: str) -> bytes:
    """Return the bytes of a file of a case; raises as `open_stored`."""
    with open_stored(session, instance_id, sha256) as content:
        return content.read()


def stored_name(instance_id: UUID, sha256: str) -> str:
    """Return the name that a file of a case has in the store."""
    return hashlib.sha256(f"tongban-file-1\n{instance_id}\n{sha256}".encode()).hexdigest()


def missing(session: Session) -> list[str]:
    """Return the hashes of contents that rows name and the store has not."""
    files = files_of(session)
    return sorted(
        sha256
        for instance_id, sha256 in _named(session)
        if not files.exists(stored_name(instance_id, sha256)) and not files.exists(sha256)
    )


def collect(session: Session, *, before: datetime) -> int:
    """Delete stored files that no row names, or whose key was destroyed, and return how many.

    Args:
        before: at least a day ago, so that steps under way keep what they have put.
    """
    files = files_of(session)
    referenced = set()
    for instance_id, sha256 in _named(session):
        name = stored_name(instance_id, sha256)
        referenced.add(name if files.exists(name) else sha256)
    return files.collect(referenced, before=before)


def tidy(database: Database, *, before: datetime) -> int:
    """Encrypt what an earlier release kept in clear, and delete what nobody names any more.

    Args:
        before: see `collect`.
    """
    with reading(database) as session:
        files = files_of(session)
        plain = [
            (instance_id, sha256)
            for instance_id, sha256 in _named(session)
            if files.exists(sha256) and not files.exists(stored_name(instance_id, sha256))
        ]
    for instance_id, sha256 in plain:
        with suppress(FileDamaged, FileMissing), transaction(database) as session:
            session.get_one(Instance, instance_id, with_for_update=True)
            put(session, instance_id, _plain(files, sha256))
    with reading(database) as session:
        return collect(session, before=before)


def _named(session: Session) -> set[tuple[UUID, str]]:
    """Return case and content of every file whose key was not destroyed."""
    destroyed = select(PersonKey.instance_id).where(
        PersonKey.person == keys.FILES, PersonKey.wrapped.is_(None)
    )
    query = select(Document.instance_id, Document.sha256).where(
        Document.instance_id.not_in(destroyed)
    )
    return {(instance_id, sha256) for instance_id, sha256 in session.execute(query)}


def _plain(files: FileStore, sha256: str) -> bytes:
    with files.open(sha256) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileDamaged(sha256=sha256)
    return content


def _place(instance_id: UUID, sha256: str) -> str:
    return f"file/{instance_id}/{sha256}"
