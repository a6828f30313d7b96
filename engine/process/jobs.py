"""Jobs: deferred work of an instance, done by a worker under a lease.

A worker takes a job by a conditional update of its one row, which works alike on both databases;
the result is applied only while the lease still holds. A job that fails is tried again, later each
time; used up, it is dead and an incident tells a person.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn.errors import StepFailed
from engine.bpmn.workflow import Run
from engine.db import Database, reading, transaction
from engine.errors import EngineError
from engine.models import Instance, Job
from engine.people.identity import Actor
from engine.process import incidents, instances, messages

LEASE = timedelta(seconds=60)
ATTEMPTS = 5
FIRST_WAIT = 2.0  # seconds
LONGEST_WAIT = 3600.0
BATCH = 50


class Taken(NamedTuple):
    """A job under lease."""

    instance_id: UUID
    number: int
    lease: str


def take(database: Database, limit: int = BATCH) -> list[Taken]:
    """Lease due jobs, first due first, shuffled so that two workers seldom want the same."""
    now = clock.now()
    free = or_(Job.leased_until.is_(None), Job.leased_until < now)
    with reading(database) as session:
        query = select(Job.instance_id, Job.number).where(
            Job.state == "waiting", Job.due_at <= now, free
        )
        found = session.execute(query.order_by(Job.due_at).limit(limit)).all()
    candidates = [(row[0], row[1]) for row in found]
    random.shuffle(candidates)
    taken = []
    for instance_id, number in candidates:
        lease = secrets.token_hex(16)
        with transaction(database) as session:
            won = session.execute(
                update(Job)
                .where(
                    Job.instance_id == instance_id,
                    Job.number == number,
                    Job.state == "waiting",
                    free,
                )
                .values(lease=lease, leased_until=now + LEASE, attempts=Job.attempts + 1)
            )
            if getattr(won, "rowcount", 0) == 1:
                taken.append(Taken(instance_id, number, lease))
    return taken


def perform(database: Database, taken: Taken) -> bool:
    """Do one leased job in a step of its own; return whether it succeeded."""
    try:
        with transaction(database) as session:
            instance = instances.lock(session, taken.instance_id)
            job = session.get(Job, (taken.instance_id, taken.number))
            if job is None or job.lease != taken.lease:
                return False
            _HANDLERS[job.kind](session, instance, job)
        return True
    except Exception as error:  # one job must not stop the next
        _fail(database, taken, error)
        return False


def _fire_timer(session: Session, instance: Instance, job: Job) -> None:
    token = job.token

    def happen(run: Run) -> None:
        if token is not None:
            run.fire(token)

    if instance.status in instances.LIVE:
        instances.move(session, instance.id, happen, by=Actor.system())
    else:
        session.delete(job)


def _send_message(session: Session, instance: Instance, job: Job) -> None:
    messages.send(
        session,
        job.payload["name"],
        correlation=job.payload["correlation"],
        payload=job.payload["payload"],
        message_id=f"{instance.id}/{job.number}",
        by=Actor.system(),
    )
    session.delete(job)


def _send_signal(session: Session, instance: Instance, job: Job) -> None:
    name, payload = job.payload["name"], job.payload["payload"]
    messages.signal(session, name, payload=payload, by=Actor.system())
    session.delete(job)


def _hear_signal(session: Session, instance: Instance, job: Job) -> None:
    name, payload = job.payload["name"], job.payload["payload"]
    session.delete(job)
    if instance.status in instances.LIVE:
        instances.move(
            session, instance.id, lambda run: run.signal(name, payload), by=Actor.system()
        )


def _call_connector(session: Session, instance: Instance, job: Job) -> None:
    raise StepFailed(
        job.element or "", f"there is no connector {job.payload.get('connector')} here"
    )


_HANDLERS: Mapping[str, Callable[[Session, Instance, Job], None]] = {
    "timer": _fire_timer,
    "message": _send_message,
    "signal": _send_signal,
    "hear": _hear_signal,
    "connector": _call_connector,
}


def _fail(database: Database, taken: Taken, error: Exception) -> None:
    """Put a failed job back for later, or declare it dead and call a person."""
    text = str(error) if isinstance(error, EngineError) else f"defect: {type(error).__name__}"
    with transaction(database) as session:
        instance = instances.lock(session, taken.instance_id)
        job = session.get(Job, (taken.instance_id, taken.number))
        if job is None or job.lease != taken.lease:
            return
        job.lease, job.leased_until, job.last_error = None, None, text[:1000]
        if job.attempts >= ATTEMPTS:
            job.state = "dead"
            incidents.add(session, instance, message=text, element=job.element, job=job.number)
            return
        wait = min(LONGEST_WAIT, FIRST_WAIT * 4 ** (job.attempts - 1))
        job.due_at = clock.now() + timedelta(seconds=wait * random.uniform(0.5, 1.5))
