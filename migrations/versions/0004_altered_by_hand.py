"""Mark the instances whose course an operator has changed by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the mark; nobody had the means before."""
    op.add_column(
        "instance",
        sa.Column("altered", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Take the mark away."""
    op.drop_column("instance", "altered")
