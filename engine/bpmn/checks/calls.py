"""Calls: which process calls which, and recursion that can never end.

A process may call itself, through others too, as long as a decision can end it: then a warning
says so. When every run of each process on the way reaches its call, no run ever ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.rules import of_node
from engine.bpmn.model import Node, Parsed, ProcessModel

_DECIDING = ("exclusiveGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway")


def recursion(parsed: Parsed) -> list[Problem]:
    """Return a problem for each call that leads back to its own process."""
    found = []
    certain = {m.id: set(_certain(m)) for m in parsed.processes.values()}
    for model in parsed.processes.values():
        for call in model.calls():
            if call.called and _leads_to(parsed, call.called, model.id, None):
                endless = call.id in certain[model.id] and _leads_to(
                    parsed, call.called, model.id, certain
                )
                found.append(_problem(model, call, endless))
    return found


def _leads_to(parsed: Parsed, source: str, target: str, only: dict[str, set[str]] | None) -> bool:
    """Tell whether calls lead from a process to another; `only` narrows the calls followed."""
    seen: set[str] = set()
    todo = [source]
    while todo:
        place = todo.pop()
        if place == target:
            return True
        model = parsed.processes.get(place)
        if place in seen or model is None:
            continue
        seen.add(place)
        calls = (c for c in model.calls() if only is None or c.id in only[place])
        todo += [call.called for call in calls if call.called]
    return False


def _certain(model: ProcessModel) -> Iterator[str]:
    """Yield the calls that every run of a process reaches: no decision comes before them."""
    todo = [node.id for node in model.starts() if node.event.kind == "none"][:1]
    seen: set[str] = set()
    while todo:
        node = model.nodes[todo.pop()]
        if node.id in seen:
            continue
        seen.add(node.id)
        if node.kind == "callActivity":
            if node.loop is None:
                yield node.id
            continue
        outgoing = model.outgoing(node.id)
        decides = node.kind in _DECIDING and len(outgoing) > 1
        if not decides and not any(flow.condition for flow in outgoing):
            todo += [flow.target for flow in outgoing if flow.target in model.nodes]
        if node.kind == "subProcess" and not node.triggered_by_event and node.loop is None:
            todo += [start.id for start in model.starts(node.id)]


def _problem(model: ProcessModel, call: Node, endless: bool) -> Problem:
    name = "endless-recursion" if endless else "recursion"
    return of_node(name, model, call, called=call.called, own=model.id)
