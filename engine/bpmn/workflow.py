"""Workflow: one instance between two waits.

`start` begins it, `load` brings it back, `Run` is what a step does with it: complete a task,
deliver an event, fire timers, then `advance` to the next wait and `dump` what is alive. A failed
step leaves nothing to save: the caller rolls back and loads again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine import clock
from engine.bpmn import state
from engine.bpmn.activities import OperationContext
from engine.bpmn.bundle import Bundle
from engine.bpmn.errors import StepFailed
from engine.bpmn.instance import Instance
from engine.bpmn.run import Run
from engine.bpmn.token import checked, merge

__all__ = ["Operations", "Run", "load", "no_operations", "start"]

Operations = Callable[[OperationContext], Mapping[str, Any] | None]


def no_operations(context: OperationContext) -> None:
    """The dispatcher of a program that plugs in no operation."""
    raise StepFailed(context.element, f"there is no operation {context.name}")


def start(
    bundle: Bundle,
    variables: Mapping[str, Any] | None = None,
    *,
    operations: Operations = no_operations,
    now: Callable[[], datetime] = clock.now,
    probes: Mapping[str, Callable[..., Any]] | None = None,
    element: str | None = None,
    correlation: Mapping[str, Any] | None = None,
) -> Run:
    """Begin an instance; call `advance` to let it run.

    Args:
        bundle: The specifications, shared and never changed.
        variables: The first variables; they must be JSON values.
        operations: The one dispatcher for operations and decisions.
        now: The clock: an aware UTC instant per call.
        probes: Functions that scripts of this run may call by name.
        element: The start event, where an event starts the process.
        correlation: What the sender of that event gave; later messages must agree with it.

    Raises:
        StepFailed: the process can only be started by an event, or a variable is no JSON value.
    """
    top = _instance(bundle, operations, now, probes)
    if variables:
        merge(top.data, top.marks, checked(bundle.process_key, variables), _first_marks(variables))
        top.mark = 1
    top.begin(element)
    run = Run(bundle, top)
    if element is not None:
        run.begun_by(element, variables or {}, correlation or {})
    return run


def load(
    bundle: Bundle,
    blobs: Mapping[int, bytes],
    *,
    operations: Operations = no_operations,
    now: Callable[[], datetime] = clock.now,
    probes: Mapping[str, Callable[..., Any]] | None = None,
) -> Run:
    """Bring an instance back from what `Run.dump` returned."""
    top = _instance(bundle, operations, now, probes)
    state.load(top, blobs)
    return Run(bundle, top)


def _instance(
    bundle: Bundle,
    operations: Operations,
    now: Callable[[], datetime],
    probes: Mapping[str, Callable[..., Any]] | None,
) -> Instance:
    return Instance(bundle.root, bundle.specs, operations=operations, now=now, probes=probes or {})


def _first_marks(variables: Mapping[str, Any]) -> dict[str, int]:
    return dict.fromkeys(map(str, variables), 1)
