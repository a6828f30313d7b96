"""Scope: where tokens live; the process itself, a called process, or a sub-process.

Subclasses of SpiffWorkflow's workflows that keep live tokens only. A scope lets tokens enter and
leave nodes, listens for its event sub-processes, and finishes when no main token is left. Every
continuation goes through the queue of the instance, so that no diagram can exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow

from engine.bpmn.errors import StepFailed
from engine.bpmn.journal import Entry
from engine.bpmn.model import Flow
from engine.bpmn.standing import Standing
from engine.bpmn.token import (
    CANCELLED,
    FINISHED,
    INSTANCE,
    LISTENER,
    MAIN,
    Token,
    merge,
)

DEEPEST = 60


class Level:
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
        self.standing = Standing(self)
        self.done: list[Any] = []  # completed activities that can be undone

    def touch(self) -> None:
        """Note that the state of the process scope around may differ from what was loaded."""
        self.top_workflow.touched.add(self.number)

    def begin(self, start: str | None = None) -> None:
        """Listen for the event sub-processes, then let the first tokens in."""
        if self.spec.is_process:
            self.note("started", self.spec.name, "process", self.spec.description or "")
        for spec in self.spec.event_subprocesses:
            token = Token(self, spec, dict(self.data), dict(self.marks), LISTENER)
            spec.listen(token)
        if start in self.spec.behind:
            self.spec.behind[start].begin(self, start)
        else:
            for spec in self.spec.first(start):
                self.enter(spec, dict(self.data), dict(self.marks), fired=start is not None)
        for spec in self.spec.alone:
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
            scope.touch()
            if gone.role == MAIN:
                scope.running -= 1
                scope.standing.remove(gone)
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
        nothing: set[str] = set()
        stack = [(token, nothing) for token in tokens]
        while stack:
            token, local = stack.pop()
            if "local" in token.internal_data:
                local = local | set(token.internal_data["local"])
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
        self.touch()
        top.journal.append(
            Entry(
                event, element, kind, name, self.number, self.spec.process, top.now(), token, code
            )
        )


class Scope(Level, BpmnSubWorkflow):
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
        if "undoes" in host.internal_data:
            host.adopt(self.data, self.marks, host.internal_data.get("local", ()))
        else:
            host.adopt(self.data, self.marks)
            if self.done or self.spec.compensated_by is not None:
                host.task_spec.keep_inside(self)
        host.triggered = True
        host._ready()
