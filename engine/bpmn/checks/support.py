"""Support: what is legal BPMN but not executed here, refused by name.

Every rule is one entry of a table in docs/bpmn-support.md. A construct is refused when the
engine would otherwise skip it, treat it as something else, or stop in the middle of a case.
Constructs that only draw (annotations, groups, pools without a process) are never refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.problem import Problem
from engine.bpmn.model import ACTIVITIES, NODES, SUBPROCESSES, THROWING, Node, ProcessModel
from engine.bpmn.xml import local, tag

_CATCHABLE = {
    "startEvent": {"none", "message", "timer", "signal"},
    "eventStart": {
        "message",
        "timer",
        "signal",
        "error",
        "escalation",
        "conditional",
        "compensation",
    },
    "intermediateCatchEvent": {"none", "message", "timer", "signal", "conditional", "link"},
    "boundaryEvent": {
        "message",
        "timer",
        "signal",
        "error",
        "escalation",
        "conditional",
        "cancel",
        "compensation",
    },
    "intermediateThrowEvent": {"none", "message", "signal", "escalation", "link", "compensation"},
    "endEvent": {
        "none",
        "message",
        "signal",
        "error",
        "escalation",
        "terminate",
        "cancel",
        "compensation",
    },
}
_NODE_RULES = {
    "complexGateway": ("complex-gateway", "a complex gateway", "复杂网关"),
    "adHocSubProcess": ("ad-hoc-subprocess", "an ad-hoc sub-process", "即席子流程"),
}


_NO = ("false", "0")
# Attribute, values that change nothing (the default first), rule, what it is.
_ATTRIBUTES = (
    ("startQuantity", ("1",), "quantity", "startQuantity other than 1", "startQuantity 不为 1"),
    (
        "completionQuantity",
        ("1",),
        "quantity",
        "completionQuantity other than 1",
        "completionQuantity 不为 1",
    ),
    ("instantiate", _NO, "instantiating", "a node that starts the process", "启动流程的节点"),
    (
        "eventGatewayType",
        ("Exclusive",),
        "parallel-event-gateway",
        "a parallel event gateway",
        "并行事件网关",
    ),
    ("parallelMultiple", _NO, "parallel-multiple", "a parallel multiple event", "并行多重事件"),
    ("behavior", ("All",), "multi-instance-behavior", "an event of a repetition", "多实例行为事件"),
)


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
    for node in _global_calls(process, element):
        reason = ("global-task", "a call of a global task", "全局任务的调用")
        found.append(_problem(process, node.id, node.line, *reason))
    return found


def _problem(
    process: ProcessModel, element: str | None, line: int, rule: str, en: str, zh: str
) -> Problem:
    return Problem(
        rule=rule,
        kind="unsupported",
        file=process.file,
        line=line,
        element=element,
        message=f"{element or process.id}: {en} is not executed here.",
        message_zh=f"{element or process.id}：本系统不执行{zh}。",
        process=process.id,
        elements=(element,) if element else (),
    )


Reason = tuple[str, str, str]


def _node(process: ProcessModel, node: Node) -> Iterator[Reason]:
    if node.kind in _NODE_RULES:
        yield _NODE_RULES[node.kind]
    yield from _event(process, node)
    for name in node.extensions.refused:
        yield "extension", f"the extension {name}", f"扩展 {name}"
    if node.kind == "serviceTask" and not (node.extensions.operation or node.extensions.connector):
        yield "service-without-operation", "a service task without operation", "没有操作的服务任务"
    if node.kind == "sendTask" and node.event.kind == "none" and not _is_wired(node):
        yield "send-without-message", "a send task without message", "没有消息的发送任务"
    if node.kind == "receiveTask" and node.event.kind == "none":
        yield "receive-without-message", "a receive task without message", "没有消息的接收任务"
    if node.kind == "businessRuleTask" and not (_is_wired(node) or node.extensions.decision):
        yield "rule-without-decision", "a rule task without decision", "没有决策的业务规则任务"
    if node.kind == "callActivity" and not node.called:
        yield "call-without-process", "a call activity without process", "没有被调流程的调用活动"
    yield from _loop(node)
    yield from _level(process, node)


def _is_wired(node: Node) -> bool:
    return bool(node.extensions.operation or node.extensions.connector)


def _event(process: ProcessModel, node: Node) -> Iterator[Reason]:
    kind = node.kind
    if kind == "startEvent" and process.is_event_subprocess(node.parent):
        kind = "eventStart"
    if kind not in _CATCHABLE or node.event.kind in _CATCHABLE[kind]:
        return
    if node.event.kind == "multiple":
        yield "multiple-event", "an event with several definitions", "带多个定义的事件"
    else:
        name = node.event.kind
        yield (
            f"{name}-{node.kind}",
            f"the event kind {name} at this place",
            f"此处的 {name} 事件",
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
    if node.event.kind == "cancel" and not _in_transaction(process, node):
        yield "cancel-outside-transaction", "a cancel event outside a transaction", "事务外的取消事件"
    if node.event.kind == "compensation":
        yield from _compensation(process, node)
    if node.kind == "eventBasedGateway":
        yield from _event_gateway(process, node)


def _in_transaction(process: ProcessModel, node: Node) -> bool:
    holder = node.attached_to if node.kind == "boundaryEvent" else node.parent
    while node.kind != "boundaryEvent" and process.is_event_subprocess(holder):
        holder = process.nodes[str(holder)].parent
    return holder in process.nodes and process.nodes[str(holder)].kind == "transaction"


def _compensation(process: ProcessModel, node: Node) -> Iterator[Reason]:
    if node.kind == "boundaryEvent":
        handler = process.nodes.get(node.handler or "")
        if handler is None or not handler.for_compensation or handler.parent != node.parent:
            yield (
                "compensation-without-handler",
                "a compensation event without an associated compensation activity beside it",
                "没有关联补偿活动的补偿事件",
            )
    elif node.kind in THROWING and node.event.activity is not None:
        level = node.parent
        seen = [level]
        while process.is_event_subprocess(level):
            level = process.nodes[str(level)].parent
            seen.append(level)
        target = process.nodes.get(node.event.activity)
        if target is None or target.kind not in ACTIVITIES or target.parent not in seen:
            yield (
                "compensation-target",
                f"the compensation of {node.event.activity}, which is no activity of its level",
                f"对 {node.event.activity} 的补偿（不是本层的活动）",
            )


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
    """Find attributes and elements that change execution and that the model does not keep."""
    for item in element.iter():
        if not isinstance(item.tag, str):
            continue
        name = local(item)
        if item.tag != tag(name):
            continue
        for attribute, usual, rule, en, zh in _ATTRIBUTES:
            if item.get(attribute, usual[0]).strip() not in usual:
                yield rule, item, en, zh
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


def _global_calls(process: ProcessModel, element: Any) -> Iterator[Node]:
    root = element.getroottree().getroot()
    tasks = {e.get("id") for e in root if isinstance(e.tag, str) and "lobal" in local(e)}
    return (node for node in process.calls() if node.called in tasks)
