"""Execution: one step of one instance, from the locked row to the written rows.

`Step.open` locks the instance in a statement of its own and reads everything else after it, so
that nothing stale is seen. The caller lets something happen in the run; `finish` runs it to the
next wait and has what changed written (`saving`). It never commits: an exception anywhere leaves
the rollback of the whole step to the caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine import clock, rows
from engine.bpmn import workflow
from engine.bpmn.activities import OperationContext
from engine.bpmn.errors import StepFailed
from engine.bpmn.workflow import Run
from engine.models import Instance, Task
from engine.people.identity import Actor
from engine.process import bundles, calling, locking, saving, waits
from engine.process.bundles import Built
from engine.process.steps import InstanceStepFailed
from engine.process.wiring import Hook, probes_of, wiring_of
from engine.record import history, personal
from engine.record.history import UNSET, Entry, Value


class Step:
    """One step in the making.

    Attributes:
        instance: the locked row.
        run: the process in memory.
        tasks: the open tasks by the token that waits, as they were before the step.
        left_open: the open tasks after it, set when it is saved.
        after: what else it waits for then.
        task_number: the task whose completion this step is.
        job_number: the job that this step does.
        blobs: the state by scope, as it was before the step.
        entries: what was noted and is not in the history yet.
        called: the operations and decisions it called: element, name, answer.
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
        self.blobs: dict[int, bytes] = {}
        self.entries: list[Entry] = []
        self.called: list[list[Any]] = []

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
        with step._placed():
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
        instance = locking.lock(session, instance_id)
        return cls.resume(session, instance, locking.open_tasks(session, instance_id), by)

    @classmethod
    def resume(
        cls, session: Session, instance: Instance, tasks: dict[int, Task], by: Actor
    ) -> Step:
        """Bring an instance back that is locked already, with its open tasks.

        Raises:
            InstanceEnded: it is not alive any more.
            InstanceSuspended: it stands still until somebody resumes it.
        """
        locking.require_live(instance)
        step = cls(session, instance, by)
        step.tasks = tasks
        step.blobs = locking.state_of(session, instance)
        step._load(step.blobs)
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
        self.entries.append(entry)

    def write_history(self) -> None:
        """Append what was noted so far; later facts stand after it."""
        entries, self.entries = self.entries, []
        with self.session.no_autoflush:  # the instance is updated once, after its events
            history.append(self.session, self.instance, entries)
        rows.write(self.session, self.instance)

    def complete(self, token: int, values: Mapping[str, Any]) -> None:
        """Complete the task that waits with a token."""
        with self._placed():
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
        with self._placed():
            return self.run.deliver(name, payload, correlation)

    def signal(self, name: str, payload: Mapping[str, Any]) -> int:
        """Let a signal reach whatever waits for it; return how many."""
        with self._placed():
            return self.run.signal(name, payload)

    def fire(self, token: int) -> bool:
        """Let a timer fire; false if nothing waits for it any more."""
        with self._placed():
            return self.run.fire(token)

    def finish(self) -> Instance:
        """Run to the next wait and write everything; then tell the hooks.

        Raises:
            InstanceStepFailed: an element failed; nothing of this step may be kept.
        """
        with self._placed():
            self.run.advance()
            waits.take_kept(self)
            saving.save(self)
        self._tell()
        observer = wiring_of(self.session).observer
        if observer is not None:
            observer.watch(self.instance, self.run)
        return self.instance

    def cancel(self) -> Instance:
        """End the instance from outside."""
        self.run.cancel()
        return self.finish()

    @contextmanager
    def _placed(self) -> Iterator[None]:
        """Say of a failure in which instance and at which task it happened."""
        try:
            yield
        except InstanceStepFailed:
            raise
        except StepFailed as error:
            reason = str(error.params["reason"])
            raise InstanceStepFailed(
                self.instance.id, error.element, reason, self.task_number
            ) from error

    def _prepare(self) -> None:
        observer = wiring_of(self.session).observer
        if observer is not None:
            observer.prepare(self.instance.id, self.run)

    def _tell(self) -> None:
        wiring, ended = wiring_of(self.session), self.instance.status not in locking.LIVE
        self._call(wiring.on_finished if ended else wiring.on_step)
        if self.instance.steps == 1:
            self._call(wiring.on_started)
        self.session.flush()

    def _call(self, hook: Hook | None) -> None:
        if hook is not None:
            hook(self.session, self.instance, self.by)

    def _operate(self, context: OperationContext) -> Mapping[str, Any] | None:
        return calling.call(self, context)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Value]:
    """Return values as fields of an entry, with what they replace."""
    return {name: Value(before.get(name, UNSET), value) for name, value in after.items()}
