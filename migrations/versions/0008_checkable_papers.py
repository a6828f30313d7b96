"""Who issued a paper, the hash of the code printed on it, and whether it was withdrawn.

Papers issued before keep empty columns: their code is made again from the master key, their
office read from the case.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns."""
    # A table is copied on SQLite, which cannot add a foreign key to one that is there.
    with op.batch_alter_table("document") as document:
        document.add_column(sa.Column("office_id", sa.String(length=40), nullable=True))
        document.add_column(sa.Column("code_hash", sa.String(length=64), nullable=True))
        document.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        document.create_foreign_key(
            op.f("fk_document_office_id_office"), "office", ["office_id"], ["id"]
        )


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("document") as document:
        document.drop_constraint(op.f("fk_document_office_id_office"), type_="foreignkey")
        document.drop_column("withdrawn_at")
        document.drop_column("code_hash")
        document.drop_column("office_id")
