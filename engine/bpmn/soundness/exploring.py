"""Exploring: all markings that the net can come to, and what is wrong with them.

A marking is a whole number, one bit a place. A marking with a second token is kept as a fault
and not followed further. Markings from which the case can no longer end are sorted into groups
that cannot be left: those are what a designer is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.bpmn.soundness.budget import Budget
from engine.bpmn.soundness.drawing import NotProven
from engine.bpmn.soundness.masks import Masks, Move, may_join
from engine.bpmn.soundness.net import MOVING, START, Key, Net, Outcome, Step, Transition

LIVE = "live:"  # the group of the tokens of the outermost level
PATIENCE = 5_000  # markings looked at after the first fault


@dataclass(frozen=True)
class Doubled:
    """A second token came to a place."""

    place: str
    path: tuple[Step, ...]


@dataclass(frozen=True)
class Trap:
    """Markings that the case cannot leave and in which it never ends."""

    marked: frozenset[str]  # in all of them
    moves: tuple[Transition, ...]  # that go on for ever
    path: tuple[Step, ...]


@dataclass
class Exploration:
    """What was found."""

    states: int
    covers: set[Key]
    outcomes: dict[Outcome, tuple[Step, ...]]
    doubled: list[Doubled]
    traps: list[Trap]
    cut: bool = False  # there may be more faults
    rests: bool = True  # whether a token ever waits

    @property
    def sound(self) -> bool:
        """Whether every case can end, and no token is ever doubled."""
        return not (self.doubled or self.traps)


class Explorer:
    """A search in breadth over one net."""

    def __init__(self, net: Net, budget: Budget, prompt: bool = False) -> None:
        self.net, self.budget = net, budget
        self.prompt = prompt  # whether parallel joins wait for nobody: in a net not reduced
        self.masks = Masks(net)
        self.names, self.bits = self.masks.names, self.masks.bits
        self.by_lead = self.masks.moves()
        self.moving = self.masks.group(MOVING)
        self.live = self.masks.group(LIVE)
        self.rests = False
        self.parents: dict[int, tuple[int, int]] = {}
        self.edges: dict[int, list[tuple[int, int]]] = {}
        self.endings: dict[Outcome, tuple[int, int]] = {}
        self.open: set[int] = set()  # markings from which a fault or an end is one move away
        self.doubled: dict[str, tuple[int, int]] = {}
        self.fired: set[int] = set()
        self.still: list[int] = []  # markings in which nothing can move
        self.cut = False  # the search stopped at faults before it had seen everything

    def run(self) -> None:
        """Find all markings."""
        first = self.bits[START]
        self.parents[first] = (0, -1)
        todo = [first]
        since = 0
        for marking in todo:
            since += 1 if self.doubled or self.still else 0
            if since > PATIENCE or not self._affordable():
                self.cut = True
                return
            self.edges[marking] = found = []
            moves = self._enabled(marking)
            if marking & self.live and not marking & self.moving:
                self.rests = True
            if not moves:
                self.still.append(marking)
            for move in moves:
                self.fired.add(move.number)
                rest = marking & ~move.clear
                twice = move.doubled | (rest & move.put)
                if twice:
                    self._double(marking, move, twice)
                    continue
                if move.ends:
                    outcome = self.net.transitions[move.number].outcome
                    assert outcome is not None
                    self.endings.setdefault(outcome, (marking, move.number))
                    self.open.add(marking)
                    continue
                after = rest | move.put
                found.append((after, move.number))
                if after not in self.parents:
                    self.parents[after] = (marking, move.number)
                    todo.append(after)

    def _affordable(self) -> bool:
        """Spend one marking of the budget; a fault that was found is told all the same."""
        try:
            self.budget.spend()
        except NotProven:
            if self.doubled or self.still:
                return False
            raise
        return True

    def _enabled(self, marking: int) -> list[Move]:
        """Return the moves: of tokens that never rest, else of joins, else all."""
        first = self._from(marking, marking & self.moving)
        if first:
            return first
        found = self._from(marking, marking)
        if self.prompt and any(move.gathers for move in found):
            return [move for move in found if move.gathers]
        return [move for move in found if move.rule] or found

    def _from(self, marking: int, left: int) -> list[Move]:
        """Return the moves that begin with one of some places."""
        found: list[Move] = []
        while left:
            bit = left & -left
            left ^= bit
            for move in self.by_lead.get(bit, ()):
                if marking & move.need != move.need or marking & move.forbid:
                    continue
                if not all(marking & mask for mask in move.some):
                    continue
                if move.rule and (move in found or not may_join(marking, move.rule)):
                    continue
                found.append(move)
        return found

    def _double(self, marking: int, move: Move, twice: int) -> None:
        self.open.add(marking)
        outputs = self.net.transitions[move.number].outputs
        name = next(name for name in outputs if self.bits[name] & twice)
        self.doubled.setdefault(name, (marking, move.number))

    def path(self, marking: int, last: int | None = None) -> tuple[Step, ...]:
        """Return the steps that lead to a marking, and those of one more move."""
        numbers = [] if last is None else [last]
        while True:
            before, number = self.parents[marking]
            if number < 0:
                break
            numbers.append(number)
            marking = before
        steps: list[Step] = []
        for number in reversed(numbers):
            steps += self.net.transitions[number].steps
        return tuple(steps)

    def covers(self) -> set[Key]:
        """Return the elements that something happened at."""
        ever = 0
        for marking in self.parents:
            ever |= marking
        found: set[Key] = set()
        for number in self.fired:
            one = self.net.transitions[number]
            found |= one.covers
            ever |= self.masks.of(one.outputs)
        for name in self.names:
            if ever & self.bits[name]:
                found |= self.net.places[name].covers
        return found

    def dying(self) -> set[int]:
        """Return the markings from which neither an end nor another fault can be reached."""
        before: dict[int, list[int]] = {}
        for marking, edges in self.edges.items():
            for after, _ in edges:
                before.setdefault(after, []).append(marking)
        good = set(self.open)
        todo = list(good)
        while todo:
            for marking in before.get(todo.pop(), ()):
                if marking not in good:
                    good.add(marking)
                    todo.append(marking)
        return {marking for marking in self.edges if marking not in good}

    def marked(self, marking: int) -> frozenset[str]:
        """Return the places of a marking."""
        return frozenset(name for name in self.names if marking & self.bits[name])


def explore(
    net: Net, budget: Budget, traps_of: Callable[[Explorer], list[Trap]], prompt: bool = False
) -> Exploration:
    """Explore a net; `prompt` where every step of the drawing is a move of its own.

    Raises:
        NotProven: the budget is used up.
    """
    explorer = Explorer(net, budget, prompt)
    explorer.run()
    doubled = [
        Doubled(name, explorer.path(marking, number))
        for name, (marking, number) in explorer.doubled.items()
    ]
    outcomes = {
        outcome: explorer.path(marking, number)
        for outcome, (marking, number) in explorer.endings.items()
    }
    return Exploration(
        len(explorer.parents),
        explorer.covers(),
        outcomes,
        doubled,
        traps_of(explorer),
        explorer.cut or bool(doubled),
        explorer.rests or explorer.cut,
    )
