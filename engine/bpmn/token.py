"""Token: SpiffWorkflow's task, cut down to what is still alive.

A token holds its variables and, for each, the number of the write that set it, so that branches
stay apart until they join and the newest write then stands. Values are never changed in place:
what comes from outside is copied on the way in, so tokens may share nested values safely.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.errors import StepFailed
from engine.bpmn.expressions import DELETED
from engine.bpmn.standing import admit

READY, WAITING, STARTED = TaskState.READY, TaskState.WAITING, TaskState.STARTED
COMPLETED, CANCELLED, FUTURE = TaskState.COMPLETED, TaskState.CANCELLED, TaskState.FUTURE
FINISHED = TaskState.FINISHED_MASK

# What a token is to its scope. Only MAIN tokens keep a scope alive.
MAIN, INSTANCE, BOUNDARY, ALTERNATIVE, LISTENER = range(5)


class Token(Task):
    """One live token at one flow node."""

    def __init__(
        self,
        scope: Any,
        spec: Any,
        data: dict[str, Any],
        marks: dict[str, int],
        role: int = MAIN,
        parent: Token | None = None,
        identity: int | None = None,
    ) -> None:
        top = scope.top_workflow
        if identity is None:
            admit(scope, spec)
        self.id: int = identity or top.next_id()
        self.workflow = scope
        self.task_spec = spec
        self.role = role
        self.data = data
        self.marks = marks
        self.internal_data: dict[str, Any] = {}
        self.triggered = False
        self.thread_id = 0
        self.last_state_change = 0.0
        self._state: int = FUTURE
        self._parent = None if parent is None else parent.id
        self._children: list[int] = []
        scope.tasks[self.id] = self
        top.tokens[self.id] = self
        if parent is not None:
            parent._children.append(self.id)
        elif role == MAIN:
            scope.running += 1
            scope.standing.add(self)
        scope.touch()

    @property
    def element(self) -> str:
        """The id of the flow node."""
        return str(self.task_spec.name)

    @property
    def alive(self) -> bool:
        """Whether the token still exists in its instance."""
        return self.workflow.tasks.get(self.id) is self

    @property
    def host(self) -> Token:
        """The token that boundary events hang on: the loop, for one of its instances."""
        if self.role == INSTANCE:
            return self.workflow.tasks[self._parent]  # type: ignore[no-any-return]
        return self

    @property
    def manual(self) -> bool:
        """Whether somebody outside completes it; a repeated activity completes by itself."""
        spec = self.task_spec
        if not spec.manual and spec.name not in self.workflow.top_workflow.paused:
            return False
        return not (self.role == MAIN and spec.model.loop is not None)

    def _set_state(self, value: int) -> None:
        self._state = value
        self.workflow.touch()

    def _ready(self) -> None:
        self._set_state(READY)
        if not self.manual:
            self.workflow.top_workflow.queue.append(self)

    def _inherit_data(self) -> None:
        """Variables are handed over when the token is made."""

    def run(self) -> bool | None:
        """Execute the node; a node that does not complete now returns None."""
        result: bool | None = self.task_spec._run(self)
        if result:
            self.complete()
        return result

    def write(self, changes: Mapping[str, Any]) -> None:
        """Set variables; the value `DELETED` takes one away."""
        if not changes:
            return
        mark = self.workflow.top_workflow.next_mark()
        self.workflow.touch()
        _put(self.data, self.marks, changes, mark)
        if self.role != INSTANCE:
            _put(self.workflow.data, self.workflow.marks, changes, mark)

    def adopt(
        self, data: Mapping[str, Any], marks: Mapping[str, int], without: Iterable[str] = ()
    ) -> None:
        """Take over what was written later elsewhere: in another branch or a scope below."""
        self.workflow.touch()
        merge(self.data, self.marks, data, marks, without)
        if self.role != INSTANCE:
            merge(self.workflow.data, self.workflow.marks, data, marks, without)


def merge(
    data: dict[str, Any],
    marks: dict[str, int],
    other: Mapping[str, Any],
    other_marks: Mapping[str, int],
    without: Iterable[str] = (),
) -> None:
    """Let the newest write of each variable stand."""
    for name, mark in other_marks.items():
        if mark > marks.get(name, 0) and name not in without:
            marks[name] = mark
            if name in other:
                data[name] = other[name]
            else:
                data.pop(name, None)


def _put(
    data: dict[str, Any], marks: dict[str, int], changes: Mapping[str, Any], mark: int
) -> None:
    for name, value in changes.items():
        marks[name] = mark
        if value is DELETED:
            data.pop(name, None)
        else:
            data[name] = value


def _plain_default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"a value of type {type(value).__name__} cannot be a variable")


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a deep copy that holds JSON values only.

    Raises:
        TypeError: a value cannot be a process variable.
    """
    copied: dict[str, Any] = orjson.loads(
        orjson.dumps(dict(values), default=_plain_default, option=orjson.OPT_NON_STR_KEYS)
    )
    return copied


def checked(element: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of values that can be variables.

    Raises:
        StepFailed: one is no JSON value.
    """
    try:
        return plain(values)
    except TypeError as error:
        raise StepFailed(element, f"a variable is no JSON value: {error}") from error
