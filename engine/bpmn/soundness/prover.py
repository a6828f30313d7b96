"""Prover: levels are proved from the inside outwards, each once.

A sub-process, a called process or a side path that is sound by itself is summarised for those
around it; one that is not is written out where it stands, because what is around it may end it.
A process that calls itself is taken to be as good as the proof says it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.model import Node, ProcessModel
from engine.bpmn.soundness import frames, reduction, regions, traps, urgency
from engine.bpmn.soundness.budget import Budget
from engine.bpmn.soundness.compiling import Compiler
from engine.bpmn.soundness.drawing import Drawing, NotProven
from engine.bpmn.soundness.exploring import Exploration, explore
from engine.bpmn.soundness.frames import Frame
from engine.bpmn.soundness.limits import MOST_ELEMENTS
from engine.bpmn.soundness.net import DONE, Net
from engine.bpmn.soundness.summary import Summary

DEEPEST = 20
MOST_EXACT = 20_000
Level = tuple[str, str | None, str | None, bool]  # process, sub-process, side event, called


@dataclass(frozen=True)
class Analysis:
    """What was found out about a level standing alone."""

    net: Net
    found: Exploration
    summary: Summary


class Prover:
    """Proves levels of the processes of some models, and remembers them."""

    def __init__(self, models: Mapping[str, ProcessModel], budget: Budget) -> None:
        self.models = models
        self.budget = budget
        self.drawings: dict[str, Drawing] = {}
        self.analyses: dict[Level, Analysis] = {}
        self.running: list[Level] = []
        self.states = 0
        self.exact = False  # write out who raises an error that is caught: a path leads there

    def drawing(self, process: str) -> Drawing:
        """Return the drawing of a process."""
        if process not in self.drawings:
            size = len(self.models[process].nodes) + len(self.models[process].flows)
            if size > MOST_ELEMENTS:
                raise NotProven(f"{process} has {size} elements", f"{process} 有 {size} 个元素")
            self.drawings[process] = Drawing(self.models[process])
        return self.drawings[process]

    def prove(self, process: str) -> Analysis:
        """Explore a process."""
        frame = Frame(self.drawing(process), None)
        made = self._analyse((process, None, None, False), frame)
        return made if made.found.sound else self._exactly(frame, made)

    def _exactly(self, frame: Frame, made: Analysis) -> Analysis:
        """Look for the faults again step by step, where joins wait for nobody; else keep those."""
        self.exact = True
        try:
            net = Compiler(Frame(frame.drawing, None), self).net
        except NotProven:
            return made
        urgency.hasten(net)
        net.simplify()
        try:
            budget = Budget(min(MOST_EXACT, self.budget.states), self.budget.until)
            found = explore(net, budget, traps.find, prompt=True)
        except NotProven:
            return made
        if found.cut and not made.found.cut:
            return made
        return Analysis(net, found, made.summary)

    def _analyse(self, level: Level, frame: Frame) -> Analysis:
        if level in self.analyses:
            return self.analyses[level]
        self.running.append(level)
        try:
            compiler = Compiler(frame, self)
            urgency.hasten(compiler.net)
            reduction.reduce(compiler.net, self.look)
            found = explore(compiler.net, self.budget, traps.find)
        finally:
            self.running.pop()
        self.states += found.states
        kept = [codes for raiser, codes in compiler.any_errors if raiser in found.covers]
        error = frozenset.intersection(*kept) if kept else None
        summary = Summary(
            found.outcomes,
            frozenset(found.covers),
            frozenset(compiler.escalations),
            error,
            found.rests,
        )
        self.analyses[level] = made = Analysis(compiler.net, found, summary)
        return made

    # What the compiler asks

    def look(self) -> None:
        """Give up when the time is over."""
        self.budget.look()

    def inside(self, frame: Frame, node: Node) -> Frame | None:
        """Return the inside of a sub-process or a call; None where it cannot be looked at."""
        prefix = f"{frame.name(node.id)}/"
        if node.kind != "callActivity":
            if not frame.drawing.inside[node.id]:
                return None
            drawing, level, caller = frame.drawing, node.id, frame.caller
        else:
            if node.called not in self.models or prefix.count("/") > DEEPEST:
                return None
            if any(one.drawing.model.id == node.called for one in frame.chain()):
                return None
            drawing, level = self.drawing(str(node.called)), None
            caller = frame.caller or node.id
        called = node.kind == "callActivity"
        return Frame(drawing, level, prefix, frame, node, caller, called)

    def summary(self, frame: Frame, node: Node) -> Summary | None:
        """Return what is known of the inside; None when it has to be written out."""
        inside = self.inside(frame, node)
        if inside is None or not regions.alternatives(inside):
            return Summary() if inside is None else None
        process = inside.drawing.model.id
        level: Level = (process, inside.level, None, inside.called)
        if level in self.running or len(self.running) > DEEPEST:
            return Summary(any_error=frozenset())
        alone = Frame(inside.drawing, inside.level, called=inside.called)
        made = self._analyse(level, alone)
        if not made.found.sound or not _fits(frame, node, made.summary):
            return None
        if self.exact and not _leads_to_errors(frame, node, made.summary):
            return None
        return made.summary

    def aside(self, frame: Frame, event: Node) -> Summary | None:
        """Return what is known of a side path by itself; None when it has to be written out."""
        drawing, region = frame.drawing, frame.regions.get(event.id, frozenset())
        if not regions.keeps_to_itself(drawing, event, region):
            return None
        level: Level = (drawing.model.id, frame.level, event.id, frame.called)
        if level in self.running:
            return None
        ends = {
            target
            for place in (event.id, *region)
            for target in drawing.following(drawing.nodes[place])
        }
        only = frozenset(region | ends | {event.id})
        alone = Frame(drawing, frame.level, called=frame.called, root=event.id, only=only)
        made = self._analyse(level, alone)
        known = made.summary
        if not made.found.sound or set(known.outcomes) != {DONE} or known.escalations:
            return None
        if known.any_error is not None and frames.of_any_error(frame, event, known.any_error):
            return None
        return known


def _fits(frame: Frame, node: Node, summary: Summary) -> bool:
    """Tell whether a summary says enough at this place."""
    if any(frames.find(frame, node, "escalation", code) for code in summary.escalations):
        return False
    cancelling = any(kind == "cancel" for kind, _ in summary.outcomes)
    caught = any(one.event.kind == "cancel" for one in frame.drawing.boundary[node.id])
    return caught or not cancelling


def _leads_to_errors(frame: Frame, node: Node, summary: Summary) -> bool:
    """Tell whether a summary holds the path to each error that is caught around it."""
    if summary.any_error is None:
        return True
    drawn = [frames.find(frame, node, *one) for one in summary.outcomes if one[0] == "error"]
    told = {one.frame.name(one.event.id) for one in drawn if one is not None}
    caught = frames.of_any_error(frame, node, summary.any_error)
    return told >= {one.frame.name(one.event.id) for one in caught}
