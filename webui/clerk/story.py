"""The history of a case in sentences, read from its events.

Only what a person would tell a colleague becomes a sentence: who did what, and why. The rest
stays in the record for the auditor. What an office discusses about a case is not shown to the
window that only took it in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.people.permissions import Sight
from engine.record import history
from engine.record.history import EventView
from webui.clerk.sentences import Teller

MOST = 1000
INTERNAL = ("consultation.asked", "consultation.answered")
KINDS = {
    "clock.stopped": "stop",
    "case.sent-back": "bad",
    "delivery.returned": "bad",
    "case.acceptance-refused": "bad",
    "correction.told": "stop",
}


def events(session: Session, instance_id: UUID) -> list[EventView]:
    """Return the events of a case, oldest first."""
    return history.events(session, instance_id, limit=MOST)


def sentences(
    session: Session, instance_id: UUID, found: Iterable[EventView], sight: Sight
) -> list[dict[str, Any]]:
    """Return the history, newest first, in the form that the `history` macro takes."""
    listed = list(found)
    teller = Teller(session, instance_id, listed)
    told = []
    for event in reversed(listed):
        text = teller.sentence(event)
        if text is None or (event.type in INTERNAL and sight is Sight.INTAKE):
            continue
        told.append(
            {
                "text": text,
                "at": event.at,
                "kind": KINDS.get(event.type),
                "detail": teller.detail(event),
            }
        )
    return told
