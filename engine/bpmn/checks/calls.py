"""Calls: which process calls which, and recursion that can never end.

A process may call itself, through others too, as long as a decision can end it: then a warning
says so. When every run of each process on the way reaches its call, no run ever ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.circles import circles
from engine.bpmn.checks.rules import of_node
from engine.bpmn.model import Node, Parsed, ProcessModel

_DECIDING = ("exclusiveGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway")


def recursion(parsed: Parsed) -> list[Problem]:
    """Return a problem for each call that leads back to its own process."""
    models = parsed.processes
    every = {key: [n for n in model.calls() if n.called in models] for key, model in models.items()}
    certain = {key: set(_certain(model)) for key, model in models.items()}
    back = _circle_of({key: [str(n.called) for n in calls] for key, calls in every.items()})
    endless = _circle_of(
        {
            key: [str(n.called) for n in calls if n.id in certain[key]]
            for key, calls in every.items()
        }
    )
    return [
        _problem(
            models[key],
            call,
            call.id in certain[key] and endless.get(key, -1) == endless.get(str(call.called)),
        )
        for key, calls in every.items()
        for call in calls
        if back.get(key, -1) == back.get(str(call.called))
    ]


def _circle_of(ways: dict[str, list[str]]) -> dict[str, int]:
    """Return for each process the number of the circle of calls that it is in."""
    found = enumerate(circles(ways))
    return {name: number for number, names in found for name in names}


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
