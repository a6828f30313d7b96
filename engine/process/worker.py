"""Worker: does what is due, again and again, until it is told to stop.

Any number of workers may run beside any number of web processes; leases keep them apart.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event

import psycopg

from engine.bpmn.errors import StepFailed
from engine.db import Database, reading, transaction
from engine.errors import Unavailable
from engine.people.identity import Actor
from engine.process import idempotency, jobs, messages, starting, steps, waking
from engine.process.interventions import batches

PAUSE = 1.0  # seconds between looks when nothing is due

log = logging.getLogger(__name__)


def run_once(database: Database, *, on_round: Callable[[Database], None] | None = None) -> int:
    """Do everything that is due now; return how many jobs succeeded."""
    done = 0
    while taken := jobs.take(database):
        results = [jobs.perform(database, one) for one in taken]
        done += sum(results)
        if not any(results):
            break
    done += _offer_messages(database) + starting.by_timers(database) + batches.work(database)
    with transaction(database) as session:
        messages.expire(session)
        idempotency.forget(session)
    if on_round is not None:
        on_round(database)
    return done


def _offer_messages(database: Database) -> int:
    """Bring kept messages and those who wait for them together; return how many were taken."""
    with reading(database) as session:
        waiting = messages.offerable(session)
    taken = 0
    for message_id in waiting:
        try:
            with steps.run(database) as session:
                taken += messages.offer_again(session, message_id, by=Actor.system())
        except (messages.MessageAmbiguous, StepFailed):
            continue  # kept until it expires; a failed step has left its incident
    return taken


def run(
    database: Database, stop: Event, *, on_round: Callable[[Database], None] | None = None
) -> None:
    """Work until `stop` is set; a database that is away for a while is waited for."""
    while not stop.is_set():
        try:
            with waking.listening(database) as ear:
                while not stop.is_set():
                    run_once(database, on_round=on_round)
                    ear.wait(stop, PAUSE)
        except (Unavailable, psycopg.OperationalError) as error:
            log.warning("worker waits for the database", extra={"kind": type(error).__name__})
            stop.wait(PAUSE)
