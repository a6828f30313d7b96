"""Housekeeping: what must happen one day though no case asks for it.

Work of ended offices passes to their successors, limits that waited for the calendar are counted,
and stored files that nobody names any more are deleted. The worker calls this in every round; it does something only when something is left to do.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine.casework import recounting, stored
from engine.db import Database, reading, transaction
from engine.models import Instance
from engine.people import succession
from engine.people.identity import Actor
from engine.record import history
from engine.record.history import Entry, Value


def daily(database: Database) -> None:
    """Pass the work of offices on whose last day is over; once a day, count and tidy."""
    with reading(database) as session:
        ended = [office.id for office in succession.pending(session)]
    for office_id in ended:
        with transaction(database) as session:
            succession.pass_on(session, office_id, note=succeeded(Actor.system()))
    files = getattr(database.wiring, "files", None)
    if files is not None and files.is_due("recounted", timedelta(days=1)):
        recounting.recount(database)  # a year may have come with the files of an upgrade
    if files is not None and files.is_due("tidied", timedelta(days=1)):
        # Files bear the machine's time, whatever the time of business is.
        stored.tidy(database, before=datetime.now(UTC) - timedelta(days=1))


def succeeded(by: Actor) -> succession.Note:
    """Return what writes into the history of each instance that its office was succeeded.

    Args:
        by: who ended the office, or the system when its last day has passed.
    """

    def note(session: Session, instance: Instance, changes: dict[str, tuple[Any, Any]]) -> None:
        fields = {name: Value(before=old, after=new) for name, (old, new) in changes.items()}
        history.append(session, instance, [Entry("office.succeeded", by.key, fields=fields)])

    return note
