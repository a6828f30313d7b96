"""The credit record 信用记录: commitments that proved false."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "credit_entry",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name="fk_credit_entry_instance_id_instance"
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name="pk_credit_entry"),
    )
    op.create_index("ix_credit_entry_person_hash", "credit_entry", ["person_hash"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_credit_entry_person_hash", table_name="credit_entry")
    op.drop_table("credit_entry")
