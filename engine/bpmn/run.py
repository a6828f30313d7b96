"""Run: an instance in memory between two waits, and all that a step may do with it.

It is made by `workflow.start` and `workflow.load`. What is asked of it is answered with copies;
what moves it leaves to the caller to `advance` and then to `dump`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from engine.bpmn import correlation, migration, relocation, state, waits
from engine.bpmn.activities import ConnectorTask
from engine.bpmn.bundle import Bundle
from engine.bpmn.catching import LISTENED
from engine.bpmn.errors import BpmnError, TaskNotReady
from engine.bpmn.instance import Instance
from engine.bpmn.journal import Entry, Thrown
from engine.bpmn.sending import broadcast
from engine.bpmn.token import LISTENER, READY, WAITING, Token, checked, merge, plain
from engine.bpmn.waits import ReadyTask, ServiceTask, Waiting


class Run:
    """An instance in memory for the length of one step."""

    def __init__(self, bundle: Bundle, top: Instance) -> None:
        self.bundle = bundle
        self._top = top

    # What waits

    def ready_tasks(self) -> list[ReadyTask]:
        """Return the tasks that wait for a person, oldest first."""
        return [
            waits.ready_task(t)
            for t in self._manual()
            if not isinstance(t.task_spec, ConnectorTask)
        ]

    def service_tasks(self) -> list[ServiceTask]:
        """Return the connector tasks that wait for their result, oldest first."""
        return [
            waits.service_task(t) for t in self._manual() if isinstance(t.task_spec, ConnectorTask)
        ]

    def waiting(self) -> list[Waiting]:
        """Return what waits for a timer, message, signal or condition, oldest first."""
        return [waits.waiting(t, correlation.known(self._top, t)) for t in self._listening()]

    # What moves

    def complete(self, token: int, data: Mapping[str, Any] | None = None) -> None:
        """Complete a waiting user, manual or connector task with its variables.

        Raises:
            TaskNotReady: the token is not open, or was completed before.
            StepFailed: a variable is no JSON value.
        """
        task = self._open(token)
        changes = checked(task.element, data or {})
        call = getattr(task.task_spec, "call", None)
        if call is not None and call.result:
            changes = {call.result: changes}
        task.write(changes)
        self._top.execute(task)

    def fail(self, token: int, code: str, message: str = "") -> None:
        """Let a waiting connector or user task leave by a BPMN error."""
        task = self._open(token)
        self._top.throw_error(task, BpmnError(code, message).code)

    def element_of(self, token: int) -> str:
        """Return the element at which a task waits."""
        return str(self._open(token).element)

    def catches(self, token: int, code: str) -> bool:
        """Tell whether anything in the diagram catches a BPMN error of a waiting task."""
        return self._top.find_catcher(self._open(token), "error", code) is not None

    def advance(self) -> None:
        """Run until everything waits for something from outside.

        Raises:
            StepFailed: an element failed; nothing of this step may be saved.
        """
        self._top.advance()

    def fire_timers(self, now: datetime | None = None) -> int:
        """Fire each timer that is due, in the order of their instants; call `advance` after."""
        moment = now or self._top.now()
        due = [(w.due, w.id) for w in self.waiting() if w.due is not None and w.due <= moment]
        fired = 0
        for _, identity in sorted(due):
            fired += self.fire(identity)
        return fired

    def fire(self, token: int, payload: Mapping[str, Any] | None = None) -> bool:
        """Let the event of one waiting token happen; false if it no longer waits."""
        waiting = self._top.tokens.get(token)
        if waiting is None or not _listens(waiting):
            return False
        waiting.task_spec.fire(waiting, checked(waiting.element, payload or {}))
        return True

    def deliver(
        self,
        name: str,
        payload: Mapping[str, Any] | None = None,
        sent: Mapping[str, Any] | None = None,
    ) -> bool:
        """Deliver a message to one waiting token; false if none waits for it.

        Where several wait, the innermost scope hears it first, then the flow before the event
        sub-processes, then the one that has waited longest.

        Args:
            name: of the message.
            payload: becomes variables where it is caught.
            sent: values by which the sender correlates it.
        """
        values = checked(name, payload or {})
        for token in self._by_nearness(name):
            event = token.task_spec.event
            given = correlation.given(self._top, event, values, sent or {})
            known = correlation.known(self._top, token)
            if all(given.get(key) == value for key, value in known.items()):
                correlation.learn(self._top, event, given)
                token.task_spec.fire(token, values)
                return True
        return False

    def begun_by(self, element: str, payload: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
        """Note the event that began the instance and keep what correlates the next ones."""
        spec = self._top.spec.task_specs[element]
        event = spec.event
        if event.kind in LISTENED:
            name = spec.bpmn_name or element
            self._top.note(event.kind, element, spec.kind, name, code=event.name)
        correlation.learn(self._top, event, correlation.given(self._top, event, payload, sent))

    def signal(self, name: str, payload: Mapping[str, Any] | None = None) -> int:
        """Let a signal reach every listener of the instance; return how many there were."""
        return broadcast(self._top, name or None, checked(name, payload or {}))

    def cancel(self) -> None:
        """End the instance from outside."""
        if not self._top.completed:
            self._top.end("cancel")

    def relocate(self, tokens: Collection[int], target: str) -> None:
        """Take waiting tokens away and put one elsewhere on their level; see `relocation`.

        Raises:
            MoveOriginUnfit, MoveTargetUnfit, MoveUnreachable, MoveUnproven: nothing was moved.
        """
        relocation.relocate(self._top, self.bundle.models, tokens, target)

    def listen_anew(self, old: Bundle, names: Mapping[str, str]) -> None:
        """Let events listen that an older version, from which this came, did not have."""
        migration.listen_anew(self._top, old, names)

    def choose(self, gateway: str, flows: list[str] | None) -> None:
        """Override the conditions of a node in this run, for trace; None gives them back."""
        if flows is None:
            self._top.choices.pop(gateway, None)
        else:
            self._top.choices[gateway] = flows

    def pause(self, elements: Iterable[str]) -> None:
        """Keep these activities open in this run until they are completed by hand, for trace."""
        self._top.paused = frozenset(elements)

    def record_call(self, name: str, args: Iterable[Any]) -> None:
        """Write into the journal that the running element called a function, for trace."""
        self._top.record_call(name, tuple(args))

    # What it is

    def is_completed(self) -> bool:
        """Tell whether the instance has ended."""
        return bool(self._top.completed)

    @property
    def ended_by(self) -> str | None:
        """None while it runs, then none | terminate | error | cancel."""
        return self._top.ended_by

    @property
    def error_code(self) -> str | None:
        """The code of the error that ended it."""
        return self._top.error_code

    @property
    def variables(self) -> dict[str, Any]:
        """The newest value of every variable, those of live sub-processes included."""
        data, marks = dict(self._top.data), dict(self._top.marks)
        for scope, local in self._top.below(list(self._top.tasks.values())):
            merge(data, marks, scope.data, scope.marks, local)
        return plain(data)

    @property
    def journal(self) -> list[Entry]:
        """What happened since the run was started or loaded."""
        return self._top.journal

    @property
    def outbox(self) -> list[Thrown]:
        """Messages and signals thrown since the run was started or loaded."""
        return self._top.outbox

    def dump(self) -> dict[int, bytes]:
        """Return the live state by scope number; empty when the instance has ended."""
        return state.dump(self._top)

    # Details

    def _manual(self) -> list[Token]:
        found = [t for t in self._top.tokens.values() if t._state == READY and t.manual]
        return sorted(found, key=lambda t: t.id)

    def _open(self, token: int) -> Token:
        task = self._top.tokens.get(token)
        if task is None or task._state != READY or not task.manual:
            raise TaskNotReady(token=token)
        return task

    def _listening(self) -> list[Token]:
        return sorted(filter(_listens, self._top.tokens.values()), key=lambda t: t.id)

    def _by_nearness(self, name: str) -> list[Token]:
        found = [
            token
            for token in self._listening()
            if token.task_spec.event.kind == "message" and token.task_spec.event.name == name
        ]
        return sorted(found, key=lambda t: (-t.workflow.depth, t.role == LISTENER, t.id))


def _listens(token: Token) -> bool:
    return token._state == WAITING and token.task_spec.event.kind in LISTENED
