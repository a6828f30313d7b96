"""Traps: the groups of markings that a case cannot leave, each told once.

Among the markings from which no end can be reached, those groups are strongly connected and
closed (Tarjan's algorithm, without recursion). An event that may come again and again does not
make a livelock of a case that stands still.
"""

from __future__ import annotations

from engine.bpmn.soundness.exploring import Explorer, Trap
from engine.bpmn.soundness.net import Transition

MOST = 20


def find(explorer: Explorer) -> list[Trap]:
    """Return the traps, those first that the shortest paths lead to."""
    if explorer.cut:
        groups = [{marking} for marking in explorer.still[:MOST]]
    else:
        groups = closed(explorer, explorer.dying())
    found = []
    seen: set[frozenset[str]] = set()
    order = {marking: number for number, marking in enumerate(explorer.parents)}
    for group in groups:
        trap = _trap(explorer, group, order)
        if trap.marked not in seen:
            seen.add(trap.marked)
            found.append((min(order[one] for one in group), trap))
    found.sort(key=lambda pair: pair[0])
    return [trap for _, trap in found[:MOST]]


def _trap(explorer: Explorer, group: set[int], order: dict[int, int]) -> Trap:
    common = -1
    for marking in group:
        common &= marking
    nearest = min(group, key=lambda marking: order[marking])
    return Trap(
        explorer.marked(common & nearest), tuple(_rounds(explorer, group)), explorer.path(nearest)
    )


def _rounds(explorer: Explorer, group: set[int]) -> list[Transition]:
    """Return the moves that go round in a group without an event that nobody needs."""
    inner: dict[int, list[tuple[int, int]]] = {}
    for marking in group:
        inner[marking] = [
            (after, number)
            for after, number in explorer.edges[marking]
            if not explorer.net.transitions[number].spontaneous
        ]
    numbers: set[int] = set()
    for part in components(inner):
        for marking in part:
            for after, number in inner[marking]:
                if after in part and (len(part) > 1 or after == marking):
                    numbers.add(number)
    return [explorer.net.transitions[number] for number in sorted(numbers)]


def closed(explorer: Explorer, dying: set[int]) -> list[set[int]]:
    """Return the strongly connected groups among the dying that no move leaves."""
    edges = {marking: explorer.edges[marking] for marking in dying}
    return [
        part
        for part in components(edges)
        if all(after in part for marking in part for after, _ in edges[marking])
    ]


def components(edges: dict[int, list[tuple[int, int]]]) -> list[set[int]]:
    """Return the strongly connected components of a graph."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    held: set[int] = set()
    stack: list[int] = []
    found: list[set[int]] = []
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        held.add(root)
        while work:
            node, targets = work[-1]
            for after, _ in targets:
                if after not in edges:
                    continue
                if after not in index:
                    index[after] = low[after] = len(index)
                    stack.append(after)
                    held.add(after)
                    work.append((after, iter(edges[after])))
                    break
                if after in held:
                    low[node] = min(low[node], index[after])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part: set[int] = set()
                    while node not in part:
                        top = stack.pop()
                        held.discard(top)
                        part.add(top)
                    found.append(part)
    return found
