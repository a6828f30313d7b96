"""Linked: a net with its moves looked up by place, to be changed in place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from engine.bpmn.soundness.net import MOVING, Net, Transition


class Linked:
    """What the rules of the reduction have in common."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.makers: dict[str, list[Transition]] = defaultdict(list)
        self.takers: dict[str, list[Transition]] = defaultdict(list)
        self.readers: dict[str, int] = defaultdict(int)
        self.alive = dict.fromkeys(net.transitions)
        self.used = {MOVING}  # the groups that some move asks about or empties
        for one in net.transitions:
            self.link(one)
            for place in one.reads:
                self.readers[place] += 1
            self.used |= one.forbids | one.some | one.clears
        for flows in net.joins.values():
            self.used |= {group for _, *groups in flows for group in groups}

    def link(self, one: Transition) -> None:
        """Note where a move takes and puts tokens."""
        for place in one.inputs:
            self.takers[place].append(one)
        for place in set(one.outputs):
            self.makers[place].append(one)

    def unlink(self, one: Transition) -> None:
        """Forget it."""
        for place in one.inputs:
            self.takers[place].remove(one)
        for place in set(one.outputs):
            self.makers[place].remove(one)

    def drop(self, one: Transition) -> None:
        """Take a move away."""
        self.unlink(one)
        del self.alive[one]

    def near(self, moves: Iterable[Transition]) -> set[str]:
        """Return the places that some moves touch."""
        return {place for one in moves for place in (*one.inputs, *one.outputs)}

    def relevant(self, groups: set[str]) -> set[str]:
        """Return the groups that some move asks about or empties."""
        return groups & self.used
