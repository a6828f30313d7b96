"""The schema's version: bring a database up to date, or say how far it is.

Migrations travel with the program (folder `migrations`); `tongban db upgrade` and the tests use
the same functions. Nothing here changes data outside a migration.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from engine.db import Database

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Run all migrations up to `revision` in one transaction."""
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Run migrations backwards to `revision` (`base` empties the database)."""
    with database.engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def revision(database: Database) -> str | None:
    """Return the revision of the database, None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """Return the newest revision that the program brings."""
    return _scripts().get_current_head()


def is_current(database: Database) -> bool:
    """Return whether the database has the newest revision."""
    return revision(database) == head()


def is_known(revision: str) -> bool:
    """Return whether the program brings a revision, so that it can read such a database."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
