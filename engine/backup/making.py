"""Making and restoring: rows first, then files, so that every named file is there.

Files are kept before the row that names them is committed; what is copied after the rows can
therefore only be too much, never too little. Keys are left out unless asked for: who holds a
backup without them cannot read personal data, and neither can its owner once they are lost.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine import clock, keyfile, schema
from engine.backup import archive, content
from engine.backup.archive import Manifest
from engine.db import Database
from engine.errors import Conflict, Invalid
from engine.files import FileMissing, FileStore

FILES = "files/"
KEYS = "keys/"


class BackupOfOtherKind(Invalid):
    """Restore into the kind of database that was backed up."""

    code = "backup-of-other-kind"
    message = "The backup is of {kind}; the database to restore into is not."


class BackupNewer(Conflict):
    """Install the release that made the backup, or a later one."""

    code = "backup-newer"
    message = "The backup has the schema {revision}, which this program does not know."


class BackupOfNothing(Conflict):
    """Run `tongban db upgrade` first, or name the right database."""

    code = "backup-of-nothing"
    message = "The database has no tables yet, so there is nothing to back up."


@dataclass(frozen=True)
class Restored:
    """What was put back, and under which names the keys lie now that were in the way."""

    manifest: Manifest
    displaced: tuple[Path, ...] = ()


def make(
    database: Database,
    files: FileStore,
    target: Path,
    *,
    keys: Mapping[str, Path] | None = None,
) -> Manifest:
    """Write a backup while the program goes on working.

    Args:
        database: what to copy, at one moment.
        files: the store of uploads and papers.
        target: the archive to write; must not exist.
        keys: key files to put in as well, by the names that they bear in the archive.

    Raises:
        FileExistsError: the target exists.
        BackupOfNothing: the database has no tables.
    """
    revision = schema.revision(database)
    if revision is None:
        raise BackupOfNothing()
    manifest = Manifest(
        made_at=clock.now().isoformat(timespec="seconds"),
        database=database.url.get_backend_name(),
        revision=revision,
    )
    with archive.writing(target, manifest) as writer:
        content.dump(database, writer)
        for name in files.names():
            with suppress(FileMissing), files.open(name) as file:  # else it was just collected
                writer.copy(f"{FILES}{name}", file)
        for key, path in (keys or {}).items():
            if path.exists():
                with path.open("rb") as file:
                    writer.copy(f"{KEYS}{key}", file)
    return manifest


def restore(
    database: Database, files: FileStore, source: Path, *, keys: Mapping[str, Path]
) -> Restored:
    """Put a backup into an empty database and its files into the store.

    Everything is checked before anything is written. Rows come last: until they are there the
    database is empty, so whatever fails before can simply be done again. A key in place that is
    not the one of the archive opens nothing in an empty database; it is moved aside all the same.

    Args:
        database: no tables, or tables without rows.
        files: the store; no row of an empty database names what is there already.
        source: the archive.
        keys: where key files of the archive belong, by the names that they bear in it.

    Raises:
        BackupDamaged: any byte differs from what the manifest names.
        BackupOfOtherKind, BackupNewer: this database or program cannot take it.
        DatabaseNotEmpty: something would be overwritten.
    """
    with archive.reading(source) as (opened, manifest):
        if manifest.database != database.url.get_backend_name():
            raise BackupOfOtherKind(kind=manifest.database)
        if not schema.is_known(manifest.revision):
            raise BackupNewer(revision=manifest.revision)
        content.require_whole(manifest)
        content.require_empty(database)
        for name in manifest.members:
            if name.startswith(FILES):
                _put(files, name.removeprefix(FILES), opened, name)
        displaced = [
            _place_key(path, opened.read(f"{KEYS}{key}"))
            for key, path in keys.items()
            if f"{KEYS}{key}" in manifest.members
        ]
        content.load(database, opened, manifest)
    return Restored(manifest, tuple(path for path in displaced if path is not None))


def _put(files: FileStore, name: str, opened: zipfile.ZipFile, member: str) -> None:
    with opened.open(member) as file:
        files.keep(name, iter(lambda: file.read(archive.BLOCK), b""))


def _place_key(path: Path, data: bytes) -> Path | None:
    """Put a key in its place; return where the one lies now that was there, if it was another."""
    aside = None
    if path.exists() and path.read_bytes() != data:
        aside = keyfile.displace(path)
    keyfile.write_new(path, data)
    return aside
