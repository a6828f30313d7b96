"""Reduction: a smaller net with the same faults.

Sequences, choices that meet again, parallel and inclusive blocks and loops shrink to one place
each (after Berthelot and Murata). Only moves that nothing can prevent are drawn together, and
only between places that no other move tells apart, so deadlocks, second tokens and endless loops
stay. Each move keeps the steps of the drawing it stands for: paths remain whole.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.soundness.blocks import Blocks
from engine.bpmn.soundness.net import MOVING, Net, Transition


def reduce(net: Net, look: Callable[[], None] = lambda: None) -> None:
    """Shrink a net in place; `look` may stop it."""
    net.simplify()
    Reducer(net).run(look)


class Reducer(Blocks):
    """The rules, applied until none applies."""

    def run(self, look: Callable[[], None]) -> None:
        """Apply the rules until none applies."""
        todo = dict.fromkeys(self.net.places)
        while todo:
            name = next(iter(todo))
            del todo[name]
            look()
            if name in self.net.places:
                todo.update(dict.fromkeys(self._shrink(name)))
        self.net.transitions = list(self.alive)

    def _shrink(self, name: str) -> set[str]:
        """Apply one rule at a place and return the places to look at again."""
        for rule in (self._spin, self._equal_moves, self._sequence, self._twins, self.block):
            touched = rule(name)
            if touched:
                return touched
        return set()

    # Rules

    def _spin(self, name: str) -> set[str]:
        """A move that leads back to where it begins changes nothing."""
        for one in self.takers[name]:
            if one.plain and one.outputs == (name,):
                place = self.net.places[name]
                place.covers |= one.covers
                place.spins = True
                self.drop(one)
                return {name}
        return set()

    def _equal_moves(self, name: str) -> set[str]:
        """Of several moves with the same effect one is enough."""
        seen: dict[tuple[object, ...], Transition] = {}
        for one in self.takers[name]:
            key = (
                one.inputs,
                tuple(sorted(one.outputs)),
                one.reads,
                one.forbids,
                one.some,
                one.clears,
                one.join,
                one.outcome,
                one.spontaneous,
            )
            if key in seen:
                seen[key].covers |= one.covers
                self.drop(one)
                return {name, *one.outputs}
            seen[key] = one
        return set()

    def _sequence(self, name: str) -> set[str]:
        """Draw a place together with what its only move leads to."""
        takers = self.takers[name]
        place = self.net.places[name]
        if len(takers) != 1 or self.readers[name] or place.kind != "token":
            return set()
        move = takers[0]
        if not move.plain or not move.outputs or name in move.outputs:
            return set()
        for output in move.outputs:
            if self.net.places[output].kind != "token" or not self._same(name, output):
                return set()
        makers = list(self.makers[name])
        if any(maker.outputs.count(name) > 1 for maker in makers):
            return set()  # a fault: it is told here, not copied onwards
        for maker in makers:
            self.unlink(maker)
            kept = tuple(one for one in maker.outputs if one != name)
            maker.outputs = kept + move.outputs
            maker.steps += move.steps
            maker.covers |= move.covers | place.covers
            self.link(maker)
        self.drop(move)
        del self.net.places[name]
        return self.near(makers) | set(move.outputs)

    def _same(self, name: str, other: str) -> bool:
        """Tell whether no move but those that take the tokens tells two places apart."""
        first = self.relevant(self.net.places[name].groups)
        second = self.relevant(self.net.places[other].groups)
        # Where no token rests it is already further on; where it may rest it must not be hurried
        # to where it may not.
        return first == second or first == second | {MOVING}

    def _twins(self, name: str) -> set[str]:
        """Of places that are always filled and emptied together one is enough."""
        if self.net.places[name].kind != "token" or self.readers[name] or not self.makers[name]:
            return set()
        makers, takers = self.makers[name], self.takers[name]
        if not takers or any(one.outputs.count(name) > 1 for one in makers):
            return set()
        for other in makers[0].outputs:
            if other == name or self.net.places[other].kind != "token" or self.readers[other]:
                continue
            if set(self.makers[other]) != set(makers) or set(self.takers[other]) != set(takers):
                continue
            if any(one.outputs.count(other) > 1 for one in makers):
                continue
            if self.relevant(self.net.places[other].groups) == self.relevant(
                self.net.places[name].groups
            ):
                return self._forget(other, name)
        return set()

    def _forget(self, other: str, name: str) -> set[str]:
        self.net.places[name].covers |= self.net.places[other].covers
        touched = self.near(self.makers[other]) | self.near(self.takers[other])
        for one in list(self.makers[other]):
            one.outputs = tuple(place for place in one.outputs if place != other)
        for one in list(self.takers[other]):
            one.inputs -= {other}
        del self.net.places[other], self.makers[other], self.takers[other]
        return touched - {other}
