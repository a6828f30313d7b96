"""Editions of matters on their way (draft, confirmed, published), and who did what to them."""

from collections import defaultdict
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
IN_FORCE_AT_ALL = sa.text("effective_to IS NULL OR effective_to > effective_from")


def upgrade() -> None:
    """Add the tables; what was loaded from files so far are the first editions."""
    op.create_table(
        "matter_edition",
        sa.Column("matter_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=32), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("retired_reason", sa.String(length=400), nullable=True),
        sa.Column("drafters", JSON, nullable=False),
        sa.Column("changed_by", sa.String(length=60), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=60), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=60), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["hash"], ["matter_version.hash"], name="fk_matter_edition_hash_matter_version"
        ),
        sa.PrimaryKeyConstraint("matter_no", "number", name="pk_matter_edition"),
    )
    op.create_index(
        "uq_matter_edition_matter_no_effective_from",
        "matter_edition",
        ["matter_no", "effective_from"],
        unique=True,
        sqlite_where=IN_FORCE_AT_ALL,
        postgresql_where=IN_FORCE_AT_ALL,
    )
    op.create_table(
        "matter_event",
        sa.Column("matter_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("actor_name", sa.String(length=60), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("matter_no", "sequence", name="pk_matter_event"),
    )
    _take_over()


def downgrade() -> None:
    """Take them away; the contents that cases point to stay."""
    op.drop_table("matter_event")
    op.drop_index("uq_matter_edition_matter_no_effective_from", table_name="matter_edition")
    op.drop_table("matter_edition")


def _take_over() -> None:
    """Each content known so far was in force from the day it was added to the day of the next."""
    connection = op.get_bind()
    version = sa.table(
        "matter_version",
        sa.column("hash", sa.String()),
        sa.column("matter_no", sa.Integer()),
        sa.column("content", JSON),
        sa.column("added_at", sa.DateTime(timezone=True)),
    )
    edition = sa.table(
        "matter_edition",
        *(sa.column(name, kind) for name, kind in _TYPES.items()),
    )
    order = (version.c.matter_no, version.c.added_at, version.c.hash)
    known = defaultdict(list)
    for row in connection.execute(sa.select(version).order_by(*order)):
        known[row.matter_no].append(row)
    for rows in known.values():
        days = [None, *(_day(row.added_at) for row in rows[1:])]
        for number, (row, day) in enumerate(zip(rows, days, strict=True), 1):
            connection.execute(
                sa.insert(edition).values(
                    matter_no=row.matter_no,
                    number=number,
                    state="published",
                    origin="files",
                    version=1,
                    content=row.content,
                    hash=row.hash,
                    effective_from=day,
                    effective_to=days[number] if number < len(days) else None,
                    drafters=[],
                    changed_by="system",
                    changed_at=row.added_at,
                    published_by="system",
                    published_at=row.added_at,
                )
            )


_TYPES = {
    "matter_no": sa.Integer(),
    "number": sa.Integer(),
    "state": sa.String(),
    "origin": sa.String(),
    "version": sa.Integer(),
    "content": JSON,
    "hash": sa.String(),
    "effective_from": sa.Date(),
    "effective_to": sa.Date(),
    "drafters": JSON,
    "changed_by": sa.String(),
    "changed_at": sa.DateTime(timezone=True),
    "published_by": sa.String(),
    "published_at": sa.DateTime(timezone=True),
}


def _day(instant):  # type: ignore[no-untyped-def]
    aware = instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo("UTC"))
    return aware.astimezone(BUSINESS_ZONE).date()
