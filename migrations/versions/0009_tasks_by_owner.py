"""Find the open tasks of whoever started an instance without looking at everybody's."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

OPEN = sa.text("state IN ('open', 'claimed')")


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_task_owner_id_open",
        "task",
        ["owner_id", "due_at", "instance_id", "number"],
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_task_owner_id_open", table_name="task")
