"""The archive: a ZIP file whose last member, the manifest, names all others with their SHA-256.

It is written under another name and moved into place when it is complete, so a file that bears
the name of a backup is one. Reading checks every hash before anything is restored.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from engine import keyfile
from engine.errors import Invalid

FORMAT = "tongban-backup-1"
MANIFEST = "manifest.json"
BLOCK = 1 << 20
# What reading a broken archive raises, according to where it is broken.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)


class BackupDamaged(Invalid):
    """Take another copy of the backup; this one cannot be trusted, and nothing was restored."""

    code = "backup-damaged"
    message = "The backup is damaged: {problem}."


@dataclass
class Manifest:
    """What a backup holds, and what it needs to be read."""

    made_at: str
    database: str  # sqlite | postgresql
    revision: str
    tables: dict[str, list[str]] = field(default_factory=dict)  # columns, in order of restoring
    members: dict[str, str] = field(default_factory=dict)  # name in the archive -> SHA-256
    format: str = FORMAT


class Writer:
    """Adds members to an archive and keeps their hashes."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.archive = archive
        self.manifest = manifest

    @contextmanager
    def member(self, name: str) -> Iterator[Callable[[bytes], Any]]:
        """Open a member and give the function that writes its bytes."""
        state = hashlib.sha256()
        with self.archive.open(name, "w", force_zip64=True) as target:

            def write(data: bytes) -> None:
                state.update(data)
                target.write(data)

            yield write
        self.manifest.members[name] = state.hexdigest()

    def copy(self, name: str, file: IO[bytes]) -> None:
        """Add what an open file holds."""
        with self.member(name) as write:
            for block in iter(lambda: file.read(BLOCK), b""):
                write(block)


@contextmanager
def writing(target: Path, manifest: Manifest) -> Iterator[Writer]:
    """Write an archive; it appears under its name only when it is complete.

    Raises:
        FileExistsError: there is something of that name already.
    """
    if target.exists():
        raise FileExistsError(target)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)  # personal data
    try:
        with os.fdopen(descriptor, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                yield Writer(archive, manifest)
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
            file.flush()
            os.fsync(file.fileno())
        _name(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    keyfile.sync_folder(target.parent)


@contextmanager
def reading(source: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Open an archive whose every member has the hash that the manifest names.

    Raises:
        BackupDamaged: it is no such archive, or any byte of it differs.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            _check(archive, manifest)
            yield archive, manifest
    except _UNREADABLE as error:
        raise BackupDamaged(problem="it is no readable archive") from error


def copy_out(file: IO[bytes], write: Callable[[bytes], Any]) -> str:
    """Hand all bytes of a member on and return their SHA-256."""
    state = hashlib.sha256()
    for block in iter(lambda: file.read(BLOCK), b""):
        state.update(block)
        write(block)
    return state.hexdigest()


def _name(draft: Path, target: Path) -> None:
    """Give a complete archive its name, which nothing else may bear."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise
    except OSError:  # a disk without links, such as a memory stick
        if target.exists():
            raise FileExistsError(target) from None
        os.replace(draft, target)


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        manifest = Manifest(**json.loads(archive.read(MANIFEST)))
    except (KeyError, TypeError, ValueError) as error:
        raise BackupDamaged(problem="its manifest is missing or not readable") from error
    if not isinstance(manifest.members, dict) or not isinstance(manifest.tables, dict):
        raise BackupDamaged(problem="its manifest is missing or not readable")
    if manifest.format != FORMAT:
        raise BackupDamaged(problem=f"its format {manifest.format} is not known here")
    return manifest


def _check(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = archive.namelist()
    if sorted(names) != sorted([*manifest.members, MANIFEST]):
        raise BackupDamaged(problem="its members are not the ones that the manifest names")
    for name, expected in manifest.members.items():
        with archive.open(name) as file:
            if copy_out(file, lambda _block: None) != expected:
                raise BackupDamaged(problem=f"{name} was changed")
