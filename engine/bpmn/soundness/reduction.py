"""Reduction: a smaller net with the same faults.

Sequences, choices that meet again, parallel and inclusive blocks and loops shrink to one place
each (after Berthelot and Murata). Only moves that nothing can prevent are drawn together, and
only between places that no other move tells apart, so deadlocks, second tokens and endless loops
stay. Each move keeps the steps of the drawing it stands for: paths remain whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

from engine.bpmn.soundness.net import MOVING, START, Key, Net, Transition


def reduce(net: Net, look: Callable[[], None] = lambda: None) -> None:
    """Shrink a net in place; `look` may stop it."""
    net.simplify()
    Reducer(net).run(look)


class Reducer:
    """The net with its moves looked up by place."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.makers: dict[str, list[Transition]] = defaultdict(list)
        self.takers: dict[str, list[Transition]] = defaultdict(list)
        self.readers: dict[str, int] = defaultdict(int)
        self.alive = dict.fromkeys(net.transitions)
        self.used = {MOVING}  # the groups that some move asks about or empties
        for one in net.transitions:
            self._link(one)
            for place in one.reads:
                self.readers[place] += 1
            self.used |= one.forbids | one.some | one.clears
        for flows in net.joins.values():
            self.used |= {group for _, *groups in flows for group in groups}

    def _link(self, one: Transition) -> None:
        for place in one.inputs:
            self.takers[place].append(one)
        for place in set(one.outputs):
            self.makers[place].append(one)

    def _unlink(self, one: Transition) -> None:
        for place in one.inputs:
            self.takers[place].remove(one)
        for place in set(one.outputs):
            self.makers[place].remove(one)

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
        for rule in (self._spin, self._equal_moves, self._sequence, self._twins, self._block):
            touched = rule(name)
            if touched:
                return touched
        return set()

    def _drop(self, one: Transition) -> None:
        self._unlink(one)
        del self.alive[one]

    def _near(self, moves: Iterable[Transition]) -> set[str]:
        return {place for one in moves for place in (*one.inputs, *one.outputs)}

    # Rules

    def _spin(self, name: str) -> set[str]:
        """A move that leads back to where it begins changes nothing."""
        for one in self.takers[name]:
            if one.plain and one.outputs == (name,):
                place = self.net.places[name]
                place.covers |= one.covers
                place.spins = True
                self._drop(one)
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
                self._drop(one)
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
            self._unlink(maker)
            kept = tuple(one for one in maker.outputs if one != name)
            maker.outputs = kept + move.outputs
            maker.steps += move.steps
            maker.covers |= move.covers | place.covers
            self._link(maker)
        self._drop(move)
        del self.net.places[name]
        return self._near(makers) | set(move.outputs)

    def _same(self, name: str, other: str) -> bool:
        """Tell whether no move but those that take the tokens tells two places apart."""
        first = self._relevant(self.net.places[name].groups)
        second = self._relevant(self.net.places[other].groups)
        # Where no token rests it is already further on; where it may rest it must not be hurried
        # to where it may not.
        return first == second or first == second | {MOVING}

    def _relevant(self, groups: set[str]) -> set[str]:
        return groups & self.used

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
            if self._relevant(self.net.places[other].groups) == self._relevant(
                self.net.places[name].groups
            ):
                return self._forget(other, name)
        return set()

    def _forget(self, other: str, name: str) -> set[str]:
        self.net.places[name].covers |= self.net.places[other].covers
        touched = self._near(self.makers[other]) | self._near(self.takers[other])
        for one in list(self.makers[other]):
            one.outputs = tuple(place for place in one.outputs if place != other)
        for one in list(self.takers[other]):
            one.inputs -= {other}
        del self.net.places[other], self.makers[other], self.takers[other]
        return touched - {other}

    def _block(self, name: str) -> set[str]:
        """An inclusive gateway whose flows all lead to one inclusive join chooses nothing."""
        for maker in self.takers[name]:
            if maker.plain and maker.outputs:
                place = self._onward(maker.outputs[0])
                groups = self.net.places[place].groups
                for group in (g for g in groups if g.startswith("at:")):
                    touched = self._close(name, group.removeprefix("at:"))
                    if touched:
                        return touched
        return set()

    def _onward(self, name: str) -> str:
        """Return the place that the only move from a place leads to, else the place itself."""
        takers = self.takers[name]
        if len(takers) == 1 and takers[0].plain and len(takers[0].outputs) == 1:
            if not self.readers[name] and self.net.places[name].kind == "token":
                return takers[0].outputs[0]
        return name

    def _close(self, name: str, join: str) -> set[str]:
        arrivals = {place for place, *_ in self.net.joins.get(join, ())}
        splits = [one for one in self.takers[name] if one.outputs and one.plain]
        splits = [one for one in splits if self._onward(one.outputs[0]) in arrivals]
        branches = {place for one in splits for place in one.outputs}
        between = branches - arrivals
        ends = [self._onward(place) if place in between else place for place in branches]
        if (
            splits != self.takers[name]
            or not splits
            or len(ends) != len(set(ends))
            or not set(ends) <= arrivals
        ):
            return set()
        if any(len(set(one.outputs)) != len(one.outputs) for one in splits):
            return set()
        through = {self.takers[place][0] for place in between}
        for place in (*arrivals, *between):
            if not set(self.makers[place]) <= {*splits, *through} or self.readers[place]:
                return set()
        if not self._fed_evenly(join, arrivals | between):
            return set()
        own = {g for _, *groups in self.net.joins[join] for g in groups}
        own |= {f"at:{join}", MOVING}
        wanted = self._relevant(self.net.places[name].groups) - own
        for place in (*arrivals, *between):
            if self._relevant(self.net.places[place].groups) - own != wanted:
                return set()
        return self._join_at_once(name, join, arrivals, splits, list(through))

    def _fed_evenly(self, join: str, arrivals: set[str]) -> bool:
        """Tell whether a token elsewhere may come by every flow or by none: it never blocks."""
        flows = self.net.joins[join]
        up, along = {group for _, group, _ in flows}, {group for _, _, group in flows}
        return all(
            up.isdisjoint(place.groups) or along <= place.groups
            for name, place in self.net.places.items()
            if name not in arrivals
        )

    def _join_at_once(
        self,
        name: str,
        join: str,
        arrivals: set[str],
        splits: list[Transition],
        through: list[Transition],
    ) -> set[str]:
        widest = max(splits, key=lambda one: len(one.outputs))
        between = {place for one in through for place in one.inputs}
        order = [one for place in widest.outputs for one in through if place in one.inputs]
        steps = widest.steps + tuple(step for one in order for step in one.steps)
        covers = frozenset[Key]().union(*(one.covers for one in (*splits, *through)))
        for place in arrivals | between:
            covers |= self.net.places[place].covers
        for old in (*splits, *through):
            self._drop(old)
        for one in [one for one in self.alive if one.join == join]:
            self._drop(one)
            at = {f"at:{join}"}
            made = replace(
                one,
                inputs=frozenset({name}),
                steps=steps + one.steps,
                covers=covers | one.covers,
                some=one.some - at,
                clears=one.clears - at,
                join=None,
            )
            self.alive[made] = None
            self._link(made)
        for place in arrivals | between:
            del self.net.places[place]
        del self.net.joins[join]
        self.net.places[name].groups.discard(MOVING)  # it stands for the branches as well
        return {name} | self._near(self.takers[name]) - {START}
