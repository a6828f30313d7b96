"""The calendar of working days, as published for each year and imported by staff."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class CalendarDay(Base):
    """One day of a published year: working day or not, and why it differs from the week."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(120))
