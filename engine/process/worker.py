"""Worker: does what is due, again and again, until it is told to stop.

Any number of workers may run beside any number of web processes; leases keep them apart. Told to
stop, a worker finishes the job in hand and lets go of what else it holds. A database that is away
or full is waited for; what was held then is let go of when it is back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event

import psycopg

from engine.db import Database, reading, transaction
from engine.errors import Unavailable
from engine.outages import DatabaseAway, DatabaseBusy, DatabaseOutage
from engine.people.identity import Actor
from engine.process import idempotency, jobs, messages, starting, steps, waking
from engine.process.interventions import batches
from engine.process.jobs import Taken

PAUSE = 1.0  # seconds between looks when nothing is due

log = logging.getLogger(__name__)


def run_once(database: Database, *, on_round: Callable[[Database], None] | None = None) -> int:
    """Do everything that is due now; return how many jobs succeeded."""
    return _Worker(database, Event(), on_round).round()


def run(
    database: Database, stop: Event, *, on_round: Callable[[Database], None] | None = None
) -> None:
    """Work until `stop` is set; a database that is away for a while is waited for."""
    worker = _Worker(database, stop, on_round)
    while not stop.is_set():
        try:
            with waking.listening(database) as ear:
                while not stop.is_set():
                    worker.round()
                    ear.wait(stop, PAUSE)
        except (Unavailable, psycopg.OperationalError) as error:
            worker.wait_for_the_database(error)


class _Worker:
    """One worker: whether it shall stop, and which jobs it holds under lease."""

    def __init__(
        self, database: Database, stop: Event, on_round: Callable[[Database], None] | None
    ) -> None:
        self.database = database
        self.stop = stop
        self.on_round = on_round
        self.held: list[Taken] = []
        self.waits = False

    def round(self) -> int:
        """Do everything that is due now, or as much as there is time for."""
        self._let_go()
        done = self._jobs()
        for work in (_offer_messages, starting.by_timers, batches.work, self._sweep):
            if not self.stop.is_set():
                done += work(self.database)
        if self.waits:
            log.warning("worker goes on: the database is back")
            self.waits = False
        return done

    def wait_for_the_database(self, error: Exception) -> None:
        """Wait a moment; the log tells the beginning and the end of it."""
        if not self.waits:
            code = error.code if isinstance(error, Unavailable) else DatabaseAway.code
            log.warning("worker waits for the database (%s)", code, extra={"code": code})
            self.waits = True
        self.stop.wait(PAUSE)

    def _jobs(self) -> int:
        done = 0
        while not self.stop.is_set():
            until = time.monotonic() + jobs.LEASE.total_seconds() / 2
            self.held = list(jobs.take(self.database))
            succeeded = 0
            while self.held and not self.stop.is_set():
                succeeded += jobs.perform(self.database, self.held[0])
                del self.held[0]  # after the attempt: an outage leaves it held
                if time.monotonic() > until:  # a slow outside system: the leases would run out
                    break
            self._let_go()
            done += succeeded
            if not succeeded:
                break
        return done

    def _let_go(self) -> None:
        jobs.give_back(self.database, self.held)
        self.held = []

    def _sweep(self, database: Database) -> int:
        with transaction(database) as session:
            messages.expire(session)
            idempotency.forget(session)
        if self.on_round is not None:
            try:
                self.on_round(database)
            except (DatabaseBusy, DatabaseOutage):
                raise
            except Exception as error:  # housekeeping comes again; cases must go on
                log.warning("housekeeping failed", extra={"kind": type(error).__name__})
        return 0


def _offer_messages(database: Database) -> int:
    """Bring kept messages and those who wait for them together; return how many were taken."""
    with reading(database) as session:
        waiting = messages.offerable(session)
    taken = 0
    for message_id in waiting:
        try:
            with steps.run(database) as session:
                taken += messages.offer_again(session, message_id, by=Actor.system())
        except (DatabaseBusy, DatabaseOutage):
            raise
        except Exception as error:  # kept until it expires; a failed step has left its incident
            log.info("message not taken", extra={"kind": type(error).__name__})
    return taken
