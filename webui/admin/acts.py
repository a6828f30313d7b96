"""What an administrator did, written to the record of looks after the step is committed."""

from __future__ import annotations

from engine.record import access
from webui import auth


def record(what: str, subject: str, reason: str | None = None) -> None:
    """Write an act down: `user.added`, `office.ended` …, with ids and never with names."""
    access.record(
        auth.database(), actor=auth.actor().key, what=what, subject=subject, reason=reason
    )
