"""The first tables: people, processes, the record, the calendar and cases.

Personal data apart, commitments in the history, composite keys by case and every input of a step
kept cannot be added later, so they are here from the beginning.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "access_event",
        sa.Column("writer", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("writer", "day", "sequence", name=op.f("pk_access_event")),
    )
    op.create_index("ix_access_event_subject", "access_event", ["subject"], unique=False)
    op.create_table(
        "bundle",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("process_key", sa.String(length=120), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_bundle")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "case_counter",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district", "day", name=op.f("pk_case_counter")),
    )
    op.create_table(
        "case_number",
        sa.Column("case_no", sa.String(length=50), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("case_no", name=op.f("pk_case_number")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("leaves", JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "department",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
    )
    op.create_table(
        "deployment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("profile", sa.String(length=10), nullable=False),
        sa.Column("problems", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_table(
        "idempotency_record",
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_idempotency_record")),
    )
    op.create_table(
        "matter_version",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("matter_no", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_matter_version")),
    )
    op.create_index(
        op.f("ix_matter_version_matter_no"), "matter_version", ["matter_no"], unique=False
    )
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("correlation", sa.String(length=64), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(
        "ix_message_name_correlation_state",
        "message",
        ["name", "correlation", "state"],
        unique=False,
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("login", "address", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "source_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_source_file")),
    )
    op.create_table(
        "definition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("fk_definition_deployment_id_deployment"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["source_file.sha256"], name=op.f("fk_definition_sha256_source_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
    )
    op.create_index(
        op.f("ix_definition_deployment_id"), "definition", ["deployment_id"], unique=False
    )
    op.create_index(
        "ix_definition_kind_key_version", "definition", ["kind", "key", "version"], unique=True
    )
    op.create_table(
        "office",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("district", sa.String(length=12), nullable=True),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("department_id", sa.String(length=40), nullable=True),
        sa.Column("roles", JSON, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_office_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["office.id"], name=op.f("fk_office_successor_id_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
    )
    op.create_index(
        "ix_office_district_department_id", "office", ["district", "department_id"], unique=False
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("bundle_hash", sa.String(length=64), nullable=False),
        sa.Column("process_key", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("business_key", sa.String(length=200), nullable=True),
        sa.Column("case_no", sa.String(length=50), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("office_id", sa.String(length=40), nullable=True),
        sa.Column("started_by", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=20), nullable=True),
        sa.Column("error_code", sa.String(length=120), nullable=True),
        sa.Column("variables", JSON, nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("event_head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle_hash"], ["bundle.hash"], name=op.f("fk_instance_bundle_hash_bundle")
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_instance_definition_id_definition")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_instance_office_id_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_index(op.f("ix_instance_business_key"), "instance", ["business_key"], unique=False)
    op.create_index(op.f("ix_instance_definition_id"), "instance", ["definition_id"], unique=False)
    op.create_index(op.f("ix_instance_process_key"), "instance", ["process_key"], unique=False)
    op.create_index(
        "ix_instance_status_started_at", "instance", ["status", "started_at"], unique=False
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("office_id", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_user_account_office_id_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
    )
    op.create_table(
        "api_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_api_token")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)
    op.create_table(
        "browser_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("csrf_token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_browser_session_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_browser_session")),
    )
    op.create_index(
        op.f("ix_browser_session_user_id"), "browser_session", ["user_id"], unique=False
    )
    op.create_table(
        "case_data",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=120), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("search", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_case_data_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "field", name=op.f("pk_case_data")),
    )
    op.create_index(op.f("ix_case_data_search"), "case_data", ["search"], unique=False)
    op.create_table(
        "case_record",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("case_no", sa.String(length=50), nullable=True),
        sa.Column("matter_no", sa.Integer(), nullable=False),
        sa.Column("matter_hash", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("applicant_kind", sa.String(length=8), nullable=True),
        sa.Column("intake_office_id", sa.String(length=40), nullable=False),
        sa.Column("computed_office_id", sa.String(length=40), nullable=True),
        sa.Column("handling_office_id", sa.String(length=40), nullable=True),
        sa.Column("override_reason", sa.String(length=400), nullable=True),
        sa.Column("delivery_method", sa.String(length=12), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("outcome_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.String(length=12), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["computed_office_id"],
            ["office.id"],
            name=op.f("fk_case_record_computed_office_id_office"),
        ),
        sa.ForeignKeyConstraint(
            ["handling_office_id"],
            ["office.id"],
            name=op.f("fk_case_record_handling_office_id_office"),
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_case_record_instance_id_instance")
        ),
        sa.ForeignKeyConstraint(
            ["intake_office_id"], ["office.id"], name=op.f("fk_case_record_intake_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["matter_hash"],
            ["matter_version.hash"],
            name=op.f("fk_case_record_matter_hash_matter_version"),
        ),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_case_record")),
    )
    op.create_index(
        "ix_case_record_handling_office_id_stage",
        "case_record",
        ["handling_office_id", "stage"],
        unique=False,
    )
    op.create_index(
        "ix_case_record_intake_office_id_stage",
        "case_record",
        ["intake_office_id", "stage"],
        unique=False,
    )
    op.create_index(op.f("ix_case_record_matter_no"), "case_record", ["matter_no"], unique=False)
    op.create_table(
        "clock_stop",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=False),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_clock_stop_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name=op.f("pk_clock_stop")),
    )
    op.create_table(
        "correction",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_correction_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name=op.f("pk_correction")),
    )
    op.create_table(
        "deadline",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_days", sa.Integer(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_deadline_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "kind", name=op.f("pk_deadline")),
    )
    op.create_index("ix_deadline_due_on", "deadline", ["due_on"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("method", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("courier", sa.String(length=40), nullable=True),
        sa.Column("waybill", sa.String(length=60), nullable=True),
        sa.Column("tracking", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_delivery_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name=op.f("pk_delivery")),
    )
    op.create_table(
        "document",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("paper", sa.String(length=40), nullable=True),
        sa.Column("paper_no", sa.String(length=60), nullable=True),
        sa.Column("material_key", sa.String(length=60), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_document_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name=op.f("pk_document")),
    )
    op.create_table(
        "draft",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_draft_instance_id_instance")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_draft_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", "user_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "event",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_event_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "sequence", name=op.f("pk_event")),
    )
    op.create_index("ix_event_type_at", "event", ["type", "at"], unique=False)
    op.create_table(
        "event_value",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=120), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_event_value_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", "field", name=op.f("pk_event_value")),
    )
    op.create_table(
        "incident",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=True),
        sa.Column("job_number", sa.Integer(), nullable=True),
        sa.Column("task_number", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_incident_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name=op.f("pk_incident")),
    )
    op.create_index(
        "ix_incident_created_at_open",
        "incident",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("resolved_at IS NULL"),
        sqlite_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "job",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("token", sa.Integer(), nullable=True),
        sa.Column("element", sa.String(length=120), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_job_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_due_at_waiting",
        "job",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "material_received",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("material_key", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_material_received_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "material_key", name=op.f("pk_material_received")),
    )
    op.create_table(
        "person_key",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_person_key_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "person", name=op.f("pk_person_key")),
    )
    op.create_table(
        "scope",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_scope_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name=op.f("pk_scope")),
    )
    op.create_table(
        "subscription",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("correlation", sa.String(length=64), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_subscription_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name=op.f("pk_subscription")),
    )
    op.create_index(
        "ix_subscription_kind_name_correlation",
        "subscription",
        ["kind", "name", "correlation"],
        unique=False,
    )
    op.create_table(
        "task",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("process_key", sa.String(length=120), nullable=False),
        sa.Column("case_no", sa.String(length=50), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("office_id", sa.String(length=40), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("candidates", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=120), nullable=True),
        sa.Column("excluded", JSON, nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user_account.id"], name=op.f("fk_task_assignee_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["completed_by"], ["user_account.id"], name=op.f("fk_task_completed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_task_instance_id_instance")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_task_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_task_owner_id_user_account")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name=op.f("pk_task")),
    )
    op.create_index(
        "ix_task_assignee_id_open",
        "task",
        ["assignee_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
        sqlite_where=sa.text("state IN ('open', 'claimed')"),
    )
    op.create_index(
        "ix_task_office_id_open",
        "task",
        ["office_id", "due_at", "instance_id", "number"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
        sqlite_where=sa.text("state IN ('open', 'claimed')"),
    )
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("office_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_user_role_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_role_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "role", "office_id", name=op.f("pk_user_role")),
    )


def downgrade() -> None:
    op.drop_table("user_role")
    op.drop_index(
        "ix_task_office_id_open",
        table_name="task",
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
        sqlite_where=sa.text("state IN ('open', 'claimed')"),
    )
    op.drop_index(
        "ix_task_assignee_id_open",
        table_name="task",
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
        sqlite_where=sa.text("state IN ('open', 'claimed')"),
    )
    op.drop_table("task")
    op.drop_index("ix_subscription_kind_name_correlation", table_name="subscription")
    op.drop_table("subscription")
    op.drop_table("scope")
    op.drop_table("person_key")
    op.drop_table("material_received")
    op.drop_index(
        "ix_job_due_at_waiting",
        table_name="job",
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.drop_table("job")
    op.drop_index(
        "ix_incident_created_at_open",
        table_name="incident",
        postgresql_where=sa.text("resolved_at IS NULL"),
        sqlite_where=sa.text("resolved_at IS NULL"),
    )
    op.drop_table("incident")
    op.drop_table("event_value")
    op.drop_index("ix_event_type_at", table_name="event")
    op.drop_table("event")
    op.drop_table("draft")
    op.drop_table("document")
    op.drop_table("delivery")
    op.drop_index("ix_deadline_due_on", table_name="deadline")
    op.drop_table("deadline")
    op.drop_table("correction")
    op.drop_table("clock_stop")
    op.drop_index(op.f("ix_case_record_matter_no"), table_name="case_record")
    op.drop_index("ix_case_record_intake_office_id_stage", table_name="case_record")
    op.drop_index("ix_case_record_handling_office_id_stage", table_name="case_record")
    op.drop_table("case_record")
    op.drop_index(op.f("ix_case_data_search"), table_name="case_data")
    op.drop_table("case_data")
    op.drop_index(op.f("ix_browser_session_user_id"), table_name="browser_session")
    op.drop_table("browser_session")
    op.drop_index(op.f("ix_api_token_user_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_table("user_account")
    op.drop_index("ix_instance_status_started_at", table_name="instance")
    op.drop_index(op.f("ix_instance_process_key"), table_name="instance")
    op.drop_index(op.f("ix_instance_definition_id"), table_name="instance")
    op.drop_index(op.f("ix_instance_business_key"), table_name="instance")
    op.drop_table("instance")
    op.drop_index("ix_office_district_department_id", table_name="office")
    op.drop_table("office")
    op.drop_index("ix_definition_kind_key_version", table_name="definition")
    op.drop_index(op.f("ix_definition_deployment_id"), table_name="definition")
    op.drop_table("definition")
    op.drop_table("source_file")
    op.drop_table("sign_in_failure")
    op.drop_index("ix_message_name_correlation_state", table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_matter_version_matter_no"), table_name="matter_version")
    op.drop_table("matter_version")
    op.drop_table("idempotency_record")
    op.drop_table("deployment")
    op.drop_table("department")
    op.drop_table("checkpoint")
    op.drop_table("case_number")
    op.drop_table("case_counter")
    op.drop_table("calendar_day")
    op.drop_table("bundle")
    op.drop_index("ix_access_event_subject", table_name="access_event")
    op.drop_table("access_event")
