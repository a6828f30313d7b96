"""Names: variables that an expression reads and that nothing can have written by then.

A flow of facts through a process and all it calls: what may have been written before a node is
what any way to it writes, by forms, scripts, results, payloads and repetitions. Where somebody
writes what the files do not tell (an operation, a connector, a message), nothing after it is
doubted. What a process is started with it declares by the property `variables`.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from catalogue.problem import Problem
from engine.bpmn.checks import texts
from engine.bpmn.checks.rules import of_node
from engine.bpmn.errors import ExpressionRefused
from engine.bpmn.expressions import compile_expression, compile_script
from engine.bpmn.extensions import Extensions
from engine.bpmn.model import Flow, Node, ProcessModel

ANYTHING = "*"  # written by somebody whom the files do not tell about
BEGIN, LEVEL, LINK = "#begin", "#level ", "#link "  # no id of XML holds these signs
MOST_STEPS = 200_000
COUNTED = ("numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances",
           "loopCounter")  # fmt: skip
Fields = Callable[[ProcessModel, Node], frozenset[str]]
Place = tuple[str, str]  # process and node


def problems(models: Mapping[str, ProcessModel], fields: Fields) -> Iterator[Problem]:
    """Yield the reading of variables that nothing writes before.

    Args:
        models: the processes that are checked together, by id.
        fields: gives the keys of the form of a task.
    """
    facts = Facts(models, fields)
    for model in models.values():
        if not model.executable:
            continue
        for element, _, what, text, is_script in texts.all_texts(model):
            place = _place(model, element)
            if place is None:
                continue
            thing: Node | Flow = model.flows.get(element) or model.nodes[element]
            for name in facts.lacks(place, _reads(text, is_script)):
                yield of_node("variable-never-written", model, thing, text=what, name=name)


def _place(model: ProcessModel, element: str) -> Place | None:
    """Return the node at which a text is read: that of a flow is its source."""
    flow = model.flows.get(element)
    name = flow.source if flow else element
    return (model.id, name) if name in model.nodes else None


def _reads(text: str, is_script: bool) -> frozenset[str]:
    try:
        compiled = (compile_script if is_script else compile_expression)(text)
    except ExpressionRefused:
        return frozenset()
    return compiled.reads - compiled.writes


class Facts:
    """What may have been written before each node: one bit for each name."""

    def __init__(self, models: Mapping[str, ProcessModel], fields: Fields) -> None:
        self.models = models
        self.fields = fields
        self.bits: dict[str, int] = {}
        self.before: dict[Place, int] = defaultdict(int)
        self.writes: dict[Place, int] = {}
        self.ways: dict[Place, list[Place]] = defaultdict(list)
        for model in models.values():
            for node in model.nodes.values():
                self._add(model, node)
            self.before[model.id, BEGIN] = self._mask(declared(model.extensions))
        self._follow()

    def lacks(self, place: Place, names: Iterable[str]) -> list[str]:
        """Return which names nothing can have written before a node."""
        known = self.before[place]
        if known & self.bits.get(ANYTHING, 0):
            return []
        return [name for name in sorted(names) if not known & self.bits.get(name, 0)]

    def _mask(self, names: Iterable[str]) -> int:
        mask = 0
        for name in names:
            mask |= self.bits.setdefault(name, 1 << len(self.bits))
        return mask

    def _add(self, model: ProcessModel, node: Node) -> None:
        """Note what a node writes and where its facts go; levels and links are places too."""
        here = (model.id, node.id)
        self.before[here] = self._mask(_own(node))
        self.writes[here] = self._mask(_written(node, self.models) | self.fields(model, node))
        ways = [flow.target for flow in model.outgoing(node.id)]
        ways += [event.id for event in model.boundary(node.id)]
        ways.append(f"{LEVEL}{node.parent}")
        if node.parent is not None:
            ways.append(node.parent)
        self.ways[here] += [(model.id, way) for way in ways]
        self.ways[model.id, f"{LEVEL}{node.parent}"] += [here] if node.triggered_by_event else []
        if _begins(model, node):
            above = (model.id, node.parent or BEGIN)
            self.ways[above].append(here)
        if node.event.kind == "link":
            link = (model.id, f"{LINK}{node.parent}{LEVEL}{node.event.name}")
            throws = node.kind == "intermediateThrowEvent"
            self.ways[here if throws else link].append(link if throws else here)
        if node.called in self.models:
            self.ways[here].append((str(node.called), BEGIN))
            self.ways[str(node.called), f"{LEVEL}None"].append(here)

    def _follow(self) -> None:
        todo = deque(self.before)
        waiting = set(todo)
        for _ in range(MOST_STEPS):
            if not todo:
                return
            place = todo.popleft()
            waiting.discard(place)
            after = self.before[place] | self.writes.get(place, 0)
            for way in self.ways[place]:
                if after & ~self.before[way]:
                    self.before[way] |= after
                    if way not in waiting:
                        waiting.add(way)
                        todo.append(way)
        everything = self._mask([ANYTHING])  # too tangled to tell: nothing is doubted
        for place in self.before:
            self.before[place] |= everything


def _written(node: Node, models: Mapping[str, ProcessModel]) -> set[str]:
    """Return what a node writes, besides the fields of its form."""
    more = node.extensions
    found = {name for name in (more.variable, more.decision_result) if name}
    found |= {call.result for call in (more.operation, more.connector) if call and call.result}
    for script in (node.script, more.before, more.after):
        if script is not None:
            try:
                found |= compile_script(script).writes
            except ExpressionRefused:
                found.add(ANYTHING)
    if node.loop is not None and node.loop.output:
        found.add(node.loop.output)
    if _tells_nothing(node, models):
        found.add(ANYTHING)
    return found


def _begins(model: ProcessModel, node: Node) -> bool:
    return node.kind != "boundaryEvent" and not model.incoming(node.id)


def _own(node: Node) -> set[str]:
    """Return what is there because a node repeats."""
    if node.loop is None:
        return set()
    return {*COUNTED, *(name for name in (node.loop.item, node.loop.output_item) if name)}


def _tells_nothing(node: Node, models: Mapping[str, ProcessModel]) -> bool:
    """Tell whether a node writes what the files do not say."""
    more = node.extensions
    if more.operation is not None or (more.connector is not None and not more.connector.result):
        return True
    if node.kind == "businessRuleTask" and not more.decision_result:
        return True
    if node.kind == "callActivity" and node.called not in models:
        return True
    if node.kind in ("userTask", "manualTask") and not more.form:
        return True  # without a form every name is taken
    catches = node.kind in ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
    return catches and node.event.kind in ("message", "signal", "multiple") and not more.variable


def declared(more: Extensions) -> set[str]:
    """Return the variables that a process says it is started with."""
    texts_ = (value for name, value in more.properties if name == "variables")
    return {name.strip() for text in texts_ for name in text.split(",") if name.strip()}
