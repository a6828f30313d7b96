"""Alembic's environment: migrations run on a connection that the caller hands over."""

from alembic import context

from engine.models import Base

connection = context.config.attributes.get("connection")


def run() -> None:
    """Run the migrations on the given connection, inside its transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


if connection is not None:
    run()
else:
    from engine.db import Database
    from engine.settings import Settings

    with Database(Settings.read().database_url).engine.begin() as connection:
        run()
