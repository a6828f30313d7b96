"""Model: a diagram as plain frozen data, for checks, proofs and screens, and to build from.

Elements keep their ids, names, lines and document order. A node inside an embedded sub-process
names it as `parent`; nodes of the process itself have no parent. No lxml object survives here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from catalogue.problem import Problem
from engine.bpmn.extensions import NONE, Extensions

TASKS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
    }
)
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "complexGateway",
    }
)
CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
THROWING = frozenset({"endEvent", "intermediateThrowEvent"})
EVENTS = CATCHING | THROWING
NODES = ACTIVITIES | GATEWAYS | EVENTS


_Item = TypeVar("_Item")
_Key = TypeVar("_Key")
FORBIDDING = frozenset({"unreadable", "invalid", "unsupported", "unsafe"})


@dataclass(frozen=True)
class Event:
    """What an event waits for or throws; `none` when nothing is said."""

    kind: str = "none"
    name: str | None = None  # of the message, signal or link
    code: str | None = None  # of the error or escalation
    timer: str | None = None  # timeDate | timeDuration | timeCycle
    text: str | None = None  # of the timer or the condition
    correlation: tuple[tuple[str, str], ...] = ()  # (property, expression over the payload)
    parts: tuple[Event, ...] = ()  # of an event of the kind `multiple`
    parallel: bool = False  # whether all parts must come, not any
    activity: str | None = None  # what a compensation is thrown for; None: everything
    wait: bool = True  # whether a compensation is waited for


@dataclass(frozen=True)
class Loop:
    """Repetition of an activity."""

    kind: str  # parallel | sequential | standard
    cardinality: str | None = None
    collection: str | None = None
    item: str | None = None
    output: str | None = None
    output_item: str | None = None
    condition: str | None = None  # completion condition, or the loop condition of a standard loop
    test_before: bool = False
    maximum: int | None = None
    behavior: str = "All"  # All | None | One | Complex
    throws: tuple[tuple[str | None, Event], ...] = ()  # (condition, event) as instances complete


@dataclass(frozen=True)
class Node:
    """A flow node."""

    id: str
    kind: str
    name: str
    line: int
    parent: str | None = None
    lane: str | None = None
    event: Event = Event()
    loop: Loop | None = None
    extensions: Extensions = NONE
    documentation: str | None = None
    default: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    called: str | None = None
    script: str | None = None
    triggered_by_event: bool = False
    for_compensation: bool = False
    handler: str | None = None  # of a compensation boundary event: the activity that undoes
    start_quantity: int = 1
    completion_quantity: int = 1
    instantiate: bool = False  # a receive task or an event-based gateway that starts the process
    parallel_events: bool = False  # an instantiating gateway that needs all of its events
    activation: str | None = None  # condition of a complex gateway
    ordering: str | None = None  # of an ad-hoc sub-process
    completion: str | None = None  # condition by which it is complete
    cancels_rest: bool = True  # whether what is not done then is cancelled


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `id` is made up where the file has none."""

    id: str
    source: str
    target: str
    line: int
    name: str = ""
    parent: str | None = None
    condition: str | None = None


def _grouped(items: Iterable[_Item], by: Callable[[_Item], _Key]) -> dict[_Key, list[_Item]]:
    found: dict[_Key, list[_Item]] = {}
    for item in items:
        found.setdefault(by(item), []).append(item)
    return found


@dataclass(frozen=True)
class ProcessModel:
    """One process of one file."""

    id: str
    name: str
    file: str
    line: int
    executable: bool
    nodes: dict[str, Node]
    flows: dict[str, Flow]
    documentation: str | None = None
    extensions: Extensions = NONE
    bindings: tuple[tuple[str, str], ...] = ()  # (correlation property, expression over variables)

    def inside(self, parent: str | None) -> list[Node]:
        """Return the nodes directly inside a sub-process, or the process itself for None."""
        return list(self._levels.get(parent, ()))

    def outgoing(self, node: str) -> list[Flow]:
        """Return the flows that leave a node, in document order."""
        return list(self._outgoing.get(node, ()))

    def incoming(self, node: str) -> list[Flow]:
        """Return the flows that enter a node, in document order."""
        return list(self._incoming.get(node, ()))

    def starts(self, parent: str | None = None) -> list[Node]:
        """Return the start events of a level."""
        return [node for node in self.inside(parent) if node.kind == "startEvent"]

    def entrances(self) -> list[tuple[Node, Event]]:
        """Return the nodes at which an event from outside starts the process, with the event."""
        found = [(node, node.event) for node in self.starts() if node.event.kind != "none"]
        for node in self.inside(None):
            if not node.instantiate:
                continue
            if node.kind == "receiveTask":
                found.append((node, node.event))
            elif node.kind == "eventBasedGateway":
                targets = [self.nodes.get(flow.target) for flow in self.outgoing(node.id)]
                found += [(target, target.event) for target in targets if target is not None]
        return found

    def begins_by_itself(self, node: Node) -> bool:
        """Tell whether an activity has no flow into it and so begins with its level.

        The standard gives it a token beside a start event too (OMG issue BPMN2-202).
        """
        if node.kind not in ACTIVITIES or self.incoming(node.id):
            return False
        return not (node.triggered_by_event or node.for_compensation or node.instantiate)

    def boundary(self, node: str) -> list[Node]:
        """Return the boundary events attached to an activity."""
        return list(self._attached.get(node, ()))

    # A file may hold tens of thousands of elements: who asks for each node must not scan all.
    @cached_property
    def _levels(self) -> dict[str | None, list[Node]]:
        return _grouped(self.nodes.values(), lambda node: node.parent)

    @cached_property
    def _outgoing(self) -> dict[str, list[Flow]]:
        return _grouped(self.flows.values(), lambda flow: flow.source)

    @cached_property
    def _incoming(self) -> dict[str, list[Flow]]:
        return _grouped(self.flows.values(), lambda flow: flow.target)

    @cached_property
    def _attached(self) -> dict[str | None, list[Node]]:
        return _grouped(self.nodes.values(), lambda node: node.attached_to)

    def calls(self) -> Iterator[Node]:
        """Yield the call activities."""
        return (node for node in self.nodes.values() if node.kind == "callActivity")

    def is_event_subprocess(self, parent: str | None) -> bool:
        """Tell whether a level is an event sub-process."""
        return parent is not None and self.nodes[parent].triggered_by_event


@dataclass
class Parsed:
    """What `parse` found: the processes by id, and everything wrong with the files."""

    processes: dict[str, ProcessModel] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """The problems that forbid execution, whatever the profile."""
        return [p for p in self.problems if p.severity == "error" and p.kind in FORBIDDING]
