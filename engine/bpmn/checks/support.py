"""Support: what is legal BPMN but not executed here, refused by name.

Every rule is one entry of a table in docs/bpmn-support.md. A construct is refused when the
engine would otherwise skip it, treat it as something else, or stop in the middle of a case.
Constructs that only draw (annotations, groups, pools without a process) are never refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.problem import Problem
from engine.bpmn.checks import rules, supported_events
from engine.bpmn.checks.supported_events import Reason
from engine.bpmn.model import ACTIVITIES, NODES, SUBPROCESSES, Node, ProcessModel
from engine.bpmn.xml import local, tag


def refusals(process: ProcessModel, element: Any) -> list[Problem]:
    """Return what of a process is not executed here.

    Args:
        process: The model.
        element: The lxml element it was read from, for attributes the model does not keep.
    """
    found = [
        rules.of_node(rule, process, node, **facts)
        for node in process.nodes.values()
        for rule, facts in _node(process, node)
    ]
    for rule, item in _data(element):
        bearer = _bearer(item)
        found.append(
            rules.rule(rule).problem(
                file=process.file,
                line=bearer.sourceline,
                element=bearer.get("id"),
                process=process.id,
            )
        )
    return found


def _node(process: ProcessModel, node: Node) -> Iterator[Reason]:
    if node.kind == "adHocSubProcess" and not _can_be_chosen(process, node):
        yield "ad-hoc-subprocess", {}
    if node.kind == "complexGateway":
        yield from _complex(process, node)
    yield from supported_events.refusals(process, node)
    for name in node.extensions.refused:
        yield "extension", {"extension": name}
    if node.kind == "serviceTask" and not (node.extensions.operation or node.extensions.connector):
        yield "service-without-operation", {}
    if node.kind == "businessRuleTask" and not (_is_wired(node) or node.extensions.decision):
        yield "rule-without-decision", {}
    if node.kind == "callActivity" and not node.called:
        yield "call-without-process", {}
    if _is_never_entered(process, node):
        yield "never-entered", {}
    if process.begins_by_itself(node) and process.starts(node.parent):
        yield "begins-by-itself", {}
    yield from _open(node)
    yield from _loop(node)
    yield from _level(process, node)


def _is_wired(node: Node) -> bool:
    return bool(node.extensions.operation or node.extensions.connector)


def _can_be_chosen(process: ProcessModel, node: Node) -> bool:
    """Whether people can do the tasks of an ad-hoc sub-process by choosing them, one each time."""
    inside = process.inside(node.id)
    if not inside:
        return True
    free = node.ordering != "Sequential" and node.cancels_rest and node.completion is not None
    return free and all(
        one.kind in ("userTask", "manualTask") and one.loop is None for one in inside
    )


def _is_never_entered(process: ProcessModel, node: Node) -> bool:
    """An event or a gateway that no flow leads to, beside a start event (BPMN 2.0.2, 10.5)."""
    if node.kind in ("startEvent", "boundaryEvent") or node.kind in ACTIVITIES:
        return False
    if process.incoming(node.id) or node.instantiate:
        return False
    if node.kind == "intermediateCatchEvent" and node.event.kind == "link":
        return False
    return bool(process.starts(node.parent))


def _open(node: Node) -> Iterator[Reason]:
    """Tasks that can be drawn and traced, and that nothing outside could ever move."""
    if node.kind == "sendTask" and node.event.kind == "none" and not _is_wired(node):
        yield "send-without-message", {}
    if node.kind == "receiveTask" and node.event.name is None:
        yield "receive-without-message", {}


def _complex(process: ProcessModel, node: Node) -> Iterator[Reason]:
    if len(process.incoming(node.id)) < 2:
        return
    if node.activation is None:
        yield "complex-gateway-activation", {}
    conditions = [f.condition for f in process.outgoing(node.id) if f.condition is not None]
    if any("waitingForStart" not in text for text in conditions):
        yield "complex-gateway-condition", {}


def _loop(node: Node) -> Iterator[Reason]:
    loop = node.loop
    if loop is None:
        return
    if loop.kind == "standard":
        if loop.condition is None and loop.maximum is None:
            yield "loop-without-condition", {}
    elif bool(loop.cardinality) == bool(loop.collection):
        yield "multi-instance-without-source", {}


def _level(process: ProcessModel, node: Node) -> Iterator[Reason]:
    if node.kind in SUBPROCESSES:
        starts = process.starts(node.id)
        if node.triggered_by_event:
            if len(starts) != 1:
                yield "event-subprocess-start", {}
        elif sum(s.event.kind == "none" for s in starts) > 1 or any(
            s.event.kind != "none" for s in starts
        ):
            yield "subprocess-start", {}
    if node.triggered_by_event and node.loop is not None:
        yield "event-subprocess-loop", {}
    if node.kind == "eventBasedGateway":
        yield from _event_gateway(process, node)


def _event_gateway(process: ProcessModel, node: Node) -> Iterator[Reason]:
    for flow in process.outgoing(node.id):
        target = process.nodes.get(flow.target)
        if target is None:
            continue
        if target.kind == "receiveTask" or (
            target.kind == "intermediateCatchEvent" and target.event.kind not in ("none", "link")
        ):
            continue
        yield "event-gateway-target", {"target": target.id}


def _data(element: Any) -> Iterator[tuple[str, Any]]:
    """Find elements that change execution and that the model does not keep."""
    for item in element.iter():
        if not isinstance(item.tag, str):
            continue
        name = local(item)
        if item.tag != tag(name):
            continue
        if name in ("dataInputAssociation", "dataOutputAssociation"):
            yield from _association(item, element)


def _association(item: Any, process: Any) -> Iterator[tuple[str, Any]]:
    if item.find(tag("assignment")) is not None or item.find(tag("transformation")) is not None:
        yield "data-assignment", item
        return
    stores = {e.get("id") for e in process.iter(tag("dataStoreReference"))}
    ends = {(e.text or "").strip() for e in item if isinstance(e.tag, str)}
    if local(item) == "dataInputAssociation" and ends & stores:
        yield "data-store", item


def _bearer(item: Any) -> Any:
    """Return the nearest element around that has an id and can be shown on the canvas."""
    while item.getparent() is not None and (item.get("id") is None or local(item) not in NODES):
        item = item.getparent()
    return item
