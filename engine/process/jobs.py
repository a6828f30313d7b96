"""Jobs: deferred work of an instance, done by a worker under a lease.

A worker takes a job by a conditional update of its one row, which works alike on both databases;
the result is applied only while the lease still holds. Lease time is the database's, so that the
clocks of machines need not agree; due time is the program's clock. A job that fails is tried
again, later each time; used up, it is dead and an incident tells a person.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text, tuple_, update
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn.errors import StepFailed
from engine.db import Database, reading, transaction
from engine.errors import Conflict, EngineError
from engine.models import Job
from engine.outages import DatabaseOutage
from engine.people.identity import Actor
from engine.process import incidents, locking, messages, outside
from engine.process.execution import Step
from engine.process.outside import Answer, ConnectorMissing, OutsideResting, Question
from engine.record.history import Value

LEASE = timedelta(seconds=60)
ATTEMPTS = 5
FIRST_WAIT = 2.0  # seconds
LONGEST_WAIT = 3600.0
BATCH = 50
SPREAD = 4  # how many times more candidates than are wanted


class OutsideSaysNo(Conflict):
    """Correct what was sent, or draw an error event on the task that catches the code."""

    code = "outside-says-no"
    message = "{system} refused ({code}): {words}"


class Taken(NamedTuple):
    """A job under lease."""

    instance_id: UUID
    number: int
    lease: str
    kind: str
    token: int | None


def take(
    database: Database, limit: int = BATCH, *, but: frozenset[str] = frozenset()
) -> list[Taken]:
    """Lease a batch of due jobs, those due first among the ones it got first.

    Candidates are read without locks and drawn from more than are wanted, so that two workers
    seldom want the same; whoever comes second to a row finds it leased and leaves it.

    Args:
        database: where they wait.
        limit: how many at most.
        but: kinds that somebody else does.
    """
    due, lease = clock.now(), secrets.token_hex(16)
    with reading(database) as session:
        query = select(Job.instance_id, Job.number, Job.kind, Job.token)
        query = query.where(_free(due, database_time(session)), Job.kind.not_in(but))
        query = query.order_by(Job.due_at, Job.instance_id, Job.number)
        found = session.execute(query.limit(limit * SPREAD)).all()
    candidates = {(row[0], row[1]): (row[2], row[3]) for row in found}
    drawn = set(random.sample(list(candidates), min(limit, len(candidates))))
    if not drawn:
        return []
    with transaction(database) as session:
        won = _lease(session, drawn, lease, due)
    return [Taken(*key, lease, *what) for key, what in candidates.items() if key in won]


def _lease(
    session: Session, drawn: set[tuple[UUID, int]], lease: str, due: datetime
) -> set[tuple[UUID, int]]:
    now, key = database_time(session), tuple_(Job.instance_id, Job.number)
    # Rows are locked in the order of their keys: two workers cannot wait for each other.
    still = select(Job.instance_id, Job.number).where(key.in_(drawn), _free(due, now))
    still = still.order_by(Job.instance_id, Job.number).with_for_update()
    free = {(row[0], row[1]) for row in session.execute(still)}
    if free:
        session.execute(
            update(Job)
            .where(key.in_(free))
            .values(lease=lease, leased_until=now + LEASE, attempts=Job.attempts + 1)
            .execution_options(synchronize_session=False)
        )
    return free


def _free(due: datetime, now: datetime) -> ColumnElement[bool]:
    unleased = or_(Job.leased_until.is_(None), Job.leased_until < now)
    return (Job.state == "waiting") & (Job.due_at <= due) & unleased


def database_time(session: Session) -> datetime:
    """Return the time of the database, by which leases are counted on every machine."""
    if session.get_bind().dialect.name == "sqlite":
        found = session.scalar(text("select strftime('%Y-%m-%dT%H:%M:%f', 'now')"))
        return datetime.fromisoformat(str(found)).replace(tzinfo=UTC)
    moment: datetime = session.execute(text("select clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)


def perform(database: Database, taken: Taken) -> bool:
    """Do one leased job in a step of its own; return whether it succeeded.

    Raises:
        DatabaseOutage: nothing can be said of the job; `give_back` it when the database is back.
    """
    try:
        happen = _HANDLERS.get(taken.kind)
        if happen is None:
            happen = _asked(database, taken)
        with transaction(database) as session:
            job = session.get(Job, (taken.instance_id, taken.number))
            if job is None or job.lease != taken.lease:
                return False
            return happen(session, job)
    except OutsideResting as resting:
        _postpone(database, taken, resting.until)
        return False
    except DatabaseOutage:
        raise
    except Exception as error:  # one job must not stop the next
        _fail(database, taken, error)
        return False


def give_back(database: Database, taken: Sequence[Taken]) -> None:
    """Let go of jobs that were leased and not tried; others may take them at once."""
    if not taken:
        return
    with transaction(database) as session:
        held = [(one.instance_id, one.number, one.lease) for one in taken]
        session.execute(
            update(Job)
            .where(tuple_(Job.instance_id, Job.number, Job.lease).in_(held))
            .values(lease=None, leased_until=None, attempts=Job.attempts - 1)
            .execution_options(synchronize_session=False)
        )


def _step(session: Session, job: Job, happen: Callable[[Step], object]) -> bool:
    """Do a job as a step of its own instance; an ended one only loses the job."""
    lease = job.lease
    instance = locking.lock(session, job.instance_id)
    session.refresh(job)  # read after the lock: the lease may have been lost while waiting
    if job.lease != lease:
        return False
    if instance.status not in locking.LIVE:
        session.delete(job)
        return True
    tasks = locking.open_tasks(session, instance.id)
    step = Step.resume(session, instance, tasks, Actor.system())
    step.job_number = job.number
    happen(step)
    step.finish()
    return True


def _fire_timer(session: Session, job: Job) -> bool:
    token = job.token
    assert token is not None
    return _step(session, job, lambda step: step.fire(token))


def _hear_signal(session: Session, job: Job) -> bool:
    name, payload = job.payload["name"], job.payload["payload"]

    def happen(step: Step) -> None:
        session.delete(job)
        step.note("signal.received", fields=messages.received(name, payload))
        step.signal(name, payload)

    return _step(session, job, happen)


def _send_message(session: Session, job: Job) -> bool:
    """Send what a step has thrown; the sender's own row is not locked for that.

    Two cases that send to one another at once would otherwise wait for each other.
    """
    if not _remove(session, job):
        return False
    messages.send(
        session,
        job.payload["name"],
        correlation=job.payload["correlation"],
        payload=job.payload["payload"],
        message_id=f"{job.instance_id}/{job.number}",
        by=Actor.system(),
    )
    return True


def _send_signal(session: Session, job: Job) -> bool:
    if not _remove(session, job):
        return False
    name, payload = job.payload["name"], job.payload["payload"]
    messages.signal(session, name, payload=payload, by=Actor.system())
    return True


def _remove(session: Session, job: Job) -> bool:
    """Take a job away while its lease holds; nobody else can then do it too."""
    lease = job.lease
    session.refresh(job, with_for_update=True)
    if job.lease != lease:
        return False
    session.delete(job)
    session.flush()
    return True


def _asked(database: Database, taken: Taken) -> Handler:
    """Ask the outside system of a connector job; return what applies its answer."""
    token = taken.token
    assert token is not None
    asked = outside.question(database, taken.instance_id, taken.number, token)
    if asked is None or not _prolong(database, taken, asked.connector.seconds):
        return lambda session, job: False
    answer = outside.ask(database, asked)
    return lambda session, job: _step(session, job, lambda step: _answer(step, asked, answer))


def _answer(step: Step, asked: Question, answer: Answer) -> None:
    # As the instance says now: it may have been carried over to another version meanwhile.
    waiting = {one.id: one for one in step.run.service_tasks()}
    task, refusal = waiting.get(asked.task.id, asked.task), answer.refusal
    facts = {"connector": Value(after=asked.request.system), "key": Value(after=asked.request.key)}
    if refusal is None:
        step.answer(task.id, answer.values, task.extensions.personal, facts)
        return
    if not step.run.catches(task.id, refusal.code):
        raise OutsideSaysNo(system=asked.request.system, code=refusal.code, words=refusal.words)
    facts |= {"code": Value(after=refusal.code), "words": Value(after=refusal.words)}
    step.note("connector.refused", task.element, facts)
    step.run.fail(task.id, refusal.code, refusal.words)


def _prolong(database: Database, taken: Taken, seconds: float) -> bool:
    """Let the lease outlast the longest answer; false if it was lost."""
    with transaction(database) as session:
        until = database_time(session) + timedelta(seconds=seconds) + outside.GRACE
        held: Any = session.execute(
            update(Job)
            .where(
                Job.instance_id == taken.instance_id,
                Job.number == taken.number,
                Job.lease == taken.lease,
            )
            .values(leased_until=until)
        )
        return bool(held.rowcount == 1)


def _postpone(database: Database, taken: Taken, until: datetime) -> None:
    """Put a job back that was not tried: the attempt does not count."""
    with transaction(database) as session:
        job = session.get(Job, (taken.instance_id, taken.number), with_for_update=True)
        if job is not None and job.lease == taken.lease:
            job.lease, job.leased_until, job.due_at = None, None, until
            job.attempts = max(0, job.attempts - 1)


Handler = Callable[[Session, Job], bool]
# A connector has no handler here: it is asked before its transaction begins.
_HANDLERS: Mapping[str, Handler] = {
    "timer": _fire_timer,
    "message": _send_message,
    "signal": _send_signal,
    "hear": _hear_signal,
}
_HOPELESS = (
    StepFailed,
    ConnectorMissing,
    OutsideSaysNo,
)  # trying again changes nothing until somebody mends


def _fail(database: Database, taken: Taken, error: Exception) -> None:
    """Put a failed job back for later, or declare it dead and call a person."""
    message = str(error) if isinstance(error, EngineError) else f"defect: {type(error).__name__}"
    with transaction(database) as session:
        instance = locking.lock(session, taken.instance_id)
        job = session.get(Job, (taken.instance_id, taken.number), populate_existing=True)
        if job is None or job.lease != taken.lease:
            return
        job.lease, job.leased_until, job.last_error = None, None, message[:1000]
        if job.attempts >= ATTEMPTS or isinstance(error, _HOPELESS):
            job.state = "dead"
            element = getattr(error, "element", None) or job.element
            incidents.add(session, instance, message=message, element=element, job=job.number)
            return
        wait = min(LONGEST_WAIT, FIRST_WAIT * 4 ** (job.attempts - 1))
        job.due_at = clock.now() + timedelta(seconds=wait * random.uniform(0.75, 1.25))
