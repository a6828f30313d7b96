"""Scope: where tokens live; the process itself, a called process, or a sub-process.

Subclasses of SpiffWorkflow's workflows that keep live tokens only. A scope lets tokens enter and
leave nodes, listens for its event sub-processes, and finishes when no main token is left. Every
continuation goes through the queue of the instance, so that no diagram can exhaust the stack.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.bpmn.errors import BpmnError, ExpressionFailed, StepFailed
from engine.bpmn.expressions import ScriptEngine
from engine.bpmn.journal import Entry, Thrown
from engine.bpmn.model import Flow
from engine.bpmn.token import (
    BOUNDARY,
    CANCELLED,
    FINISHED,
    INSTANCE,
    LISTENER,
    MAIN,
    READY,
    Token,
    merge,
)

MOST_STEPS = 50_000
DEEPEST = 60


class _Scope:
    """What the process and the scopes below it have in common."""

    spec: Any
    tasks: dict[int, Token]
    top_workflow: Any
    data: dict[str, Any]
    number: int  # of the process scope this scope is stored with

    def _prepare(self, data: dict[str, Any], marks: dict[str, int]) -> None:
        self.data = data
        self.marks = marks
        self.running = 0

    def begin(self, start: str | None = None) -> None:
        """Listen for the event sub-processes, then let the first tokens in."""
        if self.spec.is_process:
            self.note("started", self.spec.name, "process", self.spec.description or "")
        for spec in self.spec.event_subprocesses:
            token = Token(self, spec, dict(self.data), dict(self.marks), LISTENER)
            spec.listen(token)
        for spec in self.spec.first(start):
            self.enter(spec, dict(self.data), dict(self.marks))
        if not self.running:
            self.finish()

    def enter(
        self,
        spec: Any,
        data: dict[str, Any],
        marks: dict[str, int],
        flow: Flow | None = None,
        fired: bool = False,
    ) -> Token:
        """Put a token at a node and let the node decide whether it is ready."""
        token = Token(self, spec, data, marks)
        if flow is not None:
            token.internal_data["flow"] = flow.id
        if fired:
            token.internal_data["fired"] = True
        self.record("entered", token)
        spec._update(token)
        return token

    def leave(self, token: Token, flows: Iterable[Flow]) -> None:
        """Take a completed token off its node and send its successors along the flows."""
        flows = list(flows)
        self.remove(token)
        for flow in flows:
            self.note("taken", flow.id, "sequenceFlow", flow.name)
            shared = len(flows) == 1
            data = token.data if shared else dict(token.data)
            marks = token.marks if shared else dict(token.marks)
            self.enter(self.spec.task_specs[flow.target], data, marks, flow)
        if not self.running:
            self.finish()

    def finish(self) -> None:
        """End the scope: nothing but listeners is left in it."""
        if self.completed:  # type: ignore[has-type]
            return
        self.completed = True
        for token in list(self.tasks.values()):
            self.remove(token)
        if self.spec.is_process:
            self.note("ended", self.spec.name, "process", self.spec.description or "")
        self._finished()

    def _finished(self) -> None:
        raise NotImplementedError

    def remove(self, token: Token, cancelled: bool = False) -> None:
        """Take a token away with all that hangs on it: events, instances, scopes below."""
        top = self.top_workflow
        parent = self.tasks.get(token._parent) if token._parent is not None else None
        if parent is not None:
            parent._children.remove(token.id)
        stack = [token]
        while stack:
            gone = stack.pop()
            scope = gone.workflow
            if scope.tasks.pop(gone.id, None) is None:
                continue
            del top.tokens[gone.id]
            if gone.role == MAIN:
                scope.running -= 1
            stack.extend(scope.tasks[child] for child in gone._children if child in scope.tasks)
            below = top.subprocesses.pop(gone.id, None)
            if below is not None:
                below.completed = True
                stack.extend(below.tasks.values())
            if not gone._state & FINISHED:
                gone._state = CANCELLED
                if cancelled and gone.role in (MAIN, INSTANCE):
                    scope.record("cancelled", gone)

    def clear(self, but: Token | None = None) -> None:
        """Cancel everything in the scope, called processes included, except one token."""
        for token in list(self.tasks.values()):
            if token is not but and token.id in self.tasks:
                self.remove(token, cancelled=True)

    def below(self, tokens: Iterable[Token]) -> Iterator[tuple[Any, set[str]]]:
        """Yield the scopes under some tokens, with the names that are local to a repetition."""
        subprocesses = self.top_workflow.subprocesses
        stack = [(token, set[str]()) for token in tokens]
        while stack:
            token, local = stack.pop()
            local = local | set(token.internal_data.get("local", ()))
            children = [token.workflow.tasks[child] for child in token._children]
            scope = subprocesses.get(token.id)
            if scope is not None:
                yield scope, local
                children += scope.tasks.values()
            stack.extend((child, local) for child in children)

    def salvage(
        self, token: Token, data: dict[str, Any], marks: dict[str, int]
    ) -> tuple[dict[str, Any], dict[str, int]]:
        """Add to variables what scopes under a token wrote, before it is cancelled."""
        for scope, local in self.below([token]):
            merge(data, marks, scope.data, scope.marks, local)
        return data, marks

    def listeners(self) -> Iterator[Token]:
        """Yield the tokens that wait for an event sub-process to start."""
        return (t for t in list(self.tasks.values()) if t.role == LISTENER and t.alive)

    def record(self, event: str, token: Token, code: str | None = None) -> None:
        """Write what happened to a token into the journal."""
        spec = token.task_spec
        self.note(event, spec.name, spec.kind, spec.bpmn_name or spec.name, token.id, code)

    def note(
        self,
        event: str,
        element: str,
        kind: str,
        name: str,
        token: int | None = None,
        code: str | None = None,
    ) -> None:
        """Write something into the journal."""
        top = self.top_workflow
        top.journal.append(
            Entry(
                event, element, kind, name, self.number, self.spec.process, top.now(), token, code
            )
        )


class Scope(_Scope, BpmnSubWorkflow):
    """The inside of a call activity or a sub-process."""

    def __init__(self, spec: Any, host: Token, data: dict[str, Any], marks: dict[str, int]) -> None:
        self.host = host
        self.number = host.id if spec.is_process else host.workflow.number
        super().__init__(
            spec,
            parent_task_id=host.id,
            top_workflow=host.workflow.top_workflow,
            deserializing=True,
        )
        self._prepare(data, marks)
        if self.depth > DEEPEST:
            raise StepFailed(host.element, f"calls are nested more than {DEEPEST} deep")
        self.top_workflow.subprocesses[host.id] = self

    @property
    def parent_workflow(self) -> Any:
        """The scope around this one."""
        return self.host.workflow

    def _calculate_depth(self) -> int:
        return int(self.parent_workflow.depth) + 1

    def _finished(self) -> None:
        host = self.host
        self.top_workflow.subprocesses.pop(host.id, None)
        host.adopt(self.data, self.marks)
        host._ready()


class Instance(_Scope, BpmnWorkflow):
    """One instance: the outermost scope, the queue, the journal and what the steps need."""

    def __init__(
        self,
        spec: Any,
        specs: Mapping[str, Any],
        *,
        operations: Callable[[Any], Mapping[str, Any] | None],
        now: Callable[[], datetime],
        probes: Mapping[str, Callable[..., Any]],
    ) -> None:
        super().__init__(spec, specs, ScriptEngine(now, probes), deserializing=True)
        self._prepare({}, {})
        self.number = 0
        self.operations = operations
        self.now = now
        self.tokens: dict[int, Token] = {}
        self.queue: deque[Token] = deque()
        self.journal: list[Entry] = []
        self.outbox: list[Thrown] = []
        self.conditions: set[int] = set()  # tokens that wait for one
        self.choices: dict[str, list[str]] = {}
        self.ended_by: str | None = None
        self.error_code: str | None = None
        self.sequence = 0
        self.mark = 0

    @property
    def depth(self) -> int:
        """The outermost scope has depth 0; a property, as in the base class."""
        return 0

    def next_id(self) -> int:
        """Return the number of the next token."""
        self.sequence += 1
        return self.sequence

    def next_mark(self) -> int:
        """Return the number of the next write."""
        self.mark += 1
        return self.mark

    def advance(self) -> None:
        """Run until every token waits for something from outside.

        Raises:
            StepFailed: an element failed, or the diagram never comes to rest.
        """
        steps = 0
        while True:
            self.check_conditions()
            while self.queue:
                token = self.queue.popleft()
                if token._state != READY or not token.alive:
                    continue
                steps += 1
                if steps > MOST_STEPS:
                    raise StepFailed(token.element, "the process never comes to rest")
                self.execute(token)
                self.check_conditions()
            if not self.settle():
                return

    def settle(self) -> bool:
        """When the queue is empty: let the inclusive joins fire that can now."""
        waiting = [t for t in self.tokens.values() if t.task_spec.settles]
        return any([t.alive and t.task_spec.settle(t) for t in waiting])

    def check_conditions(self) -> None:
        """After every step of a token: fire the conditions that have become true."""
        for identity in sorted(self.conditions):
            token = self.tokens.get(identity)
            if token is None:
                self.conditions.discard(identity)
            else:
                token.task_spec.check_condition(token)

    def execute(self, token: Token) -> None:
        """Run one token, turning what goes wrong into an error that names the element."""
        try:
            token.run()
        except BpmnError as error:
            self.throw_error(token, error.code)
        except ExpressionFailed as error:
            raise StepFailed(token.element, str(error)) from error

    def throw_error(self, token: Token, code: str | None) -> None:
        """Find who catches a BPMN error, from the token outwards; nobody: the instance ends."""
        token.workflow.record("error", token, code)
        catcher = self.find_catcher(token, "error", code)
        if catcher is not None:
            catcher.task_spec.fire(catcher, {})
        else:
            self.end("error", code)

    def throw_escalation(self, token: Token, code: str | None) -> None:
        """Find who catches an escalation; nobody: it passes unheard, as the standard says."""
        token.workflow.record("escalation", token, code)
        catcher = self.find_catcher(token, "escalation", code)
        if catcher is not None:
            catcher.task_spec.fire(catcher, {})

    def find_catcher(self, token: Token, kind: str, code: str | None) -> Any:
        """Search boundary events, then event sub-processes, level by level outwards.

        What an event sub-process throws itself is for those around it, not for itself.
        """
        while True:
            host = token.host
            scope = token.workflow
            hanging = [t for t in map(scope.tasks.get, host._children) if t.role == BOUNDARY]
            starting = [t for t in scope.listeners() if t.task_spec is not host.task_spec]
            for group in (hanging, starting):
                events = [(t, t.task_spec.event) for t in group]
                matching = [(t, e) for t, e in events if e.kind == kind and e.code in (None, code)]
                matching.sort(key=lambda pair: pair[1].code is None)
                if matching:
                    return matching[0][0]
            if scope is self:
                return None
            token = scope.host

    def end(self, by: str, code: str | None = None) -> None:
        """End the whole instance now."""
        self.ended_by, self.error_code = by, code
        self.clear()
        self.finish()

    def _finished(self) -> None:
        self.ended_by = self.ended_by or "none"
        self.queue.clear()
