"""Keep which messages, signals and timers start which process, so that an event finds it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the table of events that start processes."""
    op.create_table(
        "start_trigger",
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("process_key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payload", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["definition.id"],
            name=op.f("fk_start_trigger_definition_id_definition"),
        ),
        sa.PrimaryKeyConstraint("definition_id", "number", name=op.f("pk_start_trigger")),
    )
    for columns in (["process_key"], ["due_at"], ["kind", "name"]):
        name = f"ix_start_trigger_{'_'.join(columns)}"
        op.create_index(name, "start_trigger", columns, unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_table("start_trigger")
