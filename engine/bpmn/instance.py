"""Instance: the outermost scope, with the queue that all tokens go through.

It runs tokens until all of them wait, finds who catches an error or an escalation, and ends the
instance. Conditions are looked at after each token, inclusive joins when all others rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.bpmn.errors import BpmnError, ExpressionFailed, StepFailed
from engine.bpmn.expressions import ScriptEngine
from engine.bpmn.journal import Entry, Thrown
from engine.bpmn.scope import Level
from engine.bpmn.standing import settle
from engine.bpmn.token import BOUNDARY, READY, Token

MOST_STEPS = 50_000


class Instance(Level, BpmnWorkflow):
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
        self.settling: dict[tuple[int, str], tuple[Any, Any]] = {}  # joins with tokens, by level
        self.queue: deque[Token] = deque()
        self.journal: list[Entry] = []
        self.outbox: list[Thrown] = []
        self.conditions: set[int] = set()  # tokens that wait for one
        self.choices: dict[str, list[str]] = {}
        self.current: Token | None = None  # the one that runs
        self.paused: frozenset[str] = frozenset()  # tasks that a trace completes by hand
        self.loaded: Mapping[int, bytes] = {}  # the state that it came from
        self.touched: set[int] = set()  # process scopes that may have changed since
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
                if token._state != READY or not token.alive or token.manual:
                    continue
                steps += 1
                if steps > MOST_STEPS:
                    raise StepFailed(token.element, "the process never comes to rest")
                self.execute(token)
                self.check_conditions()
            if not settle(self):
                return

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
        self.current = token
        try:
            token.run()
        except BpmnError as error:
            self.throw_error(token, error.code)
        except ExpressionFailed as error:
            raise StepFailed(token.element, str(error)) from error

    def record_call(self, name: str, args: tuple[Any, ...]) -> None:
        """Write into the journal that the running element called a function, for trace."""
        token = self.current
        scope: Any = self if token is None else token.workflow
        element = scope.spec.name if token is None else token.element
        kind = "process" if token is None else token.task_spec.kind
        number = None if token is None else token.id
        self.journal.append(
            Entry(
                "call",
                element,
                kind,
                name,
                scope.number,
                scope.spec.process,
                self.now(),
                number,
                args=args,
            )
        )

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
