"""Looks: writing down that an auditor looked, and who else looked at a case.

A look is written in a transaction of its own before anything is read, so that it stands even if
the page fails. The subject names a case and at most a field, never a content.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import AccessEvent
from engine.record import access
from webui import auth

SHOWN = 100


def record(what: str, subject: str, reason: str | None = None) -> None:
    """Write a look of the person who asks; raise when it cannot be written."""
    access.record(
        auth.database(), actor=auth.actor().key, what=what, subject=subject[:120], reason=reason
    )


def of_case(session: Session, instance_id: UUID) -> list[AccessEvent]:
    """Return the latest looks at a case and refused attempts, newest first."""
    return list(
        session.scalars(
            select(AccessEvent)
            .where(AccessEvent.subject.contains(str(instance_id), autoescape=True))
            .order_by(AccessEvent.at.desc(), AccessEvent.sequence.desc())
            .limit(SHOWN)
        )
    )
