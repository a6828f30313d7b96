"""Bundle: a process and all it calls, as SpiffWorkflow specifications that never change.

Built once from models, shared read-only by every instance: nothing at run time writes to a
specification, which is why two instances cannot influence each other. Names of embedded
sub-processes carry their process, so that files may use the same ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition
from SpiffWorkflow.specs import WorkflowSpec

from engine.bpmn.activities import Activity
from engine.bpmn.catching import Catcher
from engine.bpmn.errors import StepFailed
from engine.bpmn.events import EventBasedGateway, EventSubProcess, Part
from engine.bpmn.joins import InclusiveGateway
from engine.bpmn.kinds import make, spec_name
from engine.bpmn.model import SUBPROCESSES, Node, ProcessModel
from engine.bpmn.throws import ThrowEvent


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
        self.alone: list[Any] = []  # activities that begin with the level, beside a start event
        self.behind: dict[str, EventBasedGateway] = {}  # events after a gateway that instantiates

    def first(self, start: str | None = None) -> list[Any]:
        """Return the nodes at which tokens begin.

        Raises:
            StepFailed: the level can only be started by an event, and none is named.
        """
        if start is not None:
            return [self.task_specs[start]]
        if not self.entries and self.is_process:
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


def build(process_key: str, models: Mapping[str, ProcessModel]) -> Bundle:
    """Build the bundle of a process from checked models of it and of all it calls."""
    specs: dict[str, ProcessSpec] = {}
    for model in models.values():
        levels = [None, *(n.id for n in model.nodes.values() if n.kind in SUBPROCESSES)]
        for parent in levels:
            spec = _level(model, parent)
            specs[spec.name] = spec
    return Bundle(process_key, specs, dict(models))


def _level(model: ProcessModel, parent: str | None) -> ProcessSpec:
    spec = ProcessSpec(spec_name(model, parent), model, parent)
    nodes = model.inside(parent)
    for node in nodes:
        made = make(spec, model, node)
        made.attach(node, model.outgoing(node.id), model.incoming(node.id))
        made._outputs = [flow.target for flow in made.outgoing]
        made._inputs = [flow.source for flow in made.incoming]
    for node in nodes:
        made = spec.task_specs[node.id]
        if isinstance(made, Catcher):
            _parts(spec, made)
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
        elif isinstance(made, EventBasedGateway) and node.instantiate:
            spec.behind.update({flow.target: made for flow in made.outgoing})
        elif isinstance(made, ThrowEvent) and node.event.kind == "link":
            made.link = _catch_of(nodes, node)
        elif isinstance(made, InclusiveGateway):
            flows = made.incoming
            made.upstream = {f.id: _upstream(model, nodes, f.source, node.id) for f in flows}
            made.along = {f.id: _upstream(model, nodes, f.source, node.id, False) for f in flows}
    spec.entries = [spec.task_specs[node.id] for node in _entries(model, parent, nodes)]
    if model.starts(parent):
        spec.alone = [spec.task_specs[node.id] for node in nodes if model.begins_by_itself(node)]
    return spec


def _parts(spec: ProcessSpec, whole: Catcher) -> None:
    """Make a node for each of several definitions of a catching event; `#` is in no id."""
    heard, made = whole.heard, []
    for number, event in enumerate(heard.event.parts):
        part = Part(spec, f"{heard.id}#{number}", event_definition=NoneEventDefinition())
        part.attach(replace(heard, event=event), [], [])
        part.whole = whole
        made.append(part)
    whole.parts = tuple(made)


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
        and not node.instantiate
        and not (node.kind == "intermediateCatchEvent" and node.event.kind == "link")
    ]


def _catch_of(nodes: list[Node], throw: Node) -> str:
    return next(
        node.id
        for node in nodes
        if node.kind == "intermediateCatchEvent"
        and node.event.kind == "link"
        and node.event.name == throw.event.name
    )


def _upstream(
    model: ProcessModel, nodes: list[Node], source: str, gateway: str, borders: bool = True
) -> frozenset[str]:
    """Return the nodes from which a token can reach a flow's source without passing a gateway."""
    before: dict[str, list[str]] = {node.id: [] for node in nodes}
    for node in nodes:
        before[node.id] += [flow.source for flow in model.incoming(node.id)]
        if node.attached_to and borders:
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
