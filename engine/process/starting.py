"""Starting: instances that a message, a signal or a timer begins.

A message that some instance waits for goes there; only one that nobody waits for starts a
process, and one process alone. A signal starts every process that listens for it. Timers are
looked at by the worker, each start in a transaction of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine import clock
from engine.db import Database, reading, transaction
from engine.models import Instance, StartTrigger
from engine.outages import DatabaseBusy, DatabaseOutage
from engine.people.identity import Actor
from engine.process import instances, triggers

AGAIN = timedelta(hours=1)  # after a timer whose start failed

log = logging.getLogger(__name__)


def by_message(
    session: Session,
    name: str,
    payload: Mapping[str, Any],
    correlation: Mapping[str, Any],
    *,
    by: Actor,
) -> Instance | None:
    """Start the process that a message starts; None if there is none.

    Raises:
        StepFailed: its first step failed.
    """
    for trigger in triggers.named(session, "message", name)[:1]:
        return _start(session, trigger, payload, by=by, correlation=correlation)
    return None


def by_signal(session: Session, name: str, payload: Mapping[str, Any], *, by: Actor) -> int:
    """Start every process that a signal starts; return how many.

    Raises:
        StepFailed: a first step failed.
    """
    found = triggers.named(session, "signal", name)
    for trigger in found:
        _start(session, trigger, payload, by=by)
    return len(found)


def by_timers(database: Database) -> int:
    """Start what timers start now; return how many instances were started."""
    with reading(database) as session:
        found = [(one.definition_id, one.number) for one in triggers.due(session)]
    return sum(_by_timer(database, key) for key in found)


def _by_timer(database: Database, key: tuple[UUID, int]) -> bool:
    try:
        with transaction(database) as session:
            trigger = _still_due(session, key)
            if trigger is None:
                return False
            triggers.go_on(trigger)
            _start(session, trigger, {}, by=Actor.system())
            return True
    except (DatabaseBusy, DatabaseOutage):
        raise
    except Exception as error:  # one start must not stop the worker
        facts = {"element": getattr(error, "element", None), "definition": str(key[0])}
        log.error("timed start failed", extra=facts | {"kind": type(error).__name__})
        with transaction(database) as session:
            trigger = _still_due(session, key)
            if trigger is not None:
                triggers.postpone(trigger, AGAIN)
        return False


def _still_due(session: Session, key: tuple[UUID, int]) -> StartTrigger | None:
    """Lock a timer; None if another worker was faster or a newer version took its place."""
    found = session.get(StartTrigger, key, with_for_update=True)
    if found is None or found.due_at is None or found.due_at > clock.now():
        return None
    return found


def _start(
    session: Session,
    trigger: StartTrigger,
    payload: Mapping[str, Any],
    *,
    by: Actor,
    correlation: Mapping[str, Any] | None = None,
) -> Instance:
    return instances.start(
        session,
        trigger.process_key,
        by=by,
        variables=triggers.brings(trigger, payload),
        element=trigger.element,
        correlation=correlation,
    )
