"""Processes: definitions, running instances, and what they wait for.

Definitions are immutable and found by content hash. An instance row is the lock of its case:
whoever changes anything of the case holds this row. `counter` gives the numbers of tasks, jobs,
subscriptions and all other rows of the instance. State blobs never hold specifications.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, exists, false, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from engine.models.base import Base, Instant, Json, new_id


class Deployment(Base):
    """One upload of files, checked and kept together."""

    __tablename__ = "deployment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(80))
    profile: Mapped[str] = mapped_column(String(10))
    problems: Mapped[list[Any]] = mapped_column(Json, default=list)
    signed_by: Mapped[str | None] = mapped_column(String(80))  # for what is not proved sound


class SourceFile(Base):
    """The bytes of a deployed file, kept once per content."""

    __tablename__ = "source_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Definition(Base):
    """One version of one process, decision or form."""

    __tablename__ = "definition"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # process | decision | form
    key: Mapped[str] = mapped_column(String(120))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(ForeignKey("source_file.sha256"))
    file: Mapped[str] = mapped_column(String(200))


class StartTrigger(Base):
    """An event that starts a process: of the newest version of each process only.

    A message or a signal has a name, a timer an instant; `payload` holds the variable that takes
    what the event brings, and how a timer goes on.
    """

    __tablename__ = "start_trigger"

    definition_id: Mapped[UUID] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    process_key: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[str] = mapped_column(String(8))  # message | signal | timer
    name: Mapped[str | None] = mapped_column(String(120))
    element: Mapped[str] = mapped_column(String(120))
    due_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Bundle(Base):
    """The files that a set of instances is pinned to: its process and all it calls.

    `files` maps file names to sha256; the key is the hash of that map and the process key.
    """

    __tablename__ = "bundle"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    process_key: Mapped[str] = mapped_column(String(120))
    files: Mapped[dict[str, str]] = mapped_column(Json)


class Instance(Base):
    """One run of a process. A case has one instance and shares its id."""

    __tablename__ = "instance"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("definition.id"), index=True)
    bundle_hash: Mapped[str] = mapped_column(ForeignKey("bundle.hash"))
    process_key: Mapped[str] = mapped_column(String(120), index=True)
    version: Mapped[int]
    business_key: Mapped[str | None] = mapped_column(String(200), index=True)
    case_no: Mapped[str | None] = mapped_column(String(50))
    status: Mapped[str] = mapped_column(String(12))
    office_id: Mapped[str | None] = mapped_column(ForeignKey("office.id"))
    started_by: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(20))
    error_code: Mapped[str | None] = mapped_column(String(120))
    variables: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    steps: Mapped[int] = mapped_column(default=0)
    counter: Mapped[int] = mapped_column(default=0)
    event_count: Mapped[int] = mapped_column(default=0)
    event_head: Mapped[str] = mapped_column(String(64), default="")
    # The live state of the process itself, and how many other scopes are alive. It lies here
    # because a step locks and writes this row in any case; only a step asks for it.
    state: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    scopes: Mapped[int] = mapped_column(default=0, server_default="0")
    # Whether an operator has changed its course by hand: moved, migrated or restarted it.
    altered: Mapped[bool] = mapped_column(default=False, server_default=false())

    # Every update asks for the number of steps that was read: the database itself sees to it that
    # a case is advanced by one process at a time, should the lock of the row ever fail.
    __mapper_args__ = {
        "version_id_col": steps,
        "version_id_generator": lambda steps: steps or 0,
    }


class Scope(Base):
    """The live state of one call activity of an instance, numbered by its token."""

    __tablename__ = "scope"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[bytes] = mapped_column(LargeBinary)


class Draft(Base):
    """What somebody typed into a task and did not send yet; encrypted, because it is personal."""

    __tablename__ = "draft"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(Instant)


OPEN_STATES = ("open", "claimed")  # of a task that waits for a person


class Task(Base):
    """A user task that waits for a person, or did."""

    __tablename__ = "task"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[int]  # the engine's id of the waiting token
    element: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(200))
    process_key: Mapped[str] = mapped_column(String(120))
    case_no: Mapped[str | None] = mapped_column(String(50))
    state: Mapped[str] = mapped_column(String(10))  # open | claimed | completed | cancelled
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    office_id: Mapped[str | None] = mapped_column(ForeignKey("office.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    candidates: Mapped[list[str]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    priority: Mapped[int] = mapped_column(default=50)
    version: Mapped[int] = mapped_column(default=1)
    form_key: Mapped[str | None] = mapped_column(String(120))
    excluded: Mapped[list[str]] = mapped_column(Json, default=list)  # user ids, by notSameAs
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    # Whether anybody has typed into it and not sent that; asked for with the tasks of a step.
    has_draft: Mapped[bool] = column_property(
        exists().where(Draft.instance_id == instance_id, Draft.number == number), deferred=True
    )


class Job(Base):
    """Deferred work: a timer, a connector call, a message out, a reminder."""

    __tablename__ = "job"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    token: Mapped[int | None]
    element: Mapped[str | None] = mapped_column(String(120))
    due_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(10))  # waiting | dead
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(Text)


class Incident(Base):
    """Something is stuck and a person must act: retry after mending, or cancel."""

    __tablename__ = "incident"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))  # step | job
    element: Mapped[str | None] = mapped_column(String(120))
    job_number: Mapped[int | None]
    task_number: Mapped[int | None]
    message: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_by: Mapped[str | None] = mapped_column(String(80))


class Circuit(Base):
    """How an outside system has behaved lately, shared by all workers."""

    __tablename__ = "circuit"

    system: Mapped[str] = mapped_column(String(120), primary_key=True)
    failures: Mapped[int]  # in a row
    open_until: Mapped[datetime | None] = mapped_column(Instant)  # nobody asks it before
    last_error: Mapped[str | None] = mapped_column(String(1000))
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Subscription(Base):
    """A token that waits for a message or a signal."""

    __tablename__ = "subscription"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(120))
    correlation: Mapped[str] = mapped_column(String(64), default="")
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(120))


class Message(Base):
    """An incoming message: delivered once, or buffered for its time to live."""

    __tablename__ = "message"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    correlation: Mapped[str] = mapped_column(String(64), default="")
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10))  # buffered | delivered | expired
    received_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    instance_id: Mapped[UUID | None]


class IdempotencyRecord(Base):
    """The answer given to a request with an Idempotency-Key, kept for 24 hours."""

    __tablename__ = "idempotency_record"

    scope: Mapped[str] = mapped_column(String(200), primary_key=True)  # token and route
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Batch(Base):
    """One intervention in many instances, done by the workers one instance after the other."""

    __tablename__ = "batch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(12))  # suspend | resume | cancel | move | migrate …
    parameters: Mapped[dict[str, Any]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))  # running | paused | cancelled | done
    created_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class BatchItem(Base):
    """What became of one instance of a batch."""

    __tablename__ = "batch_item"

    instance_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))  # waiting | done | failed | dropped
    code: Mapped[str | None] = mapped_column(String(60))  # of the error
    message: Mapped[str | None] = mapped_column(String(1000))


Index(
    "ix_definition_kind_key_version",
    Definition.kind,
    Definition.key,
    Definition.version,
    unique=True,
)
Index("ix_batch_item_batch_id_state", BatchItem.batch_id, BatchItem.state)
Index("ix_start_trigger_kind_name", StartTrigger.kind, StartTrigger.name)
Index("ix_instance_status_started_at", Instance.status, Instance.started_at)
Index(
    "ix_task_office_id_open",
    Task.office_id,
    Task.due_at,
    Task.instance_id,
    Task.number,
    postgresql_where=text("state IN ('open', 'claimed')"),
    sqlite_where=text("state IN ('open', 'claimed')"),
)
Index(
    "ix_task_assignee_id_open",
    Task.assignee_id,
    Task.due_at,
    postgresql_where=text("state IN ('open', 'claimed')"),
    sqlite_where=text("state IN ('open', 'claimed')"),
)
Index(
    "ix_task_owner_id_open",
    Task.owner_id,
    Task.due_at,
    Task.instance_id,
    Task.number,
    postgresql_where=text("state IN ('open', 'claimed')"),
    sqlite_where=text("state IN ('open', 'claimed')"),
)
Index(
    "ix_job_due_at_waiting",
    Job.due_at,
    postgresql_where=text("state = 'waiting'"),
    sqlite_where=text("state = 'waiting'"),
)
Index(
    "ix_incident_created_at_open",
    Incident.created_at,
    postgresql_where=text("resolved_at IS NULL"),
    sqlite_where=text("resolved_at IS NULL"),
)
Index(
    "ix_subscription_kind_name_correlation",
    Subscription.kind,
    Subscription.name,
    Subscription.correlation,
)
Index("ix_message_name_correlation_state", Message.name, Message.correlation, Message.state)
