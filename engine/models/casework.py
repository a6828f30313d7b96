"""Cases: one handling of one matter for one applicant, and all that gathers round it.

A case shares its id with its process instance, whose row is its lock. Nothing personal stands
here: names, papers of identity and addresses are `case_data`, encrypted.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, or_
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Instant, Json


class MatterVersion(Base):
    """One edition of one matter, by content hash; a case keeps the edition it began with."""

    __tablename__ = "matter_version"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    matter_no: Mapped[int] = mapped_column(index=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    added_at: Mapped[datetime] = mapped_column(Instant)


class MatterEdition(Base):
    """One edition of a matter on its way: drafted, confirmed, published from a day, retired.

    Its content is that of `hash` once it is confirmed; the days say whether it is in force.
    """

    __tablename__ = "matter_edition"

    matter_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(12))  # draft | confirmed | published | dropped
    origin: Mapped[str] = mapped_column(String(12))  # files | department
    version: Mapped[int] = mapped_column(default=1)  # counts saves: nobody overwrites another's
    page: Mapped[str | None] = mapped_column(String(32))  # which page of a browser saved last
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    hash: Mapped[str | None] = mapped_column(ForeignKey("matter_version.hash"))
    based_on: Mapped[int | None]
    effective_from: Mapped[date | None]  # None: since ever
    effective_to: Mapped[date | None]  # the first day on which another one, or none, is in force
    retired_reason: Mapped[str | None] = mapped_column(String(400))
    drafters: Mapped[list[str]] = mapped_column(Json)  # actors who typed: none of them confirms
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_by: Mapped[str | None] = mapped_column(String(60))
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    published_by: Mapped[str | None] = mapped_column(String(60))
    published_at: Mapped[datetime | None] = mapped_column(Instant)


class MatterEvent(Base):
    """One appended, chained fact about the editions of a matter."""

    __tablename__ = "matter_event"

    matter_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]  # of the edition
    at: Mapped[datetime] = mapped_column(Instant)
    type: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(80))
    actor_name: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    hash: Mapped[str] = mapped_column(String(64))


class Case(Base):
    """A case 办件: where it was taken in, who decides, how far it is, how it ended."""

    __tablename__ = "case_record"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    case_no: Mapped[str | None] = mapped_column(String(50))
    matter_no: Mapped[int] = mapped_column(index=True)
    matter_hash: Mapped[str] = mapped_column(ForeignKey("matter_version.hash"))
    stage: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(12))  # window | online
    applicant_kind: Mapped[str | None] = mapped_column(String(8))  # person | body
    intake_office_id: Mapped[str] = mapped_column(ForeignKey("office.id"))
    computed_office_id: Mapped[str | None] = mapped_column(ForeignKey("office.id"))
    handling_office_id: Mapped[str | None] = mapped_column(ForeignKey("office.id"))
    override_reason: Mapped[str | None] = mapped_column(String(400))
    delivery_method: Mapped[str | None] = mapped_column(String(12))
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted_by: Mapped[str | None] = mapped_column(String(12))  # person | law (deemed)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    feedback_seen_at: Mapped[datetime | None] = mapped_column(Instant)
    demo: Mapped[bool] = mapped_column(default=False)


class CaseCounter(Base):
    """The last number given to a case of one district on one day."""

    __tablename__ = "case_counter"

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[int]


class CaseNumber(Base):
    """The look-up from case number to case."""

    __tablename__ = "case_number"

    case_no: Mapped[str] = mapped_column(String(50), primary_key=True)
    instance_id: Mapped[UUID]


class Deadline(Base):
    """A limit of a case: promised, statutory, notice (one-time notice), correction, delivery."""

    __tablename__ = "deadline"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    days: Mapped[int]
    unit: Mapped[str] = mapped_column(String(8))  # workday | day
    started_on: Mapped[date]  # the first day counted is the next
    due_on: Mapped[date | None]  # None: beyond the published calendar
    extended_days: Mapped[int] = mapped_column(default=0)  # contained in days; once only
    met_on: Mapped[date | None]


class ClockStop(Base):
    """Days that do not count: a correction or a special procedure, with its kept reason."""

    __tablename__ = "clock_stop"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    stopped_on: Mapped[date]
    resumed_on: Mapped[date | None]


class MaterialReceived(Base):
    """The state of one material of a case."""

    __tablename__ = "material_received"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    material_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))  # received | missing | not-needed
    note: Mapped[str | None] = mapped_column(String(400))


class Document(Base):
    """A file of a case: uploaded, or a paper issued by us; the bytes lie in the file store."""

    __tablename__ = "document"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))  # upload | paper
    paper: Mapped[str | None] = mapped_column(String(40))
    paper_no: Mapped[str | None] = mapped_column(String(60))
    material_key: Mapped[str | None] = mapped_column(String(60))
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(80))
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    # Of papers since these columns exist: who issued it, and the hash of the code printed on it.
    office_id: Mapped[str | None] = mapped_column(ForeignKey("office.id"))
    code_hash: Mapped[str | None] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)


class Correction(Base):
    """A one-time notice of what is missing 补正告知, and the answer."""

    __tablename__ = "correction"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    items: Mapped[list[str]] = mapped_column(Json)
    told_at: Mapped[datetime] = mapped_column(Instant)
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    lapsed_at: Mapped[datetime | None] = mapped_column(Instant)


class Delivery(Base):
    """One attempt to hand the outcome over, and how it went."""

    __tablename__ = "delivery"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    method: Mapped[str] = mapped_column(String(12))  # on-the-spot | window | electronic | courier
    state: Mapped[str] = mapped_column(String(12))  # waiting | sent | delivered | returned
    courier: Mapped[str | None] = mapped_column(String(40))
    waybill: Mapped[str | None] = mapped_column(String(60))
    tracking: Mapped[list[Any]] = mapped_column(Json, default=list)  # [{at, state, note, by}]
    created_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class Evaluation(Base):
    """An invitation to evaluate one service 好差评, and what came of it; the text is case data."""

    __tablename__ = "evaluation"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 服务次数
    office_id: Mapped[str] = mapped_column(ForeignKey("office.id"))  # whose service it was
    paper_no: Mapped[str | None] = mapped_column(String(60))  # its code lets the applicant in
    invited_at: Mapped[datetime] = mapped_column(Instant)
    due_on: Mapped[date]
    lapsed_at: Mapped[datetime | None] = mapped_column(Instant)
    evaluated_at: Mapped[datetime | None] = mapped_column(Instant)
    channel: Mapped[str | None] = mapped_column(String(12))  # online | window
    grade: Mapped[int | None]  # 1 to 5
    reasons: Mapped[list[str]] = mapped_column(Json, default=list)
    finding: Mapped[str | None] = mapped_column(String(12))  # confirmed | partly | unfounded
    call_back: Mapped[str | None] = mapped_column(String(16))
    rectified_at: Mapped[datetime | None] = mapped_column(Instant)


class CreditEntry(Base):
    """An entry in the credit record 信用记录: a commitment that was false; who gave it as a hash."""

    __tablename__ = "credit_entry"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_hash: Mapped[str] = mapped_column(String(64), index=True)
    reason: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(Instant)
    entered_by: Mapped[str] = mapped_column(String(80))


class CaseArchive(Base):
    """A case put into the archive 归档: what was found whole, and how long it is kept."""

    __tablename__ = "case_archive"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    paper_no: Mapped[str] = mapped_column(String(60))
    retention: Mapped[str] = mapped_column(String(12))  # permanent | 30-years | 10-years
    documents: Mapped[int]
    events: Mapped[int]
    event_head: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the list of files and events
    made_at: Mapped[datetime] = mapped_column(Instant)


Index("ix_case_record_intake_office_id_stage", Case.intake_office_id, Case.stage)
Index("ix_case_record_handling_office_id_stage", Case.handling_office_id, Case.stage)
Index("ix_deadline_due_on", Deadline.due_on)
Index("ix_evaluation_office_id_grade", Evaluation.office_id, Evaluation.grade)

# One published edition a day and matter; one that was replaced the same day counts no more.
_IN_FORCE_AT_ALL = or_(
    MatterEdition.effective_to.is_(None),
    MatterEdition.effective_to > MatterEdition.effective_from,
)
Index(
    "uq_matter_edition_matter_no_effective_from",
    MatterEdition.matter_no,
    MatterEdition.effective_from,
    unique=True,
    sqlite_where=_IN_FORCE_AT_ALL,
    postgresql_where=_IN_FORCE_AT_ALL,
)
