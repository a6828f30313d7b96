"""The record: what happened, proven; what was personal, encrypted and separable.

An event row holds only salted commitments; salt and value lie in `event_value`, so that a
person's values can be destroyed while the chain of the case still verifies. Looks and refusals
go to `access_event`, chained per writer and day, and never lock a case.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Instant, Json


class Event(Base):
    """One appended, chained fact of a case; the body is the canonical text that was hashed."""

    __tablename__ = "event"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    type: Mapped[str] = mapped_column(String(60))
    body: Mapped[bytes] = mapped_column(LargeBinary)  # RFC 8785
    hash: Mapped[str] = mapped_column(String(64))


class EventValue(Base):
    """One value that an event commits to: `number` is the event's sequence, salt opens it."""

    __tablename__ = "event_value"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(120), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    value: Mapped[bytes] = mapped_column(LargeBinary)  # canonical JSON, encrypted when personal
    person: Mapped[str | None] = mapped_column(String(40))  # whose key encrypts it


class PersonKey(Base):
    """The key of one person's data in one case; destroying this row destroys the data."""

    __tablename__ = "person_key"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(40), primary_key=True)  # applicant | agent | …
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    destroyed_at: Mapped[datetime | None] = mapped_column(Instant)


class CaseData(Base):
    """A field of a case that is no process variable: encrypted when personal, else JSON."""

    __tablename__ = "case_data"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(120), primary_key=True)
    person: Mapped[str | None] = mapped_column(String(40))
    value: Mapped[bytes] = mapped_column(LargeBinary)
    search: Mapped[str | None] = mapped_column(String(64), index=True)  # keyed hash


class AccessEvent(Base):
    """A look at personal data or a refused attempt; one chain per writer and day."""

    __tablename__ = "access_event"

    writer: Mapped[str] = mapped_column(String(60), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(String(400))
    hash: Mapped[str] = mapped_column(String(64))


class Checkpoint(Base):
    """A signed Merkle root over the heads and counts of all cases."""

    __tablename__ = "checkpoint"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    cases: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    leaves: Mapped[list[Any]] = mapped_column(Json)  # [instance id, count, head]


Index("ix_access_event_subject", AccessEvent.subject)
Index("ix_event_type_at", Event.type, Event.at)
