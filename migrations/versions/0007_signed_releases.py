"""Who signed for a release whose processes are not proved sound."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    op.add_column("deployment", sa.Column("signed_by", sa.String(length=80), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("deployment", "signed_by")
