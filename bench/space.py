"""Space: what a finished instance leaves in PostgreSQL, in tables and in the write-ahead log.

Growth of all tables and indexes over many casework instances, after VACUUM, history included; the
log is read from a checkpoint on, with full-page writes.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from bench import place
from bench.place import Place

INSTANCES = 2000


def report() -> Iterator[str]:
    """Measure on a server of its own."""
    with place.postgresql() as here:
        for _ in range(50):
            here.finish()
        size, position = _size(here), _position(here)
        for _ in range(INSTANCES):
            here.finish()
        log = (_position(here) - position) / INSTANCES / 1000
        kept = (_size(here) - size) / INSTANCES / 1000
    yield f"| a finished casework instance | {kept:.1f} kB in tables and indexes | 4 completions |"
    yield f"| its write-ahead log | {log:.1f} kB | full-page writes on |"


def _size(here: Place) -> int:
    """Return the bytes of all tables and indexes after VACUUM."""
    with here.database.engine.connect() as connection:
        plain = connection.execution_options(isolation_level="AUTOCOMMIT")
        plain.execute(text("VACUUM"))
        total = plain.execute(
            text(
                "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        )
        return int(total.scalar_one())


def _position(here: Place) -> int:
    """Return the end of the write-ahead log, in bytes, after a checkpoint."""
    with here.database.engine.connect() as connection:
        plain = connection.execution_options(isolation_level="AUTOCOMMIT")
        plain.execute(text("CHECKPOINT"))
        found = plain.execute(text("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"))
        return int(found.scalar_one())
