"""The master key at the start of the program: the file's, or a new one for a database without any.

A new key beside a database that was written with another would split its personal data in two,
one half of which nobody can read; so a missing or wrong key stops the program before it begins.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine.db import Database, reading
from engine.errors import Unavailable
from engine.models import CaseData, PersonKey
from engine.outages import DatabaseAway
from engine.record import keys
from engine.settings import Settings

TRIED = 5  # one damaged row must not stop the program, none that opens must


class MasterKeyLost(Unavailable):
    """Put the key file back, from your copy or from a backup made with keys."""

    code = "master-key-lost"
    message = (
        "The database holds personal data that needs its master key, and {path} is not there. "
        "Put the key file back, from your copy or out of an archive made with "
        "`tongban db backup --with-keys`. No new key was made."
    )


class MasterKeyWrong(Unavailable):
    """Put the right key file in place; this one was made for another database."""

    code = "master-key-wrong"
    message = (
        "The key in {path} does not open the personal data of this database. Move it aside and "
        "put the key in place with which the data was written. Nothing was changed."
    )


def established(settings: Settings) -> bytes:
    """Return the master key of an installation, made only for a database that needs none yet.

    When there is no key and the database cannot be asked, no key is made and none is returned:
    then the command cannot do anything either.

    Raises:
        MasterKeyLost, MasterKeyWrong: see `check`.
    """
    there = settings.master_key_file.exists()
    database = Database(settings.database_url)
    try:
        check(database, settings.master_key_file)
    except (OperationalError, DatabaseAway):
        return settings.master_key() if there else b""
    finally:
        database.dispose()
    return settings.master_key()


def check(database: Database, path: Path) -> None:
    """Raise unless a key file fits a database, or is missing where none is needed yet.

    Raises:
        MasterKeyLost: the database has data encrypted under a key that is not there.
        MasterKeyWrong: the key that is there does not open it.
    """
    if _is_unmade(database) or not inspect(database.engine).has_table(PersonKey.__tablename__):
        return
    with reading(database) as session:
        wrapped = _wrapped(session)
        if not wrapped and not _is_searched(session):
            return
        if not path.exists():
            raise MasterKeyLost(path=path)
        key = bytes.fromhex(path.read_text().strip())
        if wrapped and not any(keys.unwraps(key, row) for row in wrapped):
            raise MasterKeyWrong(path=path)


def _is_unmade(database: Database) -> bool:
    """Return whether it is an embedded database whose file asking would create."""
    return database.is_sqlite and not Path(str(database.url.database)).exists()


def _wrapped(session: Session) -> list[PersonKey]:
    query = select(PersonKey).where(PersonKey.wrapped.is_not(None))
    return list(session.scalars(query.order_by(PersonKey.instance_id.desc()).limit(TRIED)))


def _is_searched(session: Session) -> bool:
    query = select(CaseData.search).where(CaseData.search.is_not(None)).limit(1)
    return session.scalar(query) is not None
