"""Faults: what an exploration found, told at the element a designer has to look at.

Second tokens are told where the branches meet, deadlocks at the join that waits or the element
that cannot go on, livelocks at the loop, dead elements at the first one of each branch. What lies
inside a called process is told at the call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.bpmn.model import Node
from engine.bpmn.soundness.drawing import Drawing, is_join, is_outside
from engine.bpmn.soundness.exploring import Doubled, Trap
from engine.bpmn.soundness.net import START, Key, Net, Place, Step
from engine.bpmn.soundness.prover import Analysis, Prover

MOST = 8  # of one rule


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    rule: str
    element: str
    elements: tuple[str, ...] = ()  # others that take part
    path: tuple[Step, ...] = ()


def find(prover: Prover, process: str, analysis: Analysis) -> list[Fault]:
    """Return the faults of a process, each rule at an element once."""
    drawing = prover.drawing(process)
    found = [_doubled(prover, analysis.net, one) for one in analysis.found.doubled]
    found += [_trap(prover, analysis.net, one) for one in analysis.found.traps]
    met = [one.element for one in found if one.rule == "lack-of-synchronisation"]
    after = drawing.reach(one for one in met if one in drawing.nodes)
    found = [one for one in found if one.rule != "improper-completion" or one.element not in after]
    stuck = [one.element for one in found]
    if analysis.found.cut:  # not all was looked at: only what no flow leads to is certain
        found += _dead(drawing, _unconnected(drawing), [])
    else:
        found += _dead(drawing, dead(drawing, analysis.summary.covers), stuck)
    kept: dict[tuple[str, str], Fault] = {}
    for fault in sorted(found, key=lambda one: len(one.path)):
        if sum(rule == fault.rule for rule, _ in kept) < MOST:
            kept.setdefault((fault.rule, fault.element), fault)
    return list(kept.values())


def _doubled(prover: Prover, net: Net, one: Doubled) -> Fault:
    place = net.places[one.place]
    meeting = _meeting(prover.drawing(place.process), place)
    if place.kind == "end" and meeting == place.element:
        return _fault("improper-completion", place, (place.element,), one.path)
    told = dict.fromkeys((meeting, place.element, *((place.flow,) if place.flow else ())))
    return _fault("lack-of-synchronisation", place, tuple(told), one.path)


def _fault(rule: str, place: Place, elements: tuple[str, ...], path: tuple[Step, ...]) -> Fault:
    told = (place.caller, *elements) if place.caller else elements
    return Fault(rule, told[0], told, path)


def _meeting(drawing: Drawing, place: Place) -> str:
    """Return the node before a place at which several flows meet without waiting, or itself."""
    at = place.element
    if place.kind == "end" and len(drawing.incoming[at]) == 1:
        at = drawing.incoming[at][0].source
    if place.flow is not None:
        at = drawing.model.flows[place.flow].source
    seen: set[str] = set()
    while at not in seen:
        seen.add(at)
        flows = drawing.incoming[at]
        if is_join(drawing, drawing.nodes[at]) or not flows:
            break
        if len(flows) > 1:
            return at
        at = flows[0].source
    return place.element


def _trap(prover: Prover, net: Net, trap: Trap) -> Fault:
    places = [net.places[name] for name in sorted(trap.marked)]
    spinning = [place for place in places if place.spins]
    if trap.moves or spinning:
        return _livelock(net, trap, spinning)
    waiting = [place for place in places if place.gateway is not None]
    if waiting:
        place = _first_join(prover, waiting)
        drawing = prover.drawing(place.process)
        node = drawing.nodes[place.element]
        have = {one.flow for one in waiting if one.element == place.element}
        missing = [flow.id for flow in drawing.incoming[node.id] if flow.id not in have]
        parallel = node.kind == "parallelGateway"
        rule = "parallel-join-starved" if parallel else "inclusive-join-blocked"
        return _fault(rule, place, (node.id, *missing), trap.path)
    tokens = [place for place in places if place.kind == "token"]
    if not tokens:
        start = net.places[START]
        return _fault("deadlock", start, (start.element,), trap.path)
    inmost = max(tokens, key=lambda one: one.name.count("/"))
    return _fault("deadlock", inmost, (inmost.element,), trap.path)


def _first_join(prover: Prover, waiting: list[Place]) -> Place:
    """Of several joins that wait, return one that no other is the cause of."""
    for place in waiting:
        drawing = prover.drawing(place.process)
        after = drawing.reach([place.element])
        others = [one for one in waiting if one.process == place.process]
        causes = (
            one
            for one in others
            if one.element not in after and place.element in drawing.reach([one.element])
        )
        if not any(causes):
            return place
    return waiting[0]


def _livelock(net: Net, trap: Trap, spinning: list[Place]) -> Fault:
    found: dict[str, Place] = {}
    for move in trap.moves:
        arrivals = [place for place, *_ in net.joins[move.join]] if move.join else []
        for name in (*move.inputs, *arrivals):
            place = net.places[name]
            if place.kind == "token":
                found.setdefault(place.element, place)
    for place in spinning:
        found.setdefault(place.element, place)
    first = next(iter(found.values()), net.places[START])
    return _fault("livelock", first, tuple(found) or (first.element,), trap.path)


# Dead elements


def dead(drawing: Drawing, covers: frozenset[Key]) -> set[str]:
    """Return the nodes that should take part and that nothing ever happened at."""
    alive = {element for process, element in covers if process == drawing.model.id}
    return {node.id for node in _taking_part(drawing) if node.id not in alive}


def _dead(drawing: Drawing, found: set[str], stuck: list[str]) -> list[Fault]:
    explained = drawing.reach(_with_parents(drawing, stuck))
    left = [one for one in drawing.nodes if one in found and one not in explained]
    first = [one for one in left if not _after_dead(drawing, one, found)]
    told: list[Fault] = []
    # What only leads to one another has no first element: any will do.
    for identity in (*first, *left):
        if identity in explained or len(told) == MOST:
            continue
        further = _within(drawing, identity) & found
        explained |= further
        others = (one for one in drawing.nodes if one in further and one != identity)
        told.append(Fault("dead-element", identity, (identity, *others)))
    return told


def _with_parents(drawing: Drawing, elements: list[str]) -> set[str]:
    """Return some nodes and the sub-processes around them, which their faults hold up."""
    found: set[str] = set()
    for element in elements:
        node = drawing.nodes.get(element)
        while node is not None:
            found.add(node.id)
            node = drawing.nodes.get(node.parent or "")
    return found


def _after_dead(drawing: Drawing, identity: str, found: set[str]) -> bool:
    """Tell whether a node is dead because all that comes before it is."""
    node = drawing.nodes[identity]
    if node.parent in found or node.attached_to in found:
        return True
    before = {flow.source for flow in drawing.incoming[identity]}
    return bool(before) and before <= found


def _within(drawing: Drawing, identity: str) -> set[str]:
    """Return the nodes that come after a node, with all that is inside them."""
    reached = drawing.reach([identity])
    todo = list(reached)
    while todo:
        inside = [node.id for node in drawing.inside.get(todo.pop(), ())]
        reached.update(inside)
        todo += inside
    return reached


def _taking_part(drawing: Drawing) -> Iterator[Node]:
    """Yield the nodes that a case should be able to come to: all but what undoes."""
    undoing: set[str] = set()
    for node in drawing.nodes.values():
        starts = drawing.entries(node.id) if node.triggered_by_event else []
        compensates = bool(starts) and starts[0][0].event.kind == "compensation"
        if is_outside(node) or compensates or node.parent in undoing:
            undoing.add(node.id)
        else:
            yield node


def _unconnected(drawing: Drawing) -> set[str]:
    """Return the nodes to which no flow leads from a beginning, whatever is chosen on the way."""
    levels: Iterable[str | None] = (None, *drawing.nodes)
    roots: list[str] = []
    for level in levels:
        for nodes in drawing.entries(level) if drawing.inside[level] else ():
            roots += [node.id for node in nodes]
    events = [node.id for node in drawing.nodes.values() if node.triggered_by_event]
    drawn = drawing.reach([*roots, *events])
    return {node.id for node in _taking_part(drawing) if node.id not in drawn}
