"""Support: what is legal BPMN but not executed here, refused by name.

Every rule is one entry of a table in docs/bpmn-support.md. A construct is refused when the
engine would otherwise skip it, treat it as something else, or stop in the middle of a case.
Constructs that only draw (annotations, groups, pools without a process) are never refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.problem import Problem
from engine.bpmn.checks import supported_events
from engine.bpmn.checks.supported_events import Reason
from engine.bpmn.model import NODES, SUBPROCESSES, Node, ProcessModel
from engine.bpmn.xml import local, tag


def refusals(process: ProcessModel, element: Any) -> list[Problem]:
    """Return what of a process is not executed here.

    Args:
        process: The model.
        element: The lxml element it was read from, for attributes the model does not keep.
    """
    found: list[Problem] = []
    for node in process.nodes.values():
        for rule, en, zh in _node(process, node):
            found.append(_problem(process, node.id, node.line, rule, en, zh))
    for rule, item, en, zh in _attributes(element):
        bearer = _bearer(item)
        found.append(_problem(process, bearer.get("id"), bearer.sourceline, rule, en, zh))
    return found + [
        _problem(process, node.id, node.line, rule, en, zh, kind="house")
        for node in process.nodes.values()
        for rule, en, zh in _unfinished(node)
    ]


def _problem(
    process: ProcessModel,
    element: str | None,
    line: int,
    rule: str,
    en: str,
    zh: str,
    kind: str = "unsupported",
) -> Problem:
    return Problem(
        rule=rule,
        kind=kind,
        file=process.file,
        line=line,
        element=element,
        message=f"{element or process.id}: {en} is not executed here.",
        message_zh=f"{element or process.id}：本系统不执行{zh}。",
        process=process.id,
        elements=(element,) if element else (),
    )


def _node(process: ProcessModel, node: Node) -> Iterator[Reason]:
    if node.kind == "adHocSubProcess" and process.inside(node.id):
        yield "ad-hoc-subprocess", "an ad-hoc sub-process", "即席子流程"
    if node.kind == "complexGateway":
        yield from _complex(process, node)
    yield from supported_events.refusals(process, node)
    for name in node.extensions.refused:
        yield "extension", f"the extension {name}", f"扩展 {name}"
    if node.kind == "serviceTask" and not (node.extensions.operation or node.extensions.connector):
        yield "service-without-operation", "a service task without operation", "没有操作的服务任务"
    if node.kind == "businessRuleTask" and not (_is_wired(node) or node.extensions.decision):
        yield "rule-without-decision", "a rule task without decision", "没有决策的业务规则任务"
    if node.kind == "callActivity" and not node.called:
        yield "call-without-process", "a call activity without process", "没有被调流程的调用活动"
    yield from _loop(node)
    yield from _level(process, node)


def _is_wired(node: Node) -> bool:
    return bool(node.extensions.operation or node.extensions.connector)


def _unfinished(node: Node) -> Iterator[Reason]:
    """Tasks that can be drawn and traced, and that nothing outside could ever move."""
    if node.kind == "sendTask" and node.event.kind == "none" and not _is_wired(node):
        yield "send-without-message", "a send task without message", "没有消息的发送任务"
    if node.kind == "receiveTask" and node.event.kind == "none":
        yield "receive-without-message", "a receive task without message", "没有消息的接收任务"


def _complex(process: ProcessModel, node: Node) -> Iterator[Reason]:
    if len(process.incoming(node.id)) < 2:
        return
    if node.activation is None:
        yield (
            "complex-gateway-activation",
            "a complex gateway that joins without an activation condition",
            "没有激活条件的汇聚复杂网关",
        )
    conditions = [f.condition for f in process.outgoing(node.id) if f.condition is not None]
    if any("waitingForStart" not in text for text in conditions):
        yield (
            "complex-gateway-condition",
            "a joining complex gateway whose conditions do not say waitingForStart",
            "条件未写明 waitingForStart 的汇聚复杂网关",
        )


def _loop(node: Node) -> Iterator[Reason]:
    loop = node.loop
    if loop is None:
        return
    if loop.kind == "standard":
        if loop.condition is None and loop.maximum is None:
            yield "loop-without-condition", "a loop without condition", "没有条件的循环"
    elif bool(loop.cardinality) == bool(loop.collection):
        yield (
            "multi-instance-without-source",
            "a multi-instance activity without exactly one of cardinality and collection",
            "没有基数或集合（二者取一）的多实例活动",
        )


def _level(process: ProcessModel, node: Node) -> Iterator[Reason]:
    if node.kind in SUBPROCESSES:
        starts = process.starts(node.id)
        if node.triggered_by_event:
            if len(starts) != 1:
                yield (
                    "event-subprocess-start",
                    "an event sub-process without exactly one start event",
                    "开始事件不是恰好一个的事件子流程",
                )
        elif sum(s.event.kind == "none" for s in starts) > 1 or any(
            s.event.kind != "none" for s in starts
        ):
            yield (
                "subprocess-start",
                "a sub-process with several or triggered start events",
                "有多个或带触发器的开始事件的子流程",
            )
    if node.triggered_by_event and node.loop is not None:
        yield "event-subprocess-loop", "an event sub-process that repeats", "重复的事件子流程"
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
        yield (
            "event-gateway-target",
            f"an event-based gateway before {target.id}, which waits for no event",
            f"事件网关之后的 {target.id}（不等待事件）",
        )


def _attributes(element: Any) -> Iterator[tuple[str, Any, str, str]]:
    """Find elements that change execution and that the model does not keep."""
    for item in element.iter():
        if not isinstance(item.tag, str):
            continue
        name = local(item)
        if item.tag != tag(name):
            continue
        if name in ("dataInputAssociation", "dataOutputAssociation"):
            yield from _association(item, element)


def _association(item: Any, process: Any) -> Iterator[tuple[str, Any, str, str]]:
    if item.find(tag("assignment")) is not None or item.find(tag("transformation")) is not None:
        yield "data-assignment", item, "a data association that assigns", "赋值的数据关联"
        return
    stores = {e.get("id") for e in process.iter(tag("dataStoreReference"))}
    ends = {(e.text or "").strip() for e in item if isinstance(e.tag, str)}
    if local(item) == "dataInputAssociation" and ends & stores:
        yield "data-store", item, "reading a data store", "读取数据存储"


def _bearer(item: Any) -> Any:
    """Return the nearest element around that has an id and can be shown on the canvas."""
    while item.getparent() is not None and (item.get("id") is None or local(item) not in NODES):
        item = item.getparent()
    return item
