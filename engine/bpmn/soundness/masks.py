"""Masks: a net as whole numbers, one bit a place, so that a move is a few operations on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.bpmn.soundness.net import CASE, Net, Transition

# Of a flow into an inclusive join: where its tokens wait, from where one may come, from where one
# comes by sequence flows alone.
Feeding = tuple[int, int, int]


@dataclass(frozen=True)
class Move:
    """A transition of the net."""

    need: int
    forbid: int
    some: tuple[int, ...]
    clear: int
    put: int
    doubled: int  # what it puts twice
    rule: tuple[Feeding, ...]  # of an inclusive join
    number: int
    ends: bool
    gathers: bool  # a parallel join


class Masks:
    """The bits of the places and groups of a net."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.names = list(net.places)
        self.bits = {name: 1 << i for i, name in enumerate(self.names)}
        self.groups: dict[str, int] = {CASE: (1 << len(self.names)) - 1}
        for place in net.places.values():
            for group in place.groups:
                self.groups[group] = self.groups.get(group, 0) | self.bits[place.name]

    def of(self, names: Iterable[str]) -> int:
        """Return the mask of some places."""
        mask = 0
        for name in names:
            mask |= self.bits[name]
        return mask

    def group(self, *groups: str) -> int:
        """Return the mask of the places of some groups."""
        mask = 0
        for group in groups:
            mask |= self.groups.get(group, 0)
        return mask

    def moves(self) -> dict[int, list[Move]]:
        """Return the moves by a bit that must be marked; an inclusive join by each of its flows."""
        found: dict[int, list[Move]] = {}
        for number, one in enumerate(self.net.transitions):
            move = self._move(number, one)
            leads = [move.need & -move.need] if move.need else [bit for bit, *_ in move.rule]
            for lead in leads:
                found.setdefault(lead, []).append(move)
        return found

    def _move(self, number: int, one: Transition) -> Move:
        flows = self.net.joins[one.join] if one.join is not None else ()
        return Move(
            need=self.of(one.inputs | one.reads),
            forbid=self.group(*one.forbids),
            some=tuple(self.group(group) for group in one.some),
            clear=self.of(one.inputs) | self.group(*one.clears),
            put=self.of(one.outputs),
            doubled=self.of({name for name in one.outputs if one.outputs.count(name) > 1}),
            rule=tuple((self.bits[at], self.group(up), self.group(way)) for at, up, way in flows),
            number=number,
            ends=one.outcome is not None,
            gathers=bool(one.inputs) and all(self.net.places[n].gateway for n in one.inputs),
        )


def may_join(marking: int, rule: tuple[Feeding, ...]) -> bool:
    """Tell whether an inclusive join may fire (BPMN 2.0.2, 13.4.3).

    No token may be on its way to a flow without token, unless it could come by one that has one.
    The rule holds over sequence flows alone, and once more with events on borders.
    """
    arrivals = empty = filled = empty_along = filled_along = 0
    for arrival, feeding, along in rule:
        arrivals |= arrival
        if marking & arrival:
            filled |= feeding
            filled_along |= along
        else:
            empty |= feeding
            empty_along |= along
    awaited = empty & ~filled | empty_along & ~filled_along
    return not marking & awaited & ~arrivals
