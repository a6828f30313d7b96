"""What every table shares: the base class, JSON that is native where it can be, UUIDv7 keys.

Tables that belong to a case are keyed `(instance_id, number)`, so that a database cluster can
keep a case on one node; foreign keys stay inside a case or point to a reference table.
"""

from __future__ import annotations

import secrets
import uuid

from sqlalchemy import JSON
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from engine import clock
from engine.db import Instant, metadata

__all__ = ["Base", "Instant", "Json", "new_id"]

Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """The base of all tables; constraint names follow the convention in `engine.db`."""

    metadata = metadata()


def new_id() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = int(clock.now().timestamp() * 1000)
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76
    value |= secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
