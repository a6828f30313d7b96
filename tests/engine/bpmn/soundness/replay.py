"""Replay: a path of the proof, walked by the engine to the state that the proof claims.

The engine moves by itself wherever nobody is asked, so only what waits is done by hand: tasks are
completed, events fired, errors raised, and gateways are told which flows the path takes next.
Instances of one repeated activity are kept in step; where they would have to choose alike, there
is one of them: `once`.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from catalogue.problem import Problem
from engine.bpmn import workflow
from engine.bpmn.bundle import build
from engine.bpmn.errors import StepFailed
from engine.bpmn.model import Node, ProcessModel

CHOOSING = ("exclusiveGateway", "inclusiveGateway")
BY_HAND = ("userTask", "manualTask")


def once(models: Mapping[str, ProcessModel]) -> dict[str, ProcessModel]:
    """Return the models with one instance of each repeated activity."""
    found = {}
    for key, model in models.items():
        nodes = {
            name: replace(node, loop=replace(node.loop, cardinality="1")) if node.loop else node
            for name, node in model.nodes.items()
        }
        found[key] = replace(model, nodes=nodes)
    return found


class Script(dict[str, list[str]]):
    """What each gateway chooses, each time that it is asked; its flows by turns after that."""

    def __init__(self, nodes: Iterable[Node], models: Iterable[ProcessModel]) -> None:
        super().__init__()
        self.said: dict[str, deque[list[str]]] = defaultdict(deque)
        self.turns: dict[str, deque[str]] = {}
        for node in nodes:
            flows = [flow.id for model in models for flow in model.outgoing(node.id)]
            if node.kind in CHOOSING and flows:
                self.turns[node.id] = deque(flows)

    def get(self, gateway: str, default: Any = None) -> Any:
        if self.said[gateway]:
            return self.said[gateway].popleft()
        if gateway not in self.turns:
            return default
        self.turns[gateway].rotate(-1)
        return [self.turns[gateway][-1]]


class Replay:
    """One run along one path."""

    def __init__(self, models: Mapping[str, ProcessModel], problem: Problem) -> None:
        self.nodes = {n.id: n for model in models.values() for n in model.nodes.values()}
        self.process_of = {n: model.id for model in models.values() for n in model.nodes}
        self.problem = problem
        self.path = [(str(step["element"]), step["flow"]) for step in problem.path]
        bundle = build("p", models)  # unsound drawings may be refused for other reasons too
        self.choices = Script(self.nodes.values(), list(models.values()))
        self.groups: list[tuple[str, list[str]]] = []
        for element, flow in self.path:
            last = self.groups[-1] if self.groups else None
            if last is None or last[0] != element or not last[1] or flow in last[1]:
                self.groups.append((element, [str(flow)] if flow else []))
            else:
                last[1].append(str(flow))
        for element, flows in self.groups:
            if self.nodes[element].kind in CHOOSING and flows:
                self.choices.said[element].append(flows)
        first = self.nodes[self.path[0][0]] if self.path else None
        outer = first is not None and first.parent is None and self.process_of[first.id] == "p"
        start = first.id if first and outer and first.kind == "startEvent" else None
        self.run = workflow.start(bundle, element=start)
        self.run._top.choices = self.choices
        self.failed: StepFailed | None = None
        self.advance()
        for number, (element, _) in enumerate(self.groups):
            if self.failed is not None:
                break
            self.act(self.nodes[element], self.groups[number - 1][0] if number else "")

    def advance(self) -> None:
        try:
            self.run.advance()
        except StepFailed as failed:  # two tokens may multiply for ever
            self.failed = failed

    def act(self, node: Node, before: str) -> None:
        """Do what the path says next, if it has to be done by hand."""
        if node.kind in BY_HAND:
            for task in [one for one in self.run.ready_tasks() if one.element == node.id]:
                if task.id in {one.id for one in self.run.ready_tasks()}:
                    self.run.complete(task.id)
                    self.advance()
        elif node.triggered_by_event:
            start = next(n for n in self.nodes.values() if n.parent == node.id and _starts(n))
            self.happen(start, before)
        elif node.kind in ("boundaryEvent", "intermediateCatchEvent", "receiveTask"):
            self.happen(node, before)

    def happen(self, node: Node, before: str) -> None:
        kind = node.event.kind
        if kind == "error" and not self.throws(before, kind):
            self.fail(node)
        elif kind in ("timer", "message", "signal", "conditional"):
            for one in [one for one in self.run.waiting() if one.element == node.id]:
                self.run.fire(one.id)
                self.advance()

    def throws(self, element: str, kind: str) -> bool:
        node = self.nodes.get(element)
        return node is not None and node.kind == "endEvent" and node.event.kind == kind

    def fail(self, catcher: Node) -> None:
        """Let some task inside raise the error, where an event waits for one."""
        code = catcher.event.code or "any"
        inside = [
            task
            for task in self.run.ready_tasks()
            if catcher.attached_to in (task.element, *self.around(task.element), None)
        ]
        inside.sort(key=lambda task: self.nearest(task.element, code) != catcher.id)
        for task in inside[:1]:
            self.run.fail(task.id, code)
            self.advance()

    def nearest(self, element: str, code: str) -> str | None:
        """Return the border that catches an error of an element first."""
        for place in (element, *self.around(element)):
            for node in self.nodes.values():
                if node.attached_to == place and node.event.kind == "error":
                    if node.event.code in (None, code):
                        return node.id
        return None

    def around(self, element: str) -> list[str]:
        found = []
        todo = [element]
        while todo:
            place = todo.pop()
            parent = self.nodes[place].parent
            calls = [n.id for n in self.nodes.values() if n.called == self.process_of[place]]
            outer = [parent] if parent is not None else calls
            found += outer
            todo += [one for one in outer if one not in found[: -len(outer)]]
        return found

    # What the proof claims

    def holds(self) -> bool:
        """Tell whether the engine has come to what the problem says."""
        rule = self.problem.rule
        if rule == "lack-of-synchronisation":
            return self.doubled()
        if rule == "improper-completion":
            return self.count("completed", str(self.problem.elements[-1])) > 1
        if rule == "livelock":
            return self.never_ends()
        if self.failed is not None:
            return False
        return not self.run.is_completed() and not self.moving()

    def count(self, event: str, element: str) -> int:
        return sum(one.event == event and one.element == element for one in self.run.journal)

    def doubled(self) -> bool:
        wanted = Counter(flow for _, flow in self.path if flow)
        return all(self.count("taken", flow) >= times for flow, times in wanted.items())

    def moving(self) -> list[str]:
        """Return what could still happen inside the flow: not events that only start something."""
        found = [one.element for one in self.run.ready_tasks()]
        for one in self.run.waiting():
            if self.nodes[one.element].kind != "startEvent" and one.interrupting:
                found.append(one.element)
        return found

    def never_ends(self) -> bool:
        for _ in range(12):
            if self.run.is_completed():
                return False
            for task in self.run.ready_tasks()[:1]:
                self.run.complete(task.id)
                self.advance()
            if self.failed is not None:
                return "never comes to rest" in str(self.failed)
        return not self.run.is_completed()


def _starts(node: Node) -> bool:
    return node.kind == "startEvent"
