"""Wording: the faults in sentences for the person who draws the process."""

from __future__ import annotations

from catalogue.problem import Problem
from engine.bpmn.model import ProcessModel
from engine.bpmn.soundness.faults import Fault

# rule: (English, Chinese); {name} is the element, {others} what takes part, by name.
SENTENCES = {
    "deadlock": (
        "the case can come to a standstill here and never end.",
        "办理可能停在此处，永远无法结束。",
    ),
    "parallel-join-starved": (
        "it waits for ever for a token by {others}, which can no longer come: the branches that"
        " meet here do not all run in every case.",
        "一直等待经 {others} 到达的令牌，而该令牌不会再来：在此汇合的分支并非每次都会全部进行。",
    ),
    "inclusive-join-blocked": (
        "it waits for tokens by {others} that themselves wait and never come.",
        "等待经 {others} 到达的令牌，而那些令牌也在等待，永远不会到来。",
    ),
    "livelock": (
        "from here the case goes round for ever ({others}) and no way leads to an end.",
        "从此处起只能在 {others} 之间无限循环，没有通向结束的路。",
    ),
    "lack-of-synchronisation": (
        "a second token can come while the first is still there: branches that run at the same"
        " time meet here and nothing waits for them all, so what follows is done twice.",
        "前一个令牌还在，第二个令牌又可到来：同时进行的分支在此相遇而没有等齐，后面的步骤会重复进行。",
    ),
    "improper-completion": (
        "one case can reach this end twice: branches that run at the same time end here without"
        " having been joined.",
        "同一办件会两次到达此结束：同时进行的分支未经汇合就各自在此结束。",
    ),
    "dead-element": (
        "no case can ever come here{more}.",
        "任何办件都到不了此处{more}。",
    ),
}
RULES = {**SENTENCES, "soundness-not-proven": ("", "")}


def problem(model: ProcessModel, fault: Fault) -> Problem:
    """Tell a fault."""
    english, chinese = SENTENCES[fault.rule]
    names = [_name(model, one) for one in fault.elements if one != fault.element]
    own = _name(model, fault.element)
    others = names or [own]
    more = _more(names)
    return Problem(
        rule=fault.rule,
        kind="unsound",
        file=model.file,
        line=_line(model, fault.element),
        element=fault.element,
        message=f"{own}: {english.format(others=', '.join(others), more=more[0])}",
        message_zh=f"{own}：{chinese.format(others='、'.join(others), more=more[1])}",
        process=model.id,
        elements=fault.elements,
        path=tuple({"element": element, "flow": flow} for element, flow in fault.path),
    )


def unproven(model: ProcessModel, english: str, chinese: str) -> Problem:
    """Say that nothing was proved, and why."""
    return Problem(
        rule="soundness-not-proven",
        kind="unproven",
        file=model.file,
        line=model.line,
        element=model.id,
        message=f"{model.name or model.id}: not proved to be sound: {english}.",
        message_zh=f"{model.name or model.id}：未能证明流程健全：{chinese}。",
        process=model.id,
        elements=(model.id,),
    )


def _more(names: list[str]) -> tuple[str, str]:
    if not names:
        return "", ""
    return f", nor to {', '.join(names)}", f"，其后的 {'、'.join(names)} 也到不了"


def _name(model: ProcessModel, element: str) -> str:
    """Return how a designer knows an element: by its name, or by its id where it has none."""
    node = model.nodes.get(element)
    if node is not None:
        return node.name or element
    flow = model.flows.get(element)
    if flow is None:
        return element
    source = model.nodes.get(flow.source)
    return flow.name or (f"{element} ({source.name})" if source else element)


def _line(model: ProcessModel, element: str) -> int:
    node = model.nodes.get(element)
    return node.line if node is not None else model.line
