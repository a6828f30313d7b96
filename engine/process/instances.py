"""Instances: starting runs of a process and moving them from one wait to the next.

Every move has the same shape: lock the instance row, load what is alive, let something happen,
`settle`. Settling runs the process to its next wait and writes what changed: state, tasks, timers,
subscriptions and one history event with the path taken. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import workflow
from engine.bpmn.activities import OperationContext
from engine.bpmn.errors import StepFailed
from engine.bpmn.waits import ReadyTask
from engine.bpmn.workflow import Run
from engine.errors import Conflict, Invalid, NotFound
from engine.models import Incident, Instance, Job, Scope, Subscription, Task, new_id
from engine.people.identity import Actor
from engine.process import assignment, bundles, correlations, definitions, incidents, variables
from engine.process.operations import OperationCall
from engine.process.wiring import Hook, wiring_of
from engine.record import history
from engine.record.history import Entry, Value

LIVE = ("running", "incident")
WAITING_TASK = ("open", "claimed")


class InstanceNotFound(NotFound):
    """Search for the case: the id may belong to another installation."""

    code = "instance-not-found"
    message = "There is no instance {instance}."


class InstanceEnded(Conflict):
    """The instance is finished; start a new one."""

    code = "instance-ended"
    message = "Instance {instance} has ended ({status})."


class CancelReasonMissing(Invalid):
    """Say why: the reason is kept in the record."""

    code = "cancel-reason-missing"
    message = "Cancelling needs a reason."


@dataclass(frozen=True)
class View:
    """An instance with what it waits for."""

    instance: Instance
    tasks: list[Task]
    waiting: list[dict[str, Any]]
    incidents: list[dict[str, Any]]


def start(
    session: Session,
    process_key: str,
    *,
    by: Actor,
    variables: Mapping[str, Any] | None = None,
    version: int | None = None,
    business_key: str | None = None,
    office_id: str | None = None,
    instance_id: UUID | None = None,
) -> Instance:
    """Start an instance and run it to its first wait.

    Args:
        process_key: the id of the process.
        by: who starts it.
        variables: JSON values by name.
        version: of the definition; the newest by default.
        business_key: the caller's own reference.
        office_id: to which tasks without an office of their own belong.
        instance_id: given by a caller that needs it beforehand.

    Raises:
        DefinitionNotFound: no such process or version.
        UnknownField, VariableInvalid: a variable cannot be kept.
        StepFailed: the first step failed.
    """
    given = _checked(variables)
    definition = definitions.latest(session, process_key, version)
    bundle = bundles.bind(session, definition)
    instance = Instance(
        id=instance_id or new_id(),
        definition_id=definition.id,
        bundle_hash=bundle.hash,
        process_key=process_key,
        version=definition.version,
        business_key=business_key,
        status="running",
        office_id=office_id,
        started_by=by.key,
        started_at=clock.now(),
        variables={},
    )
    session.add(instance)
    session.flush()
    run = workflow.start(
        bundles.of_instance(session, instance).specifications,
        given,
        operations=_dispatcher(session, instance, by),
    )
    fields = {name: Value(after=value) for name, value in given.items()}
    entry = Entry("instance.started", by.key, on_behalf_of=by.on_behalf_of, fields=fields)
    settle(session, instance, run, by=by, entries=[entry])
    _call(wiring_of(session).on_started, session, instance, by)
    return instance


def _checked(given: Mapping[str, Any] | None) -> dict[str, Any]:
    return variables.check(given or {})


def get(session: Session, instance_id: UUID) -> Instance:
    """Return an instance.

    Raises:
        InstanceNotFound: there is none.
    """
    found = session.get(Instance, instance_id)
    if found is None:
        raise InstanceNotFound(instance=instance_id)
    return found


def lock(session: Session, instance_id: UUID) -> Instance:
    """Return an instance, locked until the end of the transaction; read everything else after it.

    Raises:
        InstanceNotFound: there is none.
    """
    found = session.get(Instance, instance_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise InstanceNotFound(instance=instance_id)
    return found


def load(session: Session, instance: Instance, *, by: Actor) -> Run:
    """Bring the live state of a locked instance into memory.

    Raises:
        InstanceEnded: it has none any more.
    """
    if instance.status not in LIVE:
        raise InstanceEnded(instance=instance.id, status=instance.status)
    rows = session.execute(
        select(Scope.number, Scope.state).where(Scope.instance_id == instance.id)
    )
    return workflow.load(
        bundles.of_instance(session, instance).specifications,
        {number: state for number, state in rows},
        operations=_dispatcher(session, instance, by),
    )


def move(
    session: Session,
    instance_id: UUID,
    happen: Callable[[Run], object],
    *,
    by: Actor,
    entries: Sequence[Entry] = (),
) -> Instance:
    """Lock an instance, let something happen in it, and settle.

    Raises:
        InstanceNotFound, InstanceEnded: nothing can happen any more.
        StepFailed: an element failed; the caller rolls back.
    """
    instance = lock(session, instance_id)
    run = load(session, instance, by=by)
    happen(run)
    settle(session, instance, run, by=by, entries=entries)
    return instance


def settle(
    session: Session, instance: Instance, run: Run, *, by: Actor, entries: Sequence[Entry] = ()
) -> None:
    """Run to the next wait and write everything that changed."""
    run.advance()
    _write_scopes(session, instance, run)
    _write_tasks(session, instance, run)
    _write_timers(session, instance, run)
    _write_subscriptions(session, instance, run)
    _write_connectors(session, instance, run)
    _send(session, instance, run)
    instance.variables = run.variables
    instance.steps += 1
    ended = run.is_completed()
    if ended:
        instance.status = "cancelled" if run.ended_by == "cancel" else "completed"
        instance.ended_at = clock.now()
        instance.ended_by, instance.error_code = run.ended_by, run.error_code
    path = [[e.event, e.element, e.process] for e in run.journal if e.element is not None]
    moved = Entry("process.moved", by.key, fields={"path": Value(after=path)})
    history.append(session, instance, [*entries, *([moved] if path else [])])
    session.flush()
    incidents.resolve(session, instance, by=by)
    hooks = wiring_of(session)
    _call(hooks.on_finished if ended else hooks.on_step, session, instance, by)


def cancel(session: Session, instance_id: UUID, *, by: Actor, reason: str) -> Instance:
    """End an instance from outside, for a reason that the record keeps.

    Raises:
        CancelReasonMissing: it is empty.
        InstanceNotFound, InstanceEnded: there is nothing to cancel.
    """
    if not reason.strip():
        raise CancelReasonMissing()
    fields = {"reason": Value(after=reason.strip())}
    entry = Entry("instance.cancelled", by.key, on_behalf_of=by.on_behalf_of, fields=fields)
    return move(session, instance_id, lambda run: run.cancel(), by=by, entries=[entry])


def view(session: Session, instance_id: UUID) -> View:
    """Return an instance with its open tasks, what else it waits for, and its incidents."""
    instance = get(session, instance_id)
    tasks = list(
        session.scalars(
            select(Task)
            .where(Task.instance_id == instance_id, Task.state.in_(WAITING_TASK))
            .order_by(Task.number)
        )
    )
    waits = [_wait(instance, t.element, "userTask", t.name, t.due_at, t.number) for t in tasks]
    jobs = select(Job).where(Job.instance_id == instance_id, Job.kind == "timer")
    waits += [
        _wait(instance, job.element, "timer", job.element, job.due_at, job.number)
        for job in session.scalars(jobs.order_by(Job.number))
    ]
    listens = select(Subscription).where(Subscription.instance_id == instance_id)
    waits += [
        _wait(instance, one.element, one.kind, one.name, None, one.number)
        for one in session.scalars(listens.order_by(Subscription.number))
    ]
    found = [_incident(one) for one in incidents.open_of(session, instance_id)]
    return View(instance, tasks, waits, found)


def _wait(
    instance: Instance,
    element: str | None,
    kind: str,
    name: str | None,
    due: datetime | None,
    number: int,
) -> dict[str, Any]:
    return {
        "instance": instance.id,
        "element": element,
        "type": kind,
        "name": name,
        "due": due,
        "number": number,
    }


def _incident(row: Incident) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "element": row.element,
        "message": row.message,
        "created_at": row.created_at,
    }


def _call(hook: Hook | None, session: Session, instance: Instance, by: Actor) -> None:
    if hook is not None:
        hook(session, instance, by)


def _dispatcher(session: Session, instance: Instance, by: Actor) -> workflow.Operations:
    """Return the one function through which a run reaches the operations of the program."""
    known = wiring_of(session).operations

    def call(context: OperationContext) -> Mapping[str, Any] | None:
        operation = known.get(context.name)
        if operation is None:
            raise StepFailed(context.element, f"there is no operation {context.name}")
        return operation(
            OperationCall(
                session=session,
                instance=instance,
                element=context.element,
                variables=context.variables,
                by=by,
                at=context.at,
                parameters=context.parameters,
            )
        )

    return call


def _next_number(instance: Instance) -> int:
    instance.counter += 1
    return instance.counter


def _write_scopes(session: Session, instance: Instance, run: Run) -> None:
    session.execute(delete(Scope).where(Scope.instance_id == instance.id))
    rows = [
        {"instance_id": instance.id, "number": number, "state": state}
        for number, state in run.dump().items()
    ]
    if rows:
        session.execute(insert(Scope), rows)


def _write_tasks(session: Session, instance: Instance, run: Run) -> None:
    query = select(Task).where(Task.instance_id == instance.id, Task.state.in_(WAITING_TASK))
    known = {task.token: task for task in session.scalars(query)}
    ready = {task.id: task for task in run.ready_tasks()}
    for token, task in known.items():
        if token not in ready:
            task.state, task.version = "cancelled", task.version + 1
        elif ready[token].extensions.not_same_as:
            task.excluded = assignment.excluded(session, instance, ready[token])
    for token, found in ready.items():
        if token not in known:
            session.add(_task(session, instance, found))
    session.flush()


def _task(session: Session, instance: Instance, ready: ReadyTask) -> Task:
    more = ready.extensions
    office_id = assignment.office_of(session, instance, ready)
    now = clock.now()
    return Task(
        instance_id=instance.id,
        number=_next_number(instance),
        token=ready.id,
        element=ready.element,
        name=(ready.name or ready.element)[:200],
        process_key=instance.process_key,
        case_no=instance.case_no,
        state="open",
        office_id=office_id,
        owner_id=assignment.owner_of(instance, ready),
        candidates=assignment.candidates_of(ready),
        created_at=now,
        due_at=_limit(session, ready, now),
        form_key=more.form,
        excluded=assignment.excluded(session, instance, ready),
    )


def _limit(session: Session, ready: ReadyTask, now: datetime) -> datetime | None:
    limit = ready.extensions.limit
    if limit is None:
        return None
    if limit.unit == "hour":
        return now + timedelta(hours=limit.days)
    add_workdays = wiring_of(session).add_workdays
    if limit.unit == "workday" and add_workdays is not None:
        return add_workdays(session, now, limit.days)
    return now + timedelta(days=limit.days)


def _write_timers(session: Session, instance: Instance, run: Run) -> None:
    query = select(Job).where(Job.instance_id == instance.id, Job.kind == "timer")
    known = {job.token: job for job in session.scalars(query)}
    waiting = {one.id: one for one in run.waiting() if one.due is not None}
    for token, job in known.items():
        if token not in waiting:
            session.delete(job)
    for token, one in waiting.items():
        timer = known.get(token)
        if timer is None:
            session.add(_job(instance, "timer", one.due, token=token, element=one.element))
        elif timer.due_at != one.due and timer.lease is not None:
            # A cycle came round: the same token waits for its next instant.
            assert one.due is not None
            timer.due_at, timer.lease, timer.leased_until, timer.attempts = one.due, None, None, 0
    session.flush()


def _job(
    instance: Instance,
    kind: str,
    due_at: datetime | None,
    *,
    token: int | None = None,
    element: str | None = None,
    payload: dict[str, Any] | None = None,
) -> Job:
    return Job(
        instance_id=instance.id,
        number=_next_number(instance),
        kind=kind,
        token=token,
        element=element,
        due_at=due_at or clock.now(),
        state="waiting",
        payload=payload or {},
    )


def _write_subscriptions(session: Session, instance: Instance, run: Run) -> None:
    query = select(Subscription).where(Subscription.instance_id == instance.id)
    known = {one.token: one for one in session.scalars(query)}
    waiting = {one.id: one for one in run.waiting() if one.type in ("message", "signal")}
    for token, row in known.items():
        if token not in waiting:
            session.delete(row)
    for token, one in waiting.items():
        digest = correlations.digest(one.correlation)
        listening = known.get(token)
        if listening is None:
            session.add(
                Subscription(
                    instance_id=instance.id,
                    number=_next_number(instance),
                    kind=one.type,
                    name=one.name,
                    correlation=digest,
                    token=token,
                    element=one.element,
                )
            )
        elif listening.correlation != digest:
            listening.correlation = digest
    session.flush()


def _write_connectors(session: Session, instance: Instance, run: Run) -> None:
    """Make a job of each connector task that has none; jobs of tasks that are gone go too."""
    query = select(Job).where(Job.instance_id == instance.id, Job.kind == "connector")
    known = {job.token: job for job in session.scalars(query)}
    waiting = {one.id: one for one in run.service_tasks()}
    for token, job in known.items():
        if token not in waiting:
            session.delete(job)
    for token, one in waiting.items():
        if token not in known:
            payload = {"connector": one.connector, "operation": one.operation}
            session.add(
                _job(instance, "connector", None, token=token, element=one.element, payload=payload)
            )


def _send(session: Session, instance: Instance, run: Run) -> None:
    """Turn what the process threw into jobs: a step never touches another instance."""
    for thrown in run.outbox:
        payload = {
            "name": thrown.name,
            "payload": dict(thrown.payload),
            "correlation": dict(thrown.correlation),
        }
        session.add(_job(instance, thrown.kind, None, element=thrown.element, payload=payload))
