"""Backup: one archive of a database at one moment and of the files that it names.

`make` and `restore` are the two verbs; `content` holds what differs between SQLite and
PostgreSQL, `archive` the file format and its hashes. A backup goes back into the same kind of
database, and only into an empty one.
"""

from engine.backup.archive import BackupDamaged, Manifest
from engine.backup.content import DatabaseNotEmpty
from engine.backup.making import (
    BackupNewer,
    BackupOfNothing,
    BackupOfOtherKind,
    Restored,
    make,
    restore,
)

__all__ = [
    "BackupDamaged", "BackupNewer", "BackupOfNothing", "BackupOfOtherKind",
    "DatabaseNotEmpty", "Manifest", "Restored", "make", "restore",
]  # fmt: skip
