"""Bundle: a process and all it calls, as SpiffWorkflow specifications that never change.

Built once from models, shared read-only by every instance: nothing at run time writes to a
specification, which is why two instances cannot influence each other. Names of embedded
sub-processes carry their process, so that files may use the same ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition
from SpiffWorkflow.specs import WorkflowSpec

from engine.bpmn.activities import (
    Activity,
    CallActivity,
    ConnectorTask,
    DecisionTask,
    EmptyTask,
    ManualTask,
    OperationTask,
    ScriptTask,
    SubProcess,
    UserTask,
)
from engine.bpmn.errors import StepFailed
from engine.bpmn.events import (
    BoundaryEvent,
    CatchEvent,
    EventBasedGateway,
    EventSubProcess,
    ReceiveTask,
    StartEvent,
)
from engine.bpmn.extensions import Call
from engine.bpmn.joins import InclusiveGateway, ParallelGateway
from engine.bpmn.model import SUBPROCESSES, Node, ProcessModel
from engine.bpmn.nodes import ExclusiveGateway
from engine.bpmn.throws import EndEvent, SendTask, ThrowEvent


class ProcessSpec(BpmnProcessSpec):
    """One level: a process, or the inside of a sub-process."""

    def __init__(self, name: str, model: ProcessModel, parent: str | None) -> None:
        # The base class would add nodes named Start and End, which a diagram may use itself.
        WorkflowSpec.__init__(self, name=name, filename=model.file, addstart=False)
        self.description = model.name
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.process = model.id
        self.is_process = parent is None
        self.bindings = model.bindings
        self.event_subprocesses: list[EventSubProcess] = []
        self.compensated_by: EventSubProcess | None = None
        self.entries: list[Any] = []  # where tokens begin

    def first(self, start: str | None = None) -> list[Any]:
        """Return the nodes at which tokens begin.

        Raises:
            StepFailed: the level can only be started by an event, and none is named.
        """
        if start is not None:
            return [self.task_specs[start]]
        if not self.entries:
            raise StepFailed(self.process, "it can only be started by an event")
        return self.entries


@dataclass(frozen=True)
class Bundle:
    """What instances run on: the specifications by name, and the models they came from."""

    process_key: str
    specs: Mapping[str, ProcessSpec]
    models: Mapping[str, ProcessModel]

    @property
    def root(self) -> ProcessSpec:
        """The specification of the process itself."""
        return self.specs[self.process_key]


_CLASSES: dict[str, type[Any]] = {
    "task": EmptyTask,
    "userTask": UserTask,
    "manualTask": ManualTask,
    "receiveTask": ReceiveTask,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
}
_EVENT_CLASSES: dict[str, type[Any]] = {
    "startEvent": StartEvent,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "endEvent": EndEvent,
}


def build(process_key: str, models: Mapping[str, ProcessModel]) -> Bundle:
    """Build the bundle of a process from checked models of it and of all it calls."""
    specs: dict[str, ProcessSpec] = {}
    for model in models.values():
        levels = [None, *(n.id for n in model.nodes.values() if n.kind in SUBPROCESSES)]
        for parent in levels:
            spec = _level(model, parent)
            specs[spec.name] = spec
    return Bundle(process_key, specs, dict(models))


def spec_name(model: ProcessModel, parent: str | None) -> str:
    """Return the name of a level; `#` cannot occur in an id."""
    return model.id if parent is None else f"{model.id}#{parent}"


def _level(model: ProcessModel, parent: str | None) -> ProcessSpec:
    spec = ProcessSpec(spec_name(model, parent), model, parent)
    nodes = model.inside(parent)
    for node in nodes:
        made = _node(spec, model, node)
        made.attach(node, model.outgoing(node.id), model.incoming(node.id))
        made._outputs = [flow.target for flow in made.outgoing]
        made._inputs = [flow.source for flow in made.incoming]
    for node in nodes:
        made = spec.task_specs[node.id]
        if isinstance(made, EventSubProcess):
            if made.start.event.kind == "compensation":
                spec.compensated_by = made
            else:
                spec.event_subprocesses.append(made)
        elif isinstance(made, Activity):
            hanging = model.boundary(node.id)
            undoing = [e for e in hanging if e.event.kind == "compensation"]
            made.boundary = tuple(spec.task_specs[e.id] for e in hanging if e not in undoing)
            made.undo = spec.task_specs.get(undoing[0].handler) if undoing else None
        elif isinstance(made, ThrowEvent) and node.event.kind == "link":
            made.link = _catch_of(nodes, node)
        elif isinstance(made, InclusiveGateway):
            made.upstream = {
                f.id: _upstream(model, nodes, f.source, node.id) for f in made.incoming
            }
    spec.entries = [spec.task_specs[node.id] for node in _entries(model, parent, nodes)]
    return spec


def _entries(model: ProcessModel, parent: str | None, nodes: list[Node]) -> list[Node]:
    starts = model.starts(parent)
    if model.is_event_subprocess(parent):
        return starts
    if starts:
        # Several of them are alternatives; `references` says that the first one is taken.
        return [node for node in starts if node.event.kind == "none"][:1]
    return [
        node
        for node in nodes
        if not model.incoming(node.id)
        and node.kind != "boundaryEvent"
        and not node.triggered_by_event
        and not node.for_compensation
        and not (node.kind == "intermediateCatchEvent" and node.event.kind == "link")
    ]


def _node(spec: ProcessSpec, model: ProcessModel, node: Node) -> Any:
    common: dict[str, Any] = {
        "bpmn_name": node.name,
        "description": node.kind,
        "lane": node.lane,
        "documentation": node.documentation,
    }
    if node.kind in _EVENT_CLASSES:
        return _EVENT_CLASSES[node.kind](
            spec, node.id, event_definition=NoneEventDefinition(), **common
        )
    if node.kind == "boundaryEvent":
        return BoundaryEvent(
            spec,
            node.id,
            event_definition=NoneEventDefinition(),
            cancel_activity=node.interrupting,
            **common,
        )
    if node.kind in ("eventBasedGateway", "receiveTask"):
        made = EventBasedGateway if node.kind == "eventBasedGateway" else ReceiveTask
        return made(spec, node.id, event_definition=NoneEventDefinition(), **common)
    if node.kind == "scriptTask":
        return ScriptTask(spec, node.id, script=node.script, **common)
    if node.kind in ("serviceTask", "sendTask", "businessRuleTask"):
        return _service(spec, node, common)
    if node.kind == "callActivity":
        return CallActivity(spec, node.id, subworkflow_spec=node.called, **common)
    if node.kind in SUBPROCESSES:
        return _subprocess(spec, model, node, common)
    return _CLASSES[node.kind](spec, node.id, **common)


def _subprocess(
    spec: ProcessSpec, model: ProcessModel, node: Node, common: dict[str, Any]
) -> SubProcess:
    inside = spec_name(model, node.id)
    if not node.triggered_by_event:
        return SubProcess(spec, node.id, subworkflow_spec=inside, **common)
    made = EventSubProcess(spec, node.id, subworkflow_spec=inside, **common)
    made.start = model.starts(node.id)[0]
    return made


def _service(spec: ProcessSpec, node: Node, common: dict[str, Any]) -> Any:
    more = node.extensions
    if more.operation is not None:
        made: Any = OperationTask(spec, node.id, **common)
        made.call = more.operation
    elif more.connector is not None:
        made = ConnectorTask(spec, node.id, **common)
        made.call = more.connector
    elif node.kind == "sendTask":
        made = SendTask(spec, node.id, event_definition=NoneEventDefinition(), **common)
    else:
        made = DecisionTask(spec, node.id, **common)
        made.call = Call(str(more.decision), result=more.decision_result)
    return made


def _catch_of(nodes: list[Node], throw: Node) -> str:
    return next(
        node.id
        for node in nodes
        if node.kind == "intermediateCatchEvent"
        and node.event.kind == "link"
        and node.event.name == throw.event.name
    )


def _upstream(model: ProcessModel, nodes: list[Node], source: str, gateway: str) -> frozenset[str]:
    """Return the nodes from which a token can reach a flow's source without passing a gateway."""
    before: dict[str, list[str]] = {node.id: [] for node in nodes}
    for node in nodes:
        before[node.id] += [flow.source for flow in model.incoming(node.id)]
        if node.attached_to:
            before[node.id].append(node.attached_to)
        if node.event.kind == "link" and node.kind == "intermediateThrowEvent":
            before[_catch_of(nodes, node)].append(node.id)
    seen: set[str] = set()
    todo = [source]
    while todo:
        place = todo.pop()
        if place not in seen and place != gateway:
            seen.add(place)
            todo += before[place]
    return frozenset(seen)
