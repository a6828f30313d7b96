"""People and offices: who may act, where, and until when.

Offices and departments are reference tables, effective-dated, because districts merge: an ended
office names its successor. Passwords are argon2 hashes; tokens are kept as SHA-256 only.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Instant, Json, new_id


class Department(Base):
    """One of the ten departments of the notice, or the city office that supervises."""

    __tablename__ = "department"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(200))


class Office(Base):
    """A place where clerks sit: a district's window or an organ that decides."""

    __tablename__ = "office"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(40))
    district: Mapped[str | None] = mapped_column(String(12))
    level: Mapped[str] = mapped_column(String(12))  # district | municipal | vertical
    department_id: Mapped[str | None] = mapped_column(ForeignKey("department.id"))
    roles: Mapped[list[str]] = mapped_column(Json)  # of: intake, handling, lead
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]  # the first day on which it is gone
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("office.id"))


class User(Base):
    """A member of staff; leavers keep their row, because the record names them."""

    __tablename__ = "user_account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    office_id: Mapped[str | None] = mapped_column(ForeignKey("office.id"))
    language: Mapped[str] = mapped_column(String(10), default="zh")
    created_at: Mapped[datetime] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)


class UserRole(Base):
    """A role held at one office; which there are and what they allow: `people.permissions`."""

    __tablename__ = "user_role"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    office_id: Mapped[str] = mapped_column(ForeignKey("office.id"), primary_key=True)


class BrowserSession(Base):
    """A signed-in browser; the cookie holds the secret, this row only its hash."""

    __tablename__ = "browser_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class ApiToken(Base):
    """A bearer token of a program acting as a user, within scopes."""

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class SignInFailure(Base):
    """Failures of one account from one address; the delay grows for that pair alone."""

    __tablename__ = "sign_in_failure"

    login: Mapped[str] = mapped_column(String(60), primary_key=True)
    address: Mapped[str] = mapped_column(String(45), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime] = mapped_column(Instant)


Index("ix_office_district_department_id", Office.district, Office.department_id)
