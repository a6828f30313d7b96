"""Drawn faults in `trace`: the production step, told which way to go, comes to each of them."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

import pytest

from catalogue.problem import Problem
from engine.bpmn.soundness import prove
from engine.process.trace import Trace
from tests.engine.bpmn.soundness import sketch
from tests.engine.bpmn.soundness.drawn import DRAWN, Drawn
from tests.engine.bpmn.soundness.replay import BY_HAND, CHOOSING

LED_TO = [
    pytest.param(one, id=f"{one.rule}: {one.name}") for one in DRAWN if one.rule != "dead-element"
]
FIRED = ("timer", "message", "signal", "conditional")


class Walk:
    """One path of a problem, walked by a trace."""

    def __init__(self, text: str, problem: Problem) -> None:
        models = sketch.models(text)
        self.nodes = {n.id: n for model in models.values() for n in model.nodes.values()}
        self.problem = problem
        self.trace = Trace({"t.bpmn": sketch.document(text)})
        assert not self.trace.refused, self.trace.problems
        self.said: dict[str, deque[list[str]]] = {}
        self.groups = self.grouped()
        for element, flows in self.groups:
            if self.nodes[element].kind in CHOOSING and flows:
                self.said.setdefault(element, deque()).append(flows)
        self.events: list[dict[str, Any]] = []
        self.choose()
        self.heard(self.trace.start("p"))
        for element, _ in self.groups:
            self.act(element)

    def grouped(self) -> list[tuple[str, list[str]]]:
        groups: list[tuple[str, list[str]]] = []
        for step in self.problem.path:
            element, flow = str(step["element"]), step["flow"]
            if groups and groups[-1][0] == element and flow and flow not in groups[-1][1]:
                groups[-1][1].append(flow)
            else:
                groups.append((element, [flow] if flow else []))
        return groups

    def choose(self) -> None:
        for gateway, flows in self.said.items():
            if flows:
                self.trace.choose(gateway, flows[0])

    def heard(self, events: list[dict[str, Any]]) -> None:
        self.events += events
        for event in events:
            if event["event"] == "completed" and self.said.get(event["element"]):
                self.said[event["element"]].popleft()
        self.choose()

    def act(self, element: str) -> None:
        node = self.nodes[element]
        if node.triggered_by_event:
            node = next(n for n in self.nodes.values() if n.parent == element and not n.attached_to)
        if node.kind in BY_HAND:
            for _ in self.waiting(node.id):
                self.heard(self.trace.complete(node.id))
        elif node.event.kind in FIRED and node.kind != "endEvent":
            for _ in self.waiting(node.id):
                self.heard(self.trace.fire(node.id))

    def waiting(self, element: str | None = None) -> list[str]:
        found = [one["element"] for one in self.trace.status()["waiting"]]
        return [one for one in found if element in (None, one)]

    def holds(self) -> bool:
        times = Counter(e["element"] for e in self.events if e["event"] in ("taken", "completed"))
        rule = self.problem.rule
        if rule == "lack-of-synchronisation":
            wanted = Counter(str(step["flow"]) for step in self.problem.path if step["flow"])
            return all(times[flow] >= count for flow, count in wanted.items())
        if rule == "improper-completion":
            return times[str(self.problem.element)] > 1
        running = self.trace.status()["status"] == "waiting"
        if rule == "livelock":
            return running and bool(self.waiting())
        return running and all(
            self.nodes[one].kind == "startEvent" or not self.nodes[one].interrupting
            for one in self.waiting()
        )


@pytest.mark.parametrize("one", LED_TO)
def test_the_trace_comes_to_the_fault(one: Drawn) -> None:
    (problem,) = prove(sketch.models(one.text), "p").problems
    walk = Walk(one.text, problem)

    try:
        assert walk.holds(), (walk.groups, walk.waiting())
    finally:
        walk.trace.close()
