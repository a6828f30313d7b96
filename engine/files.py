"""The file store: bytes kept under names that nobody can read anything from.

Files are written before the transaction that names them commits, so a row never points to
nothing; what a rolled-back transaction left behind is collected later, after a day of grace.
A file that is there is complete: it is written aside, synced, and then moved into place.
What the bytes are, how they are encrypted and who may read them is decided elsewhere.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from engine import keyfile, outages
from engine.errors import NotFound, Unavailable

_NAME = re.compile(r"[0-9a-f]{64}")


class FileMissing(NotFound):
    """Restore the data folder from the same backup as the database."""

    code = "file-missing"
    message = "The file {sha256} is not in the file store."


class FileDamaged(Unavailable):
    """Restore this one file from a backup: its content is no longer what was stored."""

    code = "file-damaged"
    message = "The content of the file {sha256} has changed since it was stored."


class FileStore:
    """A folder of files with names of 64 hex digits; many processes may use it at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, name: str, blocks: Iterable[bytes]) -> None:
        """Keep bytes under a name, in the place of what was there.

        Its time is the present, so that the collection of old unreferenced files does not take
        what a running transaction is about to name.

        Raises:
            FileMissing: it is no name that a file can have.
            StoreFull: there is no room for them.
        """
        path = self._path(name)
        with outages.storing(), self._lock(fcntl.LOCK_SH):
            self._make_folder(path.parent)
            draft = path.parent / f".{secrets.token_hex(8)}"
            try:
                _write_synced(draft, blocks)
                os.replace(draft, path)
            finally:
                draft.unlink(missing_ok=True)
            keyfile.sync_folder(path.parent)

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading.

        Raises:
            FileMissing: no such file is stored.
        """
        try:
            return self._path(name).open("rb")
        except FileNotFoundError as error:
            raise FileMissing(sha256=name) from error

    def exists(self, name: str) -> bool:
        """Return whether a file is stored."""
        return self._path(name).is_file()

    def names(self) -> Iterator[str]:
        """Yield the names of all stored files, in order."""
        for path in sorted(self.root.glob("??/*")):
            name = path.parent.name + path.name
            if _NAME.fullmatch(name):
                yield name

    def collect(self, referenced: Collection[str], *, before: datetime) -> int:
        """Delete the unreferenced files and return how many there were.

        What a crash left half written goes too, and is not counted.

        Args:
            referenced: every name that a row stands for, read before this call.
            before: files kept since are left alone; their transactions may not have committed.
        """
        deleted = 0
        for name in self.names():
            if name not in referenced and self._delete(self._path(name), before):
                deleted += 1
        for draft in self.root.glob("??/.*"):
            self._delete(draft, before)
        return deleted

    def is_due(self, task: str, every: timedelta) -> bool:
        """Return whether something was last due so long ago, and count from now if it was."""
        mark = self.root / f".{task}"
        with self._lock(fcntl.LOCK_EX):
            if mark.exists() and not _is_older(mark, datetime.now(UTC) - every):
                return False
            mark.touch()
            return True

    def _delete(self, path: Path, before: datetime) -> bool:
        if not _is_older(path, before):
            return False
        with self._lock(fcntl.LOCK_EX):
            if not _is_older(path, before):  # somebody may have kept it again meanwhile
                return False
            path.unlink(missing_ok=True)
            return True

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            keyfile.sync_folder(self.root)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise FileMissing(sha256=name)
        return self.root / name[:2] / name[2:]

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, kind)
            yield
        finally:
            os.close(descriptor)


def _write_synced(path: Path, blocks: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for block in blocks:
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False
