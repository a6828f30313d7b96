"""Keep the state of a process on the row that is locked anyway, and count its other scopes.

A step reads and writes the instance row in any case; with the state on it, most steps need no
statement for scopes at all.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Move scope 0 to its instance."""
    op.add_column("instance", sa.Column("state", sa.LargeBinary(), nullable=True))
    op.add_column("instance", sa.Column("scopes", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE instance SET"
        " state = (SELECT s.state FROM scope s WHERE s.instance_id = instance.id AND s.number = 0),"
        " scopes = (SELECT count(*) FROM scope s WHERE s.instance_id = instance.id"
        " AND s.number > 0)"
    )
    op.execute("DELETE FROM scope WHERE number = 0")


def downgrade() -> None:
    """Move it back."""
    op.execute(
        "INSERT INTO scope (instance_id, number, state)"
        " SELECT id, 0, state FROM instance WHERE state IS NOT NULL"
    )
    op.drop_column("instance", "scopes")
    op.drop_column("instance", "state")
