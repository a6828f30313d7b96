"""Drawing: a process model with its edges looked up once, and what each node may choose.

Which flows leave a node together follows the rules by which the engine chooses them, with every
condition left free: an exclusive gateway takes one, a parallel one all, an inclusive one and any
other node those without condition and any of the others, the default when none of these holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from engine.bpmn.model import ACTIVITIES, Flow, Node, ProcessModel

MOST_CONDITIONS = 10
Option = tuple[Flow, ...]
Beginning = tuple[Node, ...]  # all the nodes at which a level begins together


class NotProven(Exception):
    """The proof stops; the sentences say why, in English and Chinese."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.english, self.chinese = english, chinese


class Drawing:
    """One process and its edges."""

    def __init__(self, model: ProcessModel) -> None:
        self.model = model
        self.nodes = model.nodes
        self.outgoing: dict[str, list[Flow]] = defaultdict(list)
        self.incoming: dict[str, list[Flow]] = defaultdict(list)
        self.inside: dict[str | None, list[Node]] = defaultdict(list)
        self.boundary: dict[str, list[Node]] = defaultdict(list)
        for flow in model.flows.values():
            self.outgoing[flow.source].append(flow)
            self.incoming[flow.target].append(flow)
        for node in model.nodes.values():
            self.inside[node.parent].append(node)
            if node.attached_to and not is_outside(node):
                self.boundary[node.attached_to].append(node)

    def catch_of(self, throw: Node) -> Node | None:
        """Return the link event that a link event jumps to."""
        for node in self.inside[throw.parent]:
            if is_link_catch(node) and node.event.name == throw.event.name:
                return node
        return None

    def following(self, node: Node) -> list[str]:
        """Return the nodes that a token may enter from a node."""
        found = [flow.target for flow in self.outgoing[node.id]]
        if is_link_throw(node):
            catch = self.catch_of(node)
            found += [catch.id] if catch else []
        return found

    def entries(self, parent: str | None) -> list[Beginning]:
        """Return the alternatives by which a level begins, each with all its first nodes.

        Activities that no flow leads to begin beside a start event.
        """
        found = self._starts(parent)
        beside = tuple(n for n in self.inside[parent] if n.kind in ACTIVITIES and _begins(self, n))
        return [(*one, *(n for n in beside if n not in one)) for one in found]

    def _starts(self, parent: str | None) -> list[Beginning]:
        nodes = self.inside[parent]
        starts = [node for node in nodes if node.kind == "startEvent"]
        if parent is not None and self.nodes[parent].triggered_by_event:
            return [(starts[0],)] if starts else []
        if parent is not None and starts:
            return _plain(starts)
        first: Beginning = tuple(node for node in nodes if _begins(self, node))
        found: list[Beginning] = [(n,) for n in nodes if n.kind == "startEvent" or n.instantiate]
        return found or ([first] if first else [])

    def callable_entries(self) -> list[Beginning]:
        """Return how the process begins when another one calls it."""
        starts = [node for node in self.inside[None] if node.kind == "startEvent"]
        plain = [node for node in starts if node.event.kind == "none"][:1]
        return [one for one in self.entries(None) if not starts or plain and one[0] == plain[0]]

    def reach(
        self, roots: Iterable[str], without: str | None = None, within: frozenset[str] | None = None
    ) -> set[str]:
        """Return the nodes of a level that tokens can come to, boundary events included."""
        seen: set[str] = set()
        todo = list(roots)
        while todo:
            place = todo.pop()
            if place in seen or place == without or (within is not None and place not in within):
                continue
            seen.add(place)
            todo += self.following(self.nodes[place])
            todo += [event.id for event in self.boundary[place]]
        return seen

    def upstream(self, source: str, gateway: str, borders: bool) -> set[str]:
        """Return the nodes from which a token can come to a node without passing a gateway.

        Args:
            source: where it comes to.
            gateway: what it may not pass.
            borders: whether it may leave an activity by an event on its border.
        """
        before: dict[str, list[str]] = defaultdict(list)
        for node in self.inside[self.nodes[gateway].parent]:
            if is_link_throw(node) and (catch := self.catch_of(node)):
                before[catch.id].append(node.id)
        seen: set[str] = set()
        todo = [source]
        while todo:
            place = todo.pop()
            if place in seen or place == gateway:
                continue
            seen.add(place)
            todo += [flow.source for flow in self.incoming[place]] + before[place]
            attached = self.nodes[place].attached_to if borders else None
            todo += [attached] if attached else []
        return seen

    def options(self, node: Node) -> list[Option]:
        """Return the sets of flows that may leave a node together."""
        flows = self.outgoing[node.id]
        if not flows:
            return [()]
        if node.kind in ("exclusiveGateway", "eventBasedGateway"):
            return [(flow,) for flow in flows]
        conditional = any(flow.condition is not None for flow in flows)
        if node.kind == "parallelGateway" or (not conditional and node.kind != "inclusiveGateway"):
            return [tuple(flows)]
        return _inclusive(node, flows, conditional)


def _inclusive(node: Node, flows: list[Flow], conditional: bool) -> list[Option]:
    others = [flow for flow in flows if flow.id != node.default]
    free = [flow for flow in others if flow.condition is not None or not conditional]
    always = [flow for flow in others if flow not in free]
    if len(free) > MOST_CONDITIONS:
        raise NotProven(
            f"{node.id} chooses among {len(free)} flows with conditions",
            f"{node.id} 有 {len(free)} 条带条件的流",
        )
    found = []
    for size in range(len(free), 0, -1):
        for chosen in combinations(free, size):
            found.append(tuple(flow for flow in flows if flow in always or flow in chosen))
    default = [flow for flow in flows if flow.id == node.default]
    if default or always:
        found.append(tuple(flow for flow in flows if flow in always or flow in default))
    return found


def _plain(starts: list[Node]) -> list[Beginning]:
    """Of several start events without trigger the first is taken."""
    plain = [node for node in starts if node.event.kind == "none"]
    return [(plain[0],)] if plain else []


def is_link_catch(node: Node) -> bool:
    """Tell whether a node is where links arrive."""
    return node.kind == "intermediateCatchEvent" and node.event.kind == "link"


def is_link_throw(node: Node) -> bool:
    """Tell whether a node is where a link departs."""
    return node.kind == "intermediateThrowEvent" and node.event.kind == "link"


def is_join(drawing: Drawing, node: Node) -> bool:
    """Tell whether tokens wait for one another at a node."""
    joining = node.kind in ("parallelGateway", "inclusiveGateway")
    return joining and len(drawing.incoming[node.id]) > 1


def is_outside(node: Node) -> bool:
    """Tell whether a node takes no part in the flow: what undoes, and what it hangs on."""
    if node.for_compensation:
        return True
    return node.kind == "boundaryEvent" and node.event.kind == "compensation"


def _begins(drawing: Drawing, node: Node) -> bool:
    return not (
        drawing.incoming[node.id]
        or node.kind == "boundaryEvent"
        or node.triggered_by_event
        or node.instantiate
        or is_link_catch(node)
        or is_outside(node)
    )
