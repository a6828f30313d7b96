"""Blocks: an inclusive gateway whose flows all lead to one inclusive join chooses nothing.

Whichever flows it takes, the join waits for just these and goes on once. The block becomes one
move, unless a token elsewhere could hold the join up.
"""

from __future__ import annotations

from dataclasses import replace

from engine.bpmn.soundness.linked import Linked
from engine.bpmn.soundness.net import MOVING, START, Key, Transition


class Blocks(Linked):
    """The rule for inclusive blocks."""

    def block(self, name: str) -> set[str]:
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
        wanted = self.relevant(self.net.places[name].groups) - own
        for place in (*arrivals, *between):
            if self.relevant(self.net.places[place].groups) - own != wanted:
                return set()
        return self._join_at_once(name, join, arrivals, splits, list(through))

    def _fed_evenly(self, join: str, arrivals: set[str]) -> bool:
        """Tell whether a token elsewhere may come by every flow or by none: it never blocks."""
        flows = self.net.joins[join]
        ways = [{group for _, group, _ in flows}, {group for _, _, group in flows}]
        return all(
            way.isdisjoint(place.groups) or way <= place.groups
            for name, place in self.net.places.items()
            if name not in arrivals
            for way in ways
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
            self.drop(old)
        for one in [one for one in self.alive if one.join == join]:
            self.drop(one)
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
            self.link(made)
        for place in arrivals | between:
            del self.net.places[place]
        del self.net.joins[join]
        self.net.places[name].groups.discard(MOVING)  # it stands for the branches as well
        return {name} | self.near(self.takers[name]) - {START}
