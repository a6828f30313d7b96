"""Machine: the worker of a trace, with a clock that stands still until it is set.

One command is one step and then everything that is due because of it, in the order of due time,
instance and number, so that the same commands give the same events. Time stands still within a
command: timers fire when time passes or by hand, even those that are due at once. Outside systems
are never called: their jobs wait for `complete`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.problem import Problem
from engine import clock
from engine.bpmn.errors import StepFailed
from engine.db import Database, reading, transaction
from engine.models import Job
from engine.people.identity import Actor
from engine.process import definitions, instances, jobs, messages, steps
from engine.process.definitions import DeploymentRejected
from engine.process.execution import Step
from engine.process.trace.errors import NeverRests
from engine.process.trace.watcher import Watcher

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
SYSTEM = Actor.system()
OUTSIDE = frozenset({"connector"})
HELD = OUTSIDE | {"timer"}

Event = dict[str, Any]


class Machine:
    """What does the steps and the jobs of a trace.

    Attributes:
        now: the hands of the clock.
        most_jobs: done at one instant before it is said that this never rests.
        most_instants: passed on the way to another one.
    """

    most_jobs = 1_000
    most_instants = 5_000

    def __init__(self, database: Database, watcher: Watcher) -> None:
        self.database = database
        self.watcher = watcher
        self.now = START

    def deploy(self, files: Mapping[str, bytes]) -> list[Problem]:
        """Deploy files; return all remarks on them. With an error among them, nothing is there."""
        try:
            with clock.at(self.now), transaction(self.database) as session:
                return definitions.deploy(session, files, by=SYSTEM).problems
        except DeploymentRejected as error:
            return error.problems

    def do(
        self, happen: Callable[[Session], object], instance_id: UUID | None = None
    ) -> list[Event]:
        """Let something happen in a step of its own, then all that follows.

        Args:
            happen: the step, in an open transaction.
            instance_id: to which an incident belongs when the step fails.

        Raises:
            EngineError: what the step raised; nothing of it was kept.
            NeverRests: what follows makes new work without end.
        """
        with clock.at(self.now):
            self.watcher.begin()
            with steps.run(self.database, instance_id=instance_id) as session:
                happen(session)
            events = self.watcher.keep()
            self._drain(events, HELD)
        return events

    def move(self, instance_id: UUID, happen: Callable[[Step], object]) -> list[Event]:
        """Let something happen in an instance, then all that follows."""
        return self.do(
            lambda session: instances.move(session, instance_id, happen, by=SYSTEM), instance_id
        )

    def advance_to(self, end: datetime) -> list[Event]:
        """Let time pass; what is due on the way happens at its own instant.

        Raises:
            NeverRests: timers go on without end.
        """
        events: list[Event] = []
        self._drain(events, OUTSIDE)
        for _ in range(self.most_instants):
            due = self.next_due(end)
            if due is None:
                self.now = max(self.now, end)
                return events
            self.now = max(self.now, due)
            self._drain(events, OUTSIDE)
        raise NeverRests(self.most_instants, events)

    def _drain(self, events: list[Event], held: frozenset[str]) -> None:
        """Do everything that is due now, but some kinds of jobs, and add what happens."""
        done = 0
        with clock.at(self.now):
            while done < self.most_jobs:
                taken = jobs.take(self.database, self.most_jobs, but=held)  # all: nothing is drawn
                found = [self._perform(one) for one in taken] or self._offer()
                done += len(found)
                for happened in found:
                    events += happened
                if not found:
                    return
        raise NeverRests(self.most_jobs, events)

    def _perform(self, taken: jobs.Taken) -> list[Event]:
        self.watcher.begin()
        return self.watcher.keep() if jobs.perform(self.database, taken) else []

    def _offer(self) -> list[list[Event]]:
        """Bring kept messages and those who wait for them together."""
        with reading(self.database) as session:
            waiting = messages.offerable(session)
        found = []
        for message_id in waiting:
            self.watcher.begin()
            try:
                with steps.run(self.database) as session:
                    taken = messages.offer_again(session, message_id, by=SYSTEM)
            except (messages.MessageAmbiguous, StepFailed):
                continue  # kept; a failed step has left its incident
            if taken:
                found.append(self.watcher.keep())
        return found

    def next_due(self, end: datetime) -> datetime | None:
        """Return when the next thing happens by itself until an instant, None if nothing does."""
        query = select(func.min(Job.due_at)).where(
            Job.state == "waiting", Job.kind.not_in(OUTSIDE), Job.due_at <= end
        )
        with reading(self.database) as session:
            return session.scalar(query)
