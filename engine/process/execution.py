"""Execution: one step of one instance, from the locked row to the written rows.

`Step.open` locks the instance in a statement of its own and reads everything else after it, so
that nothing stale is seen. The caller feeds the run (complete, deliver, fire), then `finish` runs
it to the next wait and writes state, tasks, jobs, subscriptions and history. It never commits: an
exception anywhere leaves the rollback of the whole step to the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import workflow
from engine.bpmn.activities import OperationContext
from engine.bpmn.errors import BpmnError, StepFailed
from engine.bpmn.workflow import Run
from engine.errors import Conflict, EngineError, NotFound
from engine.models import Instance, Scope, Task
from engine.people.identity import Actor
from engine.process import bundles, incidents, journal, placing, rows, variables, waits
from engine.process.bundle_cache import Built
from engine.process.operations import OperationCall
from engine.process.steps import InstanceStepFailed
from engine.process.wiring import wiring_of
from engine.record import history
from engine.record.history import Entry, Value

ACTIVE = ("running", "incident")
OPEN = ("open", "claimed")


class InstanceNotFound(NotFound):
    """Look for the instance in the list."""

    code = "instance-not-found"
    message = "There is no instance {instance}."


class InstanceEnded(Conflict):
    """Nothing can be done in an instance that has ended or is suspended."""

    code = "instance-ended"
    message = "Instance {instance} is {status}."


class Step:
    """One step in the making.

    Attributes:
        instance: the locked row.
        tasks: the open tasks by the token that waits, as they were before the step.
        run: the process in memory.
    """

    run: Run

    def __init__(self, session: Session, instance: Instance, built: Built, by: Actor) -> None:
        self.session = session
        self.instance = instance
        self.built = built
        self.by = by
        self.at = clock.now()
        self.tasks: dict[int, Task] = {}
        self.blobs: dict[int, bytes] = {}
        self.before = waits.NOTHING
        self.task_number: int | None = None  # whose completion this step is
        self.job_number: int | None = None
        self._entries: list[Entry] = []
        self._seen = 0

    @classmethod
    def begin(
        cls, session: Session, instance: Instance, values: Mapping[str, Any], by: Actor
    ) -> Step:
        """Begin the first step of a new instance, whose row is flushed already."""
        step = cls(session, instance, bundles.of_instance(session, instance), by)
        step.note("instance.started", fields=journal.changes({}, values))
        with _Place(step):
            step.run = workflow.start(
                step.built.specifications, values, operations=step._operate, now=clock.now
            )
        return step

    @classmethod
    def open(cls, session: Session, instance_id: UUID, by: Actor) -> Step:
        """Lock an instance and bring it back.

        Raises:
            InstanceNotFound: there is none.
            InstanceEnded: it is neither running nor stuck.
        """
        instance = lock(session, instance_id)
        if instance.status not in ACTIVE:
            raise InstanceEnded(instance=instance_id, status=instance.status)
        step = cls(session, instance, bundles.of_instance(session, instance), by)
        step.tasks = open_tasks(session, instance_id)
        found = session.execute(
            select(Scope.number, Scope.state).where(Scope.instance_id == instance_id)
        )
        step.blobs = {number: bytes(state) for number, state in found}
        step.run = workflow.load(
            step.built.specifications, step.blobs, operations=step._operate, now=clock.now
        )
        step.before = waits.of(step.run)
        return step

    def note(
        self,
        type_: str,
        element: str | None = None,
        fields: Mapping[str, Value] | None = None,
    ) -> None:
        """Add what somebody did to the history, after what has happened so far."""
        self._hear()
        self._entries.append(journal.act(type_, self.by, element, fields))

    def complete(self, token: int, values: Mapping[str, Any]) -> None:
        """Complete the task or connector that waits with a token."""
        with _Place(self):
            self.run.complete(token, values)

    def deliver(
        self, name: str, payload: Mapping[str, Any], correlation: Mapping[str, Any] | None
    ) -> bool:
        """Deliver a message; return whether anything waited for it."""
        with _Place(self):
            return self.run.deliver(name, payload, correlation)

    def signal(self, name: str, payload: Mapping[str, Any]) -> bool:
        """Let a signal reach whatever waits for it."""
        with _Place(self):
            return self.run.signal(name, payload) > 0

    def fire_timers(self) -> int:
        """Fire what is due by the clock; return how many timers."""
        with _Place(self):
            return self.run.fire_timers(self.at)

    def finish(self) -> Instance:
        """Run to the next wait and write everything; then tell the hooks.

        Raises:
            InstanceStepFailed: an element failed; nothing of this step may be kept.
        """
        with _Place(self):
            self.run.advance()
            waits.take_buffered(self)
            self._save()
        self._tell()
        return self.instance

    def cancel(self) -> Instance:
        """End the instance from outside."""
        self.run.cancel()
        self._save(status="cancelled")
        self._tell()
        return self.instance

    def _save(self, status: str | None = None) -> None:
        instance, ended = self.instance, self.run.is_completed()
        values = self.run.variables
        if not variables.storable(values):
            raise StepFailed(instance.process_key, "a variable holds the character NUL")
        placing.save_tasks(self)
        self._save_scopes()
        waits.save(self)
        if values != instance.variables:
            instance.variables = values
        instance.steps += 1
        if ended:
            instance.status = status or "completed"
            instance.ended_at = self.at
            instance.ended_by = self.run.ended_by
            instance.error_code = self.run.error_code
        self._write_history()  # flushes, so that the instance is updated once
        if ended or instance.status == "incident":
            incidents.resolve(
                self.session,
                instance,
                by=self.by,
                task_number=self.task_number,
                job_number=self.job_number,
                everything=ended,
            )

    def _save_scopes(self) -> None:
        blobs = self.run.dump()
        gone = set(self.blobs) - set(blobs)
        if gone:
            self.session.execute(
                delete(Scope)
                .where(Scope.instance_id == self.instance.id, Scope.number.in_(gone))
                .execution_options(synchronize_session=False)
            )
        changed = [
            {"instance_id": self.instance.id, "number": number, "state": blob}
            for number, blob in blobs.items()
            if self.blobs.get(number) != blob
        ]
        if changed:
            rows.put(self.session, Scope, changed)

    def _tell(self) -> None:
        wiring, first = wiring_of(self.session), self.instance.steps == 1
        if first and wiring.on_started is not None:
            wiring.on_started(self.session, self.instance, self.by)
        if self.instance.status in ACTIVE:
            if wiring.on_step is not None:
                wiring.on_step(self.session, self.instance, self.by)
        elif wiring.on_finished is not None:
            wiring.on_finished(self.session, self.instance, self.by)
        self.session.flush()

    def _hear(self) -> None:
        if hasattr(self, "run"):
            new = self.run.journal[self._seen :]
            self._seen += len(new)
            self._entries += [journal.entry_of(one, self.by) for one in new]

    def _write_history(self) -> None:
        self._hear()
        entries, self._entries = self._entries, []
        history.append(self.session, self.instance, entries)
        self.session.flush()

    def _operate(self, context: OperationContext) -> Mapping[str, Any] | None:
        """Call an operation; what has happened before it stands before it in the history."""
        operation = wiring_of(self.session).operations.get(context.name)
        if context.kind != "operation" or operation is None:
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
        fields = {"operation": Value(after=context.name)}
        fields |= journal.changes(context.variables, result or {})
        self.note("operation.called", context.element, fields)
        return result


class _Place:
    """Says of a failure in which instance and at which task it happened."""

    def __init__(self, step: Step) -> None:
        self.step = step

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, StepFailed) and not isinstance(error, InstanceStepFailed):
            reason = str(error.params["reason"])
            raise InstanceStepFailed(
                self.step.instance.id, error.element, reason, self.step.task_number
            ) from error


def lock(session: Session, instance_id: UUID) -> Instance:
    """Lock an instance for a step; whatever belongs to it is read after this.

    Raises:
        InstanceNotFound: there is none.
    """
    instance = session.get(Instance, instance_id, with_for_update=True, populate_existing=True)
    if instance is None:
        raise InstanceNotFound(instance=instance_id)
    return instance


def open_tasks(session: Session, instance_id: UUID) -> dict[int, Task]:
    """Return the open tasks of a locked instance by token, read afresh."""
    query = (
        select(Task)
        .where(Task.instance_id == instance_id, Task.state.in_(OPEN))
        .order_by(Task.number)
        .execution_options(populate_existing=True)
    )
    return {task.token: task for task in session.scalars(query)}
