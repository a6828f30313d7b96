"""Making and restoring: rows first, then files, so that every named file is there.

Files are kept before the row that names them is committed; what is copied after the rows can
therefore only be too much, never too little. Keys are left out unless asked for: who holds a
backup without them cannot read personal data, and neither can its owner once they are lost.
"""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

from engine import clock, schema
from engine.backup import archive, content
from engine.backup.archive import BackupDamaged, Manifest
from engine.db import Database
from engine.errors import Conflict, Invalid
from engine.files import FileStore

FILES = "files/"
KEYS = "keys/"
_FILE = re.compile(r"files/([0-9a-f]{64})")
_KEY = re.compile(r"keys/([a-z-]+\.key)")


class BackupOfOtherKind(Invalid):
    """Restore into the kind of database that was backed up."""

    code = "backup-of-other-kind"
    message = "The backup is of {kind}; the database to restore into is not."


class BackupNewer(Conflict):
    """Install the release that made the backup, or a later one."""

    code = "backup-newer"
    message = "The backup has the schema {revision}, which this program does not know."


class KeyDiffers(Conflict):
    """Move the present key away first, if it protects nothing any more."""

    code = "key-differs"
    message = "There is another key {name} in place."


def make(
    database: Database, files: FileStore, target: Path, *, keys: list[Path] | None = None
) -> Manifest:
    """Write a backup while the program goes on working.

    Args:
        database: what to copy, at one moment.
        files: the store of uploads and papers.
        target: the archive to write; must not exist.
        keys: key files to put in as well.

    Raises:
        FileExistsError: the target exists.
    """
    manifest = Manifest(
        made_at=clock.now().isoformat(timespec="seconds"),
        database=database.url.get_backend_name(),
        revision=schema.revision(database) or "",
    )
    with archive.writing(target, manifest) as writer:
        content.dump(database, writer)
        for path in sorted(files.root.glob("??/*")):
            name = f"{FILES}{path.parent.name}{path.name}"
            if _FILE.fullmatch(name):
                writer.copy(name, path)
        for path in keys or []:
            if path.exists():
                writer.copy(f"{KEYS}{path.name}", path)
    return manifest


def restore(database: Database, files: FileStore, source: Path, *, keys: list[Path]) -> Manifest:
    """Put a backup into an empty database and its files into the store.

    Everything is checked before anything is written.

    Args:
        database: no tables, or tables without rows.
        files: the store; files that are there already stay.
        source: the archive.
        keys: where key files of the archive belong, by their names.

    Raises:
        BackupDamaged: any byte differs from what the manifest names.
        BackupOfOtherKind, BackupNewer: this database or program cannot take it.
        DatabaseNotEmpty, KeyDiffers: something would be overwritten.
    """
    with archive.reading(source) as (opened, manifest):
        if manifest.database != database.url.get_backend_name():
            raise BackupOfOtherKind(kind=manifest.database)
        if not schema.is_known(manifest.revision):
            raise BackupNewer(revision=manifest.revision)
        content.require_empty(database)
        places = _key_places(opened, keys)
        for name in manifest.members:
            if match := _FILE.fullmatch(name):
                _put(files, match[1], opened.read(name))
        content.load(database, opened, manifest)
        for name, path in places.items():
            _write_key(path, opened.read(name))
    return manifest


def _put(files: FileStore, sha256: str, data: bytes) -> None:
    if files.put(data) != sha256:
        raise BackupDamaged(problem=f"the file {sha256} is not what its name says")


def _key_places(opened: zipfile.ZipFile, keys: list[Path]) -> dict[str, Path]:
    by_name = {path.name: path for path in keys}
    places: dict[str, Path] = {}
    for name in opened.namelist():
        match = _KEY.fullmatch(name)
        if match is None or match[1] not in by_name:
            continue
        path = by_name[match[1]]
        if path.exists() and path.read_bytes() != opened.read(name):
            raise KeyDiffers(name=path.name)
        places[name] = path
    return places


def _write_key(path: Path, data: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
