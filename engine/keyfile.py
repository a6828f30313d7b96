"""Key files: made once, whole or not at all, readable by their owner only, and never deleted.

A key that is half written or lost in a crash takes with it all that it was used for, so a file is
written aside, synced, and then given its name. Two processes that start together agree on one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

DISPLACED = ".before-restore"


def read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the bytes of a key file; a missing one is made and written first."""
    if not path.exists():
        write_new(path, make())
    return path.read_bytes()


def write_new(path: Path, content: bytes) -> bool:
    """Write a key file unless there is one; return whether it was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # unlike a rename, this never replaces what is there
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    sync_folder(path.parent)
    return True


def displace(path: Path) -> Path:
    """Move a key file aside, under a name that nothing has yet, and return that name."""
    number = 1
    while True:
        aside = path.with_name(f"{path.name}{DISPLACED}" + (f"-{number}" if number > 1 else ""))
        try:
            os.link(path, aside)
        except FileExistsError:
            number += 1
            continue
        path.unlink()
        sync_folder(path.parent)
        return aside


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
