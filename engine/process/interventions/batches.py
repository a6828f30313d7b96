"""Batches: one intervention in many instances, done by the workers and followed by a person.

Each instance is a step and a transaction of its own, together with the mark that it is done, so
nothing is done twice whichever worker dies. What cannot be done is written beside the instance and
the others go on. A batch can be paused, continued and cancelled between two instances.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.db import Database, reading, transaction
from engine.errors import Conflict, EngineError, Invalid, NotFound
from engine.models import Batch, BatchItem
from engine.outages import DatabaseBusy, DatabaseOutage, Overtaken
from engine.people import permissions, users
from engine.people.identity import Actor
from engine.process import instances
from engine.process.interventions import grounds, migration, moving
from engine.process.interventions import parameters as parameters_of
from engine.process.interventions import restarting, suspension

MOST = 10_000
ROUND = 200  # instances of one look, so that jobs are not kept waiting

Act = Callable[..., object]
ACTS: Mapping[str, Act] = {
    "suspend": suspension.suspend,
    "resume": suspension.resume,
    "cancel": instances.cancel,
    "move": moving.move,
    "migrate": migration.migrate,
    "restart": restarting.restart,
}


class BatchNotFound(NotFound):
    """Look at the list of batches."""

    code = "batch-not-found"
    message = "There is no batch {batch}."


class BatchInvalid(Invalid):
    """Name what is to be done, the parameters it takes, and at most ten thousand instances."""

    code = "batch-invalid"
    message = "This is no batch: {problem}."


class BatchEnded(Conflict):
    """Make a new batch; what this one has done stays done."""

    code = "batch-ended"
    message = "Batch {batch} has ended ({state})."


@dataclass(frozen=True)
class Progress:
    """How far a batch is: items by state, and the first that failed."""

    batch: Batch
    counts: Mapping[str, int]
    failed: Sequence[BatchItem]

    @property
    def total(self) -> int:
        """How many instances there are."""
        return sum(self.counts.values())


def create(
    session: Session,
    kind: str,
    instance_ids: Sequence[UUID],
    *,
    by: Actor,
    reason: str,
    parameters: Mapping[str, Any] | None = None,
) -> Batch:
    """Write a batch down; workers begin at once.

    Args:
        kind: a key of `ACTS`.
        instance_ids: in which instances, each once.
        by: who answers for it; the acts are done with their rights.
        reason: kept in the record of every instance.
        parameters: what the act takes beside the reason.

    Raises:
        MissingPermission, InterventionReasonMissing: not by this person, or not without a reason.
        BatchInvalid: an unknown act or parameter, no instance, or too many.
    """
    told, given = grounds.require(by, reason), dict(parameters or {})
    wanted = list(dict.fromkeys(instance_ids))
    if kind not in ACTS:
        raise BatchInvalid(problem=f"there is no act {kind}")
    problem = parameters_of.problem(kind, given)
    if problem is not None:
        raise BatchInvalid(problem=problem)
    if not 1 <= len(wanted) <= MOST or by.user_id is None:
        raise BatchInvalid(problem=f"1 to {MOST} instances are needed")
    made = Batch(
        kind=kind,
        parameters=given,
        reason=told,
        state="running",
        created_by=by.user_id,
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    items = [{"batch_id": made.id, "instance_id": one, "state": "waiting"} for one in wanted]
    session.execute(insert(BatchItem), items)
    return made


def steer(session: Session, batch_id: UUID, state: str, *, by: Actor) -> Batch:
    """Pause, continue or cancel a batch.

    Args:
        state: `paused`, `running` or `cancelled`.

    Raises:
        MissingPermission: the actor is no operator.
        BatchNotFound, BatchEnded: there is nothing to steer.
    """
    permissions.require(by, grounds.PERMISSION)
    batch = session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise BatchNotFound(batch=batch_id)
    if batch.ended_at is not None:
        raise BatchEnded(batch=batch_id, state=batch.state)
    if state not in ("paused", "running", "cancelled"):
        raise BatchInvalid(problem=f"{state} is no state to put it in")
    batch.state = state
    if state == "cancelled":
        batch.ended_at = clock.now()
        waiting = BatchItem.batch_id == batch_id, BatchItem.state == "waiting"
        session.execute(update(BatchItem).where(*waiting).values(state="dropped"))
    session.flush()
    return batch


def progress(session: Session, batch_id: UUID, *, by: Actor) -> Progress:
    """Return how far a batch is.

    Raises:
        MissingPermission: the actor is no operator.
        BatchNotFound: there is none.
    """
    permissions.require(by, grounds.PERMISSION)
    batch = session.get(Batch, batch_id, populate_existing=True)
    if batch is None:
        raise BatchNotFound(batch=batch_id)
    own = BatchItem.batch_id == batch_id
    counts = session.execute(
        select(BatchItem.state, func.count()).where(own).group_by(BatchItem.state)
    ).all()
    failed = select(BatchItem).where(own, BatchItem.state == "failed")
    listed = session.scalars(failed.order_by(BatchItem.instance_id).limit(100)).all()
    return Progress(batch, Counter({state: number for state, number in counts}), listed)


def latest(session: Session, *, by: Actor, limit: int = 50) -> list[Batch]:
    """Return the newest batches.

    Raises:
        MissingPermission: the actor is no operator.
    """
    permissions.require(by, grounds.PERMISSION)
    return list(session.scalars(select(Batch).order_by(Batch.created_at.desc()).limit(limit)))


def work(database: Database) -> int:
    """Do what running batches still have to do, up to a round; return how many were done."""
    with reading(database) as session:
        query = (
            select(BatchItem.batch_id, BatchItem.instance_id)
            .join(Batch, Batch.id == BatchItem.batch_id)
            .where(Batch.state == "running", BatchItem.state == "waiting")
            .order_by(Batch.created_at, BatchItem.instance_id)
        )
        todo = session.execute(query.limit(ROUND)).all()
    done = sum(_one(database, batch_id, instance_id) for batch_id, instance_id in todo)
    _settle(database)
    return done


def _one(database: Database, batch_id: UUID, instance_id: UUID) -> bool:
    """Do one instance; its mark and what is done are one transaction."""
    try:
        with transaction(database) as session:
            batch = session.get_one(Batch, batch_id)
            if batch.state != "running" or not _mark(session, batch_id, instance_id, "done"):
                return False
            act = ACTS[batch.kind]
            by = users.actor(session, batch.created_by)
            act(session, instance_id, by=by, reason=batch.reason, **batch.parameters)
        return True
    except DatabaseOutage:
        raise
    except (DatabaseBusy, Overtaken):
        return False  # nothing is wrong with the instance: it waits for the next round
    except EngineError as error:
        code, message = error.code, str(error)
    except Exception as error:  # one instance must not stop the others
        code, message = "defect", f"defect: {type(error).__name__}"
    with transaction(database) as session:
        _mark(session, batch_id, instance_id, "failed", code=code, message=message[:1000])
    return False


def _mark(session: Session, batch_id: UUID, instance_id: UUID, state: str, **more: str) -> bool:
    """Give an item its state unless somebody else was faster."""
    won: Any = session.execute(
        update(BatchItem)
        .where(
            BatchItem.batch_id == batch_id,
            BatchItem.instance_id == instance_id,
            BatchItem.state == "waiting",
        )
        .values(state=state, **more)
    )
    return bool(won.rowcount == 1)


def _settle(database: Database) -> None:
    """Close the batches in which nothing waits any more."""
    with transaction(database) as session:
        waiting = select(BatchItem.batch_id).where(BatchItem.state == "waiting")
        session.execute(
            update(Batch)
            .where(Batch.state == "running", Batch.id.not_in(waiting))
            .values(state="done", ended_at=clock.now())
        )
