"""The file store: bytes kept once under the SHA-256 of their content.

Files are written before the transaction that names them commits, so a row never points to
nothing; what a rolled-back transaction left behind is collected later, after a day of grace.
A file that is there is complete: it is written aside, synced, and then moved into place.
Who may read which file is decided by those who know the case, not here.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from engine.errors import NotFound, Unavailable

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileMissing(NotFound):
    """Restore the data folder from the same backup as the database."""

    code = "file-missing"
    message = "The file {sha256} is not in the file store."


class FileDamaged(Unavailable):
    """Restore this one file from a backup: its content is no longer what was stored."""

    code = "file-damaged"
    message = "The content of the file {sha256} has changed since it was stored."


class FileStore:
    """A folder of files named by their content; many processes may use it at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes) -> str:
        """Keep bytes and return their SHA-256; bytes that are there already are kept once.

        The time of a file is renewed each time it is put, so that the collection of old
        unreferenced files does not take one that a running transaction is about to name.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._lock(fcntl.LOCK_SH):
            if path.exists():
                os.utime(path)
                return sha256
            draft = path.parent / f".{secrets.token_hex(8)}"
            try:
                _write_synced(draft, content)
                os.replace(draft, path)
            finally:
                draft.unlink(missing_ok=True)
            _sync_folder(path.parent)
        return sha256

    def open(self, sha256: str) -> BinaryIO:
        """Open a file for reading.

        Raises:
            FileMissing: no such file is stored.
        """
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError as error:
            raise FileMissing(sha256=sha256) from error

    def read(self, sha256: str) -> bytes:
        """Return the bytes of a file, compared with its name.

        Raises:
            FileMissing: no such file is stored.
            FileDamaged: the bytes are not those that were stored.
        """
        with self.open(sha256) as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise FileDamaged(sha256=sha256)
        return content

    def exists(self, sha256: str) -> bool:
        """Return whether a file is stored."""
        return self._path(sha256).is_file()

    def unreferenced(self, referenced: Collection[str], *, before: datetime) -> Iterator[str]:
        """Yield the files that nobody names and that were last put before an instant."""
        for path in sorted(self.root.glob("??/*")):
            sha256 = path.parent.name + path.name
            if _SHA256.fullmatch(sha256) and sha256 not in referenced and _is_older(path, before):
                yield sha256

    def collect(self, referenced: Collection[str], *, before: datetime) -> int:
        """Delete the unreferenced files and return how many there were.

        Args:
            referenced: every SHA-256 that a row names, read before this call.
            before: files put since are left alone; their transactions may not have committed.
        """
        deleted = 0
        for sha256 in self.unreferenced(referenced, before=before):
            path = self._path(sha256)
            with self._lock(fcntl.LOCK_EX):
                if _is_older(path, before):  # somebody may have put it again meanwhile
                    path.unlink(missing_ok=True)
                    deleted += 1
        return deleted

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise FileMissing(sha256=sha256)
        return self.root / sha256[:2] / sha256[2:]

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        descriptor = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, kind)
            yield
        finally:
            os.close(descriptor)


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False
