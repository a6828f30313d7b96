"""Kinds: which class executes which element of a diagram.

A specification is made for one node of one level; `bundle` then connects the nodes. What is not
listed here has been refused before.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition

from engine.bpmn.activities import (
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
from engine.bpmn.adhoc import OfferedManualTask, OfferedTask
from engine.bpmn.events import (
    BoundaryEvent,
    CatchEvent,
    EventBasedGateway,
    EventSubProcess,
    ReceiveTask,
    StartEvent,
)
from engine.bpmn.extensions import Call
from engine.bpmn.joins import ComplexGateway, InclusiveGateway, ParallelGateway
from engine.bpmn.model import SUBPROCESSES, Node, ProcessModel
from engine.bpmn.nodes import ExclusiveGateway
from engine.bpmn.throws import EndEvent, SendTask, ThrowEvent

_CLASSES: dict[str, type[Any]] = {
    "task": EmptyTask,
    "userTask": UserTask,
    "manualTask": ManualTask,
    "receiveTask": ReceiveTask,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
    "complexGateway": ComplexGateway,
}
_OFFERED: dict[str, type[Any]] = {"userTask": OfferedTask, "manualTask": OfferedManualTask}
_EVENT_CLASSES: dict[str, type[Any]] = {
    "startEvent": StartEvent,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "endEvent": EndEvent,
}


def spec_name(model: ProcessModel, parent: str | None) -> str:
    """Return the name of a level; `#` cannot occur in an id."""
    return model.id if parent is None else f"{model.id}#{parent}"


def make(spec: Any, model: ProcessModel, node: Node) -> Any:
    """Return the specification of a node, entered into its level."""
    common: dict[str, Any] = {
        "bpmn_name": node.name,
        "description": node.kind,
        "lane": node.lane,
        "documentation": node.documentation,
    }
    frame = model.nodes.get(node.parent or "")
    if frame is not None and frame.kind == "adHocSubProcess":
        return _OFFERED[node.kind](spec, node.id, **common)
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


def _subprocess(spec: Any, model: ProcessModel, node: Node, common: dict[str, Any]) -> SubProcess:
    inside = spec_name(model, node.id)
    if not node.triggered_by_event:
        return SubProcess(spec, node.id, subworkflow_spec=inside, **common)
    made = EventSubProcess(spec, node.id, subworkflow_spec=inside, **common)
    made.start = model.starts(node.id)[0]
    return made


def _service(spec: Any, node: Node, common: dict[str, Any]) -> Any:
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
