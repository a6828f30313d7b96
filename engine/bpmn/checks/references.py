"""References: ids that lead nowhere or twice, and levels that cannot begin.

The schema of BPMN knows neither a dangling reference nor an executable process without a start.
Each finding has the kind `invalid` and names the element and its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.problem import Problem
from engine.bpmn.model import ACTIVITIES, Node, ProcessModel
from engine.bpmn.xml import local, tag

_POINTERS = {
    "messageRef": ("message", "消息"),
    "signalRef": ("signal", "信号"),
    "errorRef": ("error", "错误"),
    "escalationRef": ("escalation", "升级"),
}


# A drawing may leave these open: it is traced, but nothing from outside could ever move it.
_OPEN = (
    "event-without-name",
    "timer-without-time",
    "condition-missing",
    "start-event-required",
    "dangling-error-ref",  # the name that is written stands for the code
    "dangling-escalation-ref",
)


def duplicate_ids(tree: Any, file: str) -> list[Problem]:
    """Return the ids that more than one element of the file bears."""
    seen: dict[str, int] = {}
    found = []
    for element in tree.getroot().iter():
        identity = element.get("id") if isinstance(element.tag, str) else None
        if identity is None:
            continue
        if identity in seen:
            found.append(
                Problem(
                    rule="duplicate-id",
                    kind="invalid",
                    file=file,
                    line=element.sourceline,
                    element=identity,
                    message=f"The id {identity} is already used at line {seen[identity]}.",
                    message_zh=f"标识 {identity} 在第 {seen[identity]} 行已经用过。",
                    elements=(identity,),
                )
            )
        else:
            seen[identity] = element.sourceline
    return found


def dangling(process: ProcessModel, element: Any, root: Any) -> list[Problem]:
    """Return references of a process that lead nowhere, or where they may not lead."""
    found: list[Problem] = []

    def report(identity: str, line: int, rule: str, en: str, zh: str) -> None:
        found.append(
            Problem(
                rule=rule,
                kind="house" if rule in _OPEN else "invalid",
                file=process.file,
                line=line,
                element=identity,
                message=f"{identity}: {en}.",
                message_zh=f"{identity}：{zh}。",
                process=process.id,
                elements=(identity,),
            )
        )

    for identity, line, rule, en, zh in _flows(process):
        report(identity, line, rule, en, zh)
    for node in process.nodes.values():
        for rule, en, zh in _node(process, node):
            report(node.id, node.line, rule, en, zh)
    known = {e.get("id") for e in root if isinstance(e.tag, str)}
    for identity, line, rule, en, zh in _pointers(element, known):
        report(identity, line, rule, en, zh)
    if process.executable and not process.starts() and not process.entrances():
        report(
            process.id,
            process.line,
            "start-event-required",
            "it has no start event",
            "没有开始事件",
        )
    return found + _several_starts(process)


def _several_starts(process: ProcessModel) -> list[Problem]:
    """Say which of several plain start events begins: the first; the others need to be named."""
    plain = [node for node in process.starts() if node.event.kind == "none"]
    return [
        Problem(
            rule="single-blank-start-event",
            kind="style",
            file=process.file,
            line=node.line,
            element=node.id,
            message=f"{node.id}: the process begins at {plain[0].id}; this start is never taken "
            "unless it is named.",
            message_zh=f"{node.id}：流程从 {plain[0].id} 开始，除非指名，此开始事件不会触发。",
            severity="warning",
            process=process.id,
            elements=(node.id,),
        )
        for node in plain[1:]
    ]


def _flows(process: ProcessModel) -> Iterator[tuple[str, int, str, str, str]]:
    for flow in process.flows.values():
        for end, attribute in ((flow.source, "sourceRef"), (flow.target, "targetRef")):
            node = process.nodes.get(end)
            if node is None:
                yield (
                    flow.id,
                    flow.line,
                    f"dangling-{attribute.lower()[:-3]}-ref",
                    f"{attribute} names {end or 'nothing'}, which is no flow node here",
                    f"{attribute} 指向的 {end or '（空）'} 不是本流程的节点",
                )
            elif node.parent != flow.parent:
                yield (
                    flow.id,
                    flow.line,
                    "flow-crosses-border",
                    f"it crosses the border of a sub-process at {end}",
                    f"在 {end} 处越过了子流程边界",
                )
        target, source = process.nodes.get(flow.target), process.nodes.get(flow.source)
        if target is not None and target.kind in ("startEvent", "boundaryEvent"):
            yield flow.id, flow.line, "flow-into-start", "it enters an event that only starts", "进入了只能作为起点的事件"
        if source is not None and source.kind == "endEvent":
            yield flow.id, flow.line, "flow-out-of-end", "it leaves an end event", "从结束事件引出"


def _node(process: ProcessModel, node: Node) -> Iterator[tuple[str, str, str]]:
    if node.default is not None:
        flow = process.flows.get(node.default)
        if flow is None or flow.source != node.id:
            yield (
                "dangling-default",
                f"its default flow {node.default} does not leave it",
                f"默认流 {node.default} 不是从它引出的",
            )
    if node.kind == "boundaryEvent":
        host = process.nodes.get(node.attached_to or "")
        if host is None or host.kind not in ACTIVITIES or host.parent != node.parent:
            yield (
                "dangling-attached-to-ref",
                f"it is attached to {node.attached_to or 'nothing'}, which is no activity here",
                f"附着的 {node.attached_to or '（空）'} 不是本层的活动",
            )
    if node.event.kind in ("message", "signal") and not node.event.name:
        yield "event-without-name", f"its {node.event.kind} has no name", "没有指明名称"
    if node.event.kind == "timer" and node.event.timer and not node.event.text:
        yield "timer-empty", f"its {node.event.timer} is empty", f"{node.event.timer} 为空"
    elif node.event.kind == "timer" and not node.event.text:
        yield "timer-without-time", "its timer says no time", "定时器没有时间"
    if node.event.kind == "conditional" and not node.event.text:
        yield "condition-missing", "it has no condition", "没有条件"
    if node.kind == "scriptTask" and node.script is None:
        yield "script-missing", "it has no script", "没有脚本"
    if node.event.kind == "link" and node.kind == "intermediateThrowEvent":
        catches = [n for n in process.inside(node.parent) if _is_catch(n, node.event.name)]
        if len(catches) != 1:
            yield (
                "link-without-catch",
                f"{len(catches)} link events catch {node.event.name}, not one",
                f"接收链接 {node.event.name} 的事件有 {len(catches)} 个，应当恰好一个",
            )


def _is_catch(node: Node, name: str | None) -> bool:
    return (
        node.kind == "intermediateCatchEvent"
        and node.event.kind == "link"
        and node.event.name == name
    )


def _pointers(element: Any, known: set[str]) -> Iterator[tuple[str, int, str, str, str]]:
    for item in element.iter():
        if not isinstance(item.tag, str) or item.tag != tag(local(item)):
            continue
        for attribute, (en, zh) in _POINTERS.items():
            value = item.get(attribute)
            if value and value.rpartition(":")[2] not in known:
                holder = (
                    item if item.get("id") and local(item).endswith("Task") else item.getparent()
                )
                yield (
                    holder.get("id") or value,
                    item.sourceline,
                    f"dangling-{en}-ref",
                    f"{attribute} names {value}, which is no {en} of this file",
                    f"{attribute} 指向的 {value} 不是本文件的{zh}",
                )
