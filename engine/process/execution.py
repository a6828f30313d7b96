"""Execution: one step of one instance, from the locked row to the written rows.

`Step.open` locks the instance in a statement of its own and reads everything else after it, so
that nothing stale is seen. The caller lets something happen in the run; `finish` runs it to the
next wait and writes what changed: state, tasks, jobs, subscriptions, history. It never commits:
an exception anywhere leaves the rollback of the whole step to the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, undefer

from engine import clock, rows
from engine.bpmn import workflow
from engine.bpmn.activities import OperationContext
from engine.bpmn.errors import BpmnError, StepFailed
from engine.bpmn.workflow import Run
from engine.errors import Conflict, EngineError, NotFound
from engine.models import Instance, Scope, Task
from engine.people.identity import Actor
from engine.process import bundles, decisions, incidents, placing, variables, waits
from engine.process.bundles import Built
from engine.process.operations import OperationCall
from engine.process.steps import InstanceStepFailed
from engine.process.wiring import Hook, probes_of, wiring_of
from engine.record import history, personal
from engine.record.history import UNSET, Entry, Value

LIVE = ("running", "incident")
SUSPENDED = "suspended"
OPEN = ("open", "claimed")


class InstanceNotFound(NotFound):
    """Search for the case: the id may belong to another installation."""

    code = "instance-not-found"
    message = "There is no instance {instance}."


class InstanceEnded(Conflict):
    """The instance is finished; start a new one."""

    code = "instance-ended"
    message = "Instance {instance} has ended ({status})."


class InstanceSuspended(Conflict):
    """Have an operator resume the instance; nothing of it is lost meanwhile."""

    code = "instance-suspended"
    message = "Instance {instance} is suspended."


class Step:
    """One step in the making.

    Attributes:
        instance: the locked row.
        run: the process in memory.
        tasks: the open tasks by the token that waits, as they were before the step.
        left_open: the open tasks after it, set when it is saved; new ones are copies of their rows.
        after: what else it waits for then.
        task_number: the task whose completion this step is.
        job_number: the job that this step does.
    """

    run: Run

    def __init__(self, session: Session, instance: Instance, by: Actor) -> None:
        self.session = session
        self.instance = instance
        self.built: Built = bundles.of_instance(session, instance)
        self.by = by
        self.at = clock.now()
        self.tasks: dict[int, Task] = {}
        self.left_open: list[Task] = []
        self.before = self.after = waits.NOTHING
        self.task_number: int | None = None
        self.job_number: int | None = None
        self._blobs: dict[int, bytes] = {}
        self._entries: list[Entry] = []
        self._operations: list[list[Any]] = []

    @classmethod
    def begin(
        cls,
        session: Session,
        instance: Instance,
        values: Mapping[str, Any],
        by: Actor,
        element: str | None = None,
        correlation: Mapping[str, Any] | None = None,
    ) -> Step:
        """Begin the first step of a new instance, whose row is flushed already.

        Args:
            session: of the transaction.
            instance: the new row.
            values: the first variables.
            by: who starts it.
            element: where an event starts it; None for the start without an event.
            correlation: what the sender of that event gave.
        """
        step = cls(session, instance, by)
        step.note("instance.started", fields=changes({}, values))
        with _Place(step):
            step.run = workflow.start(
                step.built.specifications,
                values,
                operations=step._operate,
                now=clock.now,
                probes=probes_of(session),
                element=element,
                correlation=correlation,
            )
        step._prepare()
        return step

    @classmethod
    def open(cls, session: Session, instance_id: UUID, by: Actor) -> Step:
        """Lock an instance and bring it back.

        Raises:
            InstanceNotFound: there is none.
            InstanceEnded: it is not alive any more.
            InstanceSuspended: it stands still until somebody resumes it.
        """
        instance = lock(session, instance_id)
        return cls.resume(session, instance, open_tasks(session, instance_id), by)

    @classmethod
    def resume(
        cls, session: Session, instance: Instance, tasks: dict[int, Task], by: Actor
    ) -> Step:
        """Bring an instance back that is locked already, with its open tasks.

        Raises:
            InstanceEnded: it is not alive any more.
            InstanceSuspended: it stands still until somebody resumes it.
        """
        require_live(instance)
        step = cls(session, instance, by)
        step.tasks = tasks
        step._blobs = state_of(session, instance)
        step._load(step._blobs)
        step.before = waits.of(step.run)
        return step

    def rebuild(self, state: Mapping[int, bytes]) -> None:
        """Go on with another state, on the bundle that the instance names now."""
        self.built = bundles.of_instance(self.session, self.instance)
        self._load(state)

    def _load(self, state: Mapping[int, bytes]) -> None:
        self.run = workflow.load(
            self.built.specifications,
            state,
            operations=self._operate,
            now=clock.now,
            probes=probes_of(self.session),
        )
        self._prepare()

    def note(
        self,
        type_: str,
        element: str | None = None,
        fields: Mapping[str, Value] | None = None,
    ) -> None:
        """Tell the history what somebody did; it stands before what follows from it."""
        entry = Entry(type_, self.by.key, element, self.by.on_behalf_of, fields or {})
        self._entries.append(entry)

    def complete(self, token: int, values: Mapping[str, Any]) -> None:
        """Complete the task that waits with a token."""
        with _Place(self):
            self.run.complete(token, values)

    def answer(
        self,
        token: int,
        values: Mapping[str, Any],
        personal_fields: tuple[str, ...],
        facts: Mapping[str, Value],
    ) -> None:
        """Complete a service task with what an outside system has answered."""
        element = self.run.element_of(token)
        shared = {name: one for name, one in values.items() if name not in personal_fields}
        fields = dict(facts) | changes(self.instance.variables, shared)
        for name in personal_fields:
            if name in values:
                personal.keep(self.session, self.instance.id, name, values[name])
                fields[name] = Value(after=values[name], personal=True)
        self.note("connector.answered", element, fields)
        self.complete(token, shared)

    def deliver(
        self,
        name: str,
        payload: Mapping[str, Any],
        correlation: Mapping[str, Any] | None = None,
    ) -> bool:
        """Deliver a message; return whether anything waited for it."""
        with _Place(self):
            return self.run.deliver(name, payload, correlation)

    def signal(self, name: str, payload: Mapping[str, Any]) -> int:
        """Let a signal reach whatever waits for it; return how many."""
        with _Place(self):
            return self.run.signal(name, payload)

    def fire(self, token: int) -> bool:
        """Let a timer fire; false if nothing waits for it any more."""
        with _Place(self):
            return self.run.fire(token)

    def finish(self) -> Instance:
        """Run to the next wait and write everything; then tell the hooks.

        Raises:
            InstanceStepFailed: an element failed; nothing of this step may be kept.
        """
        with _Place(self):
            self.run.advance()
            waits.take_kept(self)
            self._save()
        self._tell()
        observer = wiring_of(self.session).observer
        if observer is not None:
            observer.watch(self.instance, self.run)
        return self.instance

    def cancel(self) -> Instance:
        """End the instance from outside."""
        self.run.cancel()
        return self.finish()

    def _prepare(self) -> None:
        observer = wiring_of(self.session).observer
        if observer is not None:
            observer.prepare(self.instance.id, self.run)

    def _save(self) -> None:
        instance, values, ended = self.instance, self.run.variables, self.run.is_completed()
        if not variables.storable(values):
            raise StepFailed(instance.process_key, "a variable holds the character NUL")
        with self.session.no_autoflush:  # one update of the instance, at the end
            placing.save(self)
            waits.save(self)
            self._save_scopes()
        if values != instance.variables:
            instance.variables = values
        instance.steps += 1
        troubled = instance.status == "incident"  # the only status that has open incidents
        if ended:
            instance.status = "cancelled" if self.run.ended_by == "cancel" else "completed"
            instance.ended_at = self.at
            instance.ended_by, instance.error_code = self.run.ended_by, self.run.error_code
        self._note_path()
        self._write_history()
        if troubled:
            incidents.resolve(
                self.session,
                instance,
                by=self.by,
                task_number=self.task_number,
                job_number=self.job_number,
                everything=ended,
            )

    def _save_scopes(self) -> None:
        blobs, place = self.run.dump(), self.instance.id
        self.instance.state = blobs.pop(0, None)
        if len(blobs) != self.instance.scopes:
            self.instance.scopes = len(blobs)
        gone = set(self._blobs) - set(blobs) - {0}
        if gone:
            self.session.execute(
                delete(Scope)
                .where(Scope.instance_id == place, Scope.number.in_(gone))
                .execution_options(synchronize_session=False)
            )
        changed = [
            {"instance_id": place, "number": number, "state": blob}
            for number, blob in blobs.items()
            if self._blobs.get(number) != blob
        ]
        if changed:
            rows.put(self.session, Scope, changed)

    def _note_path(self) -> None:
        path = [[one.event, one.element, one.process] for one in self.run.journal]
        if path:
            fields = {"path": Value(after=path)}
            if self._operations:
                fields["operations"] = Value(after=self._operations)
            self._entries.append(Entry("process.moved", self.by.key, fields=fields))

    def _write_history(self) -> None:
        entries, self._entries = self._entries, []
        with self.session.no_autoflush:  # the instance is updated once, after its events
            history.append(self.session, self.instance, entries)
        self.session.flush()

    def _tell(self) -> None:
        wiring, ended = wiring_of(self.session), self.instance.status not in LIVE
        self._call(wiring.on_finished if ended else wiring.on_step)
        if self.instance.steps == 1:
            self._call(wiring.on_started)
        self.session.flush()

    def _call(self, hook: Hook | None) -> None:
        if hook is not None:
            hook(self.session, self.instance, self.by)

    def _operate(self, context: OperationContext) -> Mapping[str, Any] | None:
        """Call an operation; what caused the call stands before it in the history."""
        if context.kind == "decision":
            return self._decide(context)
        operation = wiring_of(self.session).operations.get(context.name)
        if operation is None:
            raise StepFailed(context.element, f"there is no {context.kind} {context.name}")
        self._write_history()
        call = OperationCall(
            session=self.session,
            instance=self.instance,
            element=context.element,
            variables=context.variables,
            by=self.by,
            at=context.at,
            parameters=context.parameters,
        )
        try:
            result = operation(call)
        except (BpmnError, EngineError, DBAPIError):
            raise
        except Exception as error:
            # The kind alone: the text of an unexpected error may quote what somebody typed.
            reason = f"the operation {context.name} failed ({type(error).__name__})"
            raise StepFailed(context.element, reason) from error
        self._operations.append([context.element, context.name, dict(result or {})])
        return result

    def _decide(self, context: OperationContext) -> Mapping[str, Any]:
        decided = decisions.decide(self.built.decisions.get(context.name), context)
        self.note("decision.evaluated", context.element, decided.fields)
        self._operations.append([context.element, context.name, decided.variables])
        return decided.variables


class _Place:
    """Says of a failure in which instance and at which task it happened."""

    def __init__(self, step: Step) -> None:
        self.step = step

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, StepFailed) and not isinstance(error, InstanceStepFailed):
            reason, number = str(error.params["reason"]), self.step.task_number
            instance_id = self.step.instance.id
            raise InstanceStepFailed(instance_id, error.element, reason, number) from error


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Value]:
    """Return values as fields of an entry, with what they replace."""
    return {name: Value(before.get(name, UNSET), value) for name, value in after.items()}


def require_live(instance: Instance) -> None:
    """Refuse an instance in which nothing can happen.

    Raises:
        InstanceEnded, InstanceSuspended: for good, or for now.
    """
    if instance.status == SUSPENDED:
        raise InstanceSuspended(instance=instance.id)
    if instance.status not in LIVE:
        raise InstanceEnded(instance=instance.id, status=instance.status)


def lock(session: Session, instance_id: UUID) -> Instance:
    """Return an instance, locked until the end of the transaction; read everything else after it.

    Raises:
        InstanceNotFound: there is none.
    """
    session.flush()  # what is pending must not be lost by reading afresh
    found = session.scalars(_LOCKED, {"id": instance_id}).one_or_none()
    if found is None:
        raise InstanceNotFound(instance=instance_id)
    return found


def state_of(session: Session, instance: Instance) -> dict[int, bytes]:
    """Return the live state of a locked instance by scope number; most have one scope only."""
    blobs = {} if instance.state is None else {0: bytes(instance.state)}
    if instance.scopes:
        found = session.execute(
            select(Scope.number, Scope.state).where(Scope.instance_id == instance.id)
        )
        blobs |= {number: bytes(state) for number, state in found}
    return blobs


def open_tasks(session: Session, instance_id: UUID) -> dict[int, Task]:
    """Return the open tasks of a locked instance by token, read afresh."""
    return {task.token: task for task in session.scalars(_OPEN_TASKS, {"id": instance_id})}


# Made once: building a statement costs as much as asking it.
_LOCKED = (
    select(Instance)
    .where(Instance.id == bindparam("id"))
    .with_for_update()
    .options(undefer(Instance.state))
    .execution_options(populate_existing=True, autoflush=False)
)
_OPEN_TASKS = (
    select(Task)
    .where(Task.instance_id == bindparam("id"), Task.state.in_(OPEN))
    .order_by(Task.number)
    .options(undefer(Task.has_draft))
    .execution_options(populate_existing=True, autoflush=False)
)
