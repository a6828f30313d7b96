"""Drawings moved token by token: the flows taken and the nodes entered must be the same multisets.

The simulator that the expectations come from enters a node only along a flow: what an event
starts (a start event, a boundary event, an event sub-process, the target of a link) is fired, not
entered, and after an event-based gateway the event that came is neither. The end of a process is
told only where no pool stands for it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from engine.errors import EngineError
from engine.process.trace import Trace
from tests.oracles import drawings, judging
from tests.oracles.judging import RIGHT, Score, Verdict, wrong

SUITE = "exec_token_moves"
FIRED = ("startEvent", "boundaryEvent")


@pytest.mark.parametrize("case", judging.cases(SUITE))
def test_tokens_move_as_the_standard_says(case: dict[str, Any], score: Score) -> None:
    score.judge(SUITE, case["id"], verdict_of(case))


def verdict_of(case: dict[str, Any]) -> Verdict:
    original = (judging.models(SUITE) / case["bpmn"]).read_bytes()
    content = drawings.written_out(original)
    trace = Trace({Path(case["bpmn"]).name: content})
    try:
        if trace.refused:
            return judging.judge_refusal(trace.problems, [original])
        return Game(trace, content).play(case["steps"])
    finally:
        trace.close()


class Game:
    """One case being played."""

    def __init__(self, trace: Trace, content: bytes) -> None:
        self.trace = trace
        self.content = content
        self.pools = drawings.processes_of_pools(content)
        self.nodes = {key: n for m in trace.models.values() for key, n in m.nodes.items()}
        self.flows = {key: f for m in trace.models.values() for key, f in m.flows.items()}
        self.held: list[str] = []
        self.events: list[dict[str, Any]] = []

    def play(self, steps: list[dict[str, Any]]) -> Verdict:
        """Do the steps of a case and compare at each `expect`."""
        for step in steps:
            if step["op"] == "expect":
                differences = self.compare(step)
                if differences:
                    return wrong("; ".join(differences))
                self.events = []
                continue
            try:
                getattr(self, step["op"])(step)
            except EngineError as error:
                return wrong(f"{step['op']} {step.get('element')}: {error}")
        return RIGHT

    def config(self, step: dict[str, Any]) -> None:
        active = step["active"]
        self.trace.choose(step["gateway"], active if isinstance(active, list) else [active])

    def wait_at(self, step: dict[str, Any]) -> None:
        self.held.append(step["element"])
        self.trace.pause(self.held)

    def trigger(self, step: dict[str, Any]) -> None:
        """Start, complete or fire: whatever can happen at the element."""
        element = step["element"]
        for one in self.trace.status()["waiting"]:
            if one["element"] == element:
                by_hand = one["type"] in ("userTask", "connector")
                do = self.trace.complete if by_hand else self.trace.fire
                self.events += do(element)
                return
        process = next(k for k, m in self.trace.models.items() if element in m.nodes)
        self.events += self.trace.start(process, element=element)

    def signal(self, step: dict[str, Any]) -> None:
        """Start a process, or let what a message flow carries come."""
        element = step["element"]
        if element in self.trace.models:
            self.events += self.trace.start(element)
            return
        name = drawings.message_of_flow(self.content, element)
        assert name is not None, f"{element} is no message flow"
        self.events += self.trace.message(name)

    def compare(self, step: dict[str, Any]) -> list[str]:
        """Return where the moves since the last comparison differ from the expected ones."""
        ended = {
            one["element"]
            for one in self.events
            if one["event"] == "ended" and one["element"] not in self.pools
        }
        taken = Counter(one["element"] for one in self.events if self.is_move(one))
        pairs = [
            ("flows", Counter(step["flows_taken"]), taken),
            ("nodes", Counter(step["nodes_entered"]), self.entered()),
            ("ended", Counter(step["processes_ended"]), Counter(ended)),
        ]
        troubles = [one["message"] for one in self.trace.status()["incidents"]]
        return [
            f"{what}: missing {dict(wanted - found)}, too much {dict(found - wanted)} {troubles}"
            for what, wanted, found in pairs
            if wanted != found
        ]

    def is_move(self, event: dict[str, Any]) -> bool:
        """Tell whether a flow was taken that the simulator shows, too."""
        if event["event"] != "taken":
            return False
        return self.nodes[self.flows[event["element"]].source].kind != "eventBasedGateway"

    def entered(self) -> Counter[str]:
        """Return the nodes entered along a flow, and those that begin a scope without event."""
        found: Counter[str] = Counter()
        for event in self.events:
            if event["event"] != "entered":
                continue
            node = self.nodes[event["element"]]
            fired = (
                node.kind in FIRED
                or node.triggered_by_event
                or (node.kind == "intermediateCatchEvent" and node.event.kind == "link")
                or self.is_behind_gateway(node.id)
            )
            found[node.id] += not fired
        return +found

    def is_behind_gateway(self, node: str) -> bool:
        sources = [f.source for f in self.flows.values() if f.target == node]
        return any(self.nodes[one].kind == "eventBasedGateway" for one in sources)
