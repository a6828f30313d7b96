"""Evaluations of services 好差评, and which cases are archived 归档."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "evaluation",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("office_id", sa.String(length=40), nullable=False),
        sa.Column("paper_no", sa.String(length=60), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("finding", sa.String(length=12), nullable=True),
        sa.Column("call_back", sa.String(length=16), nullable=True),
        sa.Column("rectified_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name="fk_evaluation_instance_id_instance"
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name="fk_evaluation_office_id_office"
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name="pk_evaluation"),
    )
    op.create_index("ix_evaluation_office_id_grade", "evaluation", ["office_id", "grade"])
    op.create_table(
        "case_archive",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("paper_no", sa.String(length=60), nullable=False),
        sa.Column("retention", sa.String(length=12), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("event_head", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name="fk_case_archive_instance_id_instance"
        ),
        sa.PrimaryKeyConstraint("instance_id", name="pk_case_archive"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("case_archive")
    op.drop_index("ix_evaluation_office_id_grade", table_name="evaluation")
    op.drop_table("evaluation")
