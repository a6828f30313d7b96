"""Limits whose last day lies beyond the published calendar, and is not known yet."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

# What stands for "not known" where every limit must have a last day.
FAR = date(9999, 12, 31)
DEADLINE = sa.table("deadline", sa.column("due_on", sa.Date()))


def upgrade() -> None:
    """Let the last day be unknown."""
    with op.batch_alter_table("deadline") as deadline:
        deadline.alter_column("due_on", existing_type=sa.Date(), nullable=True)
    op.execute(sa.update(DEADLINE).where(DEADLINE.c.due_on == FAR).values(due_on=None))


def downgrade() -> None:
    """Give a limit without a known last day one that never comes."""
    op.execute(sa.update(DEADLINE).where(DEADLINE.c.due_on.is_(None)).values(due_on=FAR))
    with op.batch_alter_table("deadline") as deadline:
        deadline.alter_column("due_on", existing_type=sa.Date(), nullable=False)
