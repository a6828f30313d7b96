"""Net: the token game of a diagram, written as places and transitions.

A place holds at most one token; a second one is a fault. Groups name sets of places that a
transition empties, or asks to be empty or not. Each transition carries the steps of the diagram
that it stands for, so that a run of the net can be told as a path through the drawing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

Step = tuple[str, str | None]  # an element that acts, and the flow it takes
Key = tuple[str, str]  # process, element
Outcome = tuple[str, str | None]  # done | error | cancel, and the code of an error

DONE: Outcome = ("done", None)
START = "*start"  # no id begins with a star
CASE = "case"  # the group of all places
MOVING = "moving"  # the group of places at which no token rests: those move before all others


@dataclass(eq=False)
class Place:
    """Where a token may be."""

    name: str
    element: str
    process: str
    kind: str = "token"  # token | end | ending | scope | mark
    groups: set[str] = field(default_factory=set)
    covers: set[Key] = field(default_factory=set)  # what has happened once it held a token
    caller: str | None = None  # the call of the process under proof, for places of called ones
    gateway: str | None = None  # the join at which a token waits here
    flow: str | None = None  # the flow by which it came to the join
    spins: bool = False  # a token may move here for ever without changing anything


@dataclass(eq=False)
class Transition:
    """One move: it takes tokens and puts tokens, and may empty whole groups."""

    element: str
    inputs: frozenset[str]
    outputs: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    reads: frozenset[str] = frozenset()
    forbids: frozenset[str] = frozenset()
    some: frozenset[str] = frozenset()
    clears: frozenset[str] = frozenset()
    covers: frozenset[Key] = frozenset()
    join: str | None = None  # the inclusive join whose rule must hold
    outcome: Outcome | None = None  # it ends the case
    spontaneous: bool = False  # nobody has to let it happen

    @property
    def plain(self) -> bool:
        """Whether it takes one token and does nothing but put others."""
        return len(self.inputs) == 1 and not (
            self.reads
            or self.forbids
            or self.some
            or self.clears
            or self.join
            or self.outcome
            or self.spontaneous
        )

    @property
    def idle(self) -> bool:
        """Whether it changes nothing."""
        return tuple(self.inputs) == self.outputs and not (self.clears or self.outcome)


@dataclass(eq=False)
class Net:
    """Places by name, and transitions in the order of the drawing; `START` holds the first token.

    `joins` gives for each inclusive join its flows: the place where tokens of the flow wait, the
    group of places from which a token may still come by it, and of those the ones from which it
    comes by sequence flows alone.
    """

    places: dict[str, Place] = field(default_factory=dict)
    transitions: list[Transition] = field(default_factory=list)
    joins: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    def simplify(self) -> None:
        """Take away what has no effect: groups without places, or with nothing but what is taken."""
        members: dict[str, set[str]] = defaultdict(set)
        for place in self.places.values():
            for group in place.groups:
                members[group].add(place.name)
        kept = []
        for one in self.transitions:
            one.forbids = frozenset(group for group in one.forbids if members[group])
            one.clears = frozenset(
                group for group in one.clears if group == CASE or not members[group] <= one.inputs
            )
            if not one.some or any(members[group] for group in one.some):
                kept.append(one)
        self.transitions = kept
