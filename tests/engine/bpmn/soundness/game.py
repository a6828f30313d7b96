"""Game: the token game played by brute force, to judge the proof by.

It plays on nested scopes of plain values, looks at every state there is, draws nothing together
and shares no code with the package under test. What it knows of the diagram it looks up anew.

A state of a scope is (tokens, ended, listening): each token is (place, armed events, inner
state); a place is a node, or a flow in brackets before a join.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.bpmn.model import ACTIVITIES, Flow, Node, ProcessModel

FREE = ("timer", "message", "signal", "conditional")
FAILING = ("userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "businessRuleTask")
State = tuple[frozenset[Any], frozenset[str], bool]


class TooLarge(Exception):
    """There are more states than the caller wants to look at."""


@dataclass
class Verdict:
    """What the game found."""

    states: int
    doubled: set[str]
    improper: set[str]
    stuck: bool
    dead: set[str]

    @property
    def sound(self) -> bool:
        return not (self.doubled or self.improper or self.stuck or self.dead)


class Level:
    """One process or sub-process."""

    def __init__(self, game: Game, model: ProcessModel, parent: str | None, called: bool) -> None:
        self.game, self.model, self.parent, self.called = game, model, parent, called
        self.nodes = {n.id: n for n in model.nodes.values() if n.parent == parent}
        self.flows = [f for f in model.flows.values() if f.source in self.nodes]
        self.outs = {n: [f for f in self.flows if f.source == n] for n in self.nodes}
        self.ins = {n: [f for f in self.flows if f.target == n] for n in self.nodes}
        self.hanging = {
            n: [b for b in self.nodes.values() if b.attached_to == n] for n in self.nodes
        }
        self.handlers = [n for n in self.nodes.values() if n.triggered_by_event]

    def joins(self, node: Node) -> bool:
        gateway = node.kind in ("parallelGateway", "inclusiveGateway")
        return gateway and len(self.ins[node.id]) > 1

    def start_of(self, handler: Node) -> Node:
        return next(
            n
            for n in self.model.nodes.values()
            if n.parent == handler.id and n.kind == "startEvent"
        )

    @cached_property
    def beginnings(self) -> list[list[Node]]:
        starts = [n for n in self.nodes.values() if n.kind == "startEvent"]
        if starts and (self.parent is not None or self.called):
            by_event = self.parent is not None and self.model.nodes[self.parent].triggered_by_event
            plain = [n for n in starts if by_event or n.event.kind == "none"]
            return [plain[:1] + self.alone] if plain else []
        if starts:
            return [[n, *self.alone] for n in starts]
        first = [
            n
            for n in self.nodes.values()
            if not self.ins[n.id]
            and n.kind != "boundaryEvent"
            and not n.triggered_by_event
            and not (n.kind == "intermediateCatchEvent" and n.event.kind == "link")
        ]
        return [first] if first else []

    @property
    def alone(self) -> list[Node]:
        """Activities that no flow leads to begin with their level."""
        activities = [n for n in self.nodes.values() if n.kind in ACTIVITIES]
        return [n for n in activities if not self.ins[n.id] and not n.triggered_by_event]

    def next_to(self, node: str) -> list[str]:
        found = [f.target for f in self.outs[node]] + [b.id for b in self.hanging[node]]
        one = self.nodes[node]
        if one.kind == "intermediateThrowEvent" and one.event.kind == "link":
            found += [c.id for c in self.catches(one)]
        return found

    def catches(self, throw: Node) -> list[Node]:
        return [
            n
            for n in self.nodes.values()
            if n.kind == "intermediateCatchEvent"
            and n.event.kind == "link"
            and n.event.name == throw.event.name
        ]

    def reachable(self, roots: list[str], without: str | None = None) -> set[str]:
        seen: set[str] = set()
        todo = [r for r in roots if r != without]
        while todo:
            place = todo.pop()
            if place not in seen:
                seen.add(place)
                todo += [t for t in self.next_to(place) if t != without]
        return seen

    @cached_property
    def regions(self) -> dict[str, set[str]]:
        """For each event that interrupts nothing: the nodes that only it leads to."""
        roots = [n.id for group in self.beginnings for n in group]
        return {
            b.id: self.reachable([b.id]) - self.reachable(roots, without=b.id)
            for b in self.nodes.values()
            if b.kind == "boundaryEvent" and not b.interrupting and b.event.kind != "error"
        }

    def region_of(self, node: str) -> str | None:
        """The smallest region a node is in; a side event is in its own."""
        if node in self.regions:
            return node
        holding = [b for b, nodes in self.regions.items() if node in nodes]
        return min(holding, key=lambda b: len(self.regions[b]), default=None)

    @cached_property
    def before(self) -> dict[tuple[str, bool], set[str]]:
        """For each flow into an inclusive join: where tokens come from, over borders or not."""
        found = {}
        for join in self.nodes.values():
            if join.kind == "inclusiveGateway" and self.joins(join):
                for flow in self.ins[join.id]:
                    for borders in (True, False):
                        found[flow.id, borders] = {
                            n for n in self.nodes if self.leads(n, flow.source, join.id, borders)
                        }
        return found

    def leads(self, start: str, end: str, avoiding: str, borders: bool) -> bool:
        if start == avoiding or end == avoiding:
            return False
        seen: set[str] = set()
        todo = [start]
        while todo:
            place = todo.pop()
            if place == end:
                return True
            if place in seen or place == avoiding:
                continue
            seen.add(place)
            hanging = {b.id for b in self.hanging[place]}
            todo += [t for t in self.next_to(place) if borders or t not in hanging]
        return False

    def ways(self, node: Node) -> list[list[Flow]]:
        outs = self.outs[node.id]
        if not outs:
            return [[]]
        if node.kind in ("exclusiveGateway", "eventBasedGateway"):
            return [[f] for f in outs]
        guarded = any(f.condition is not None for f in outs)
        if node.kind == "parallelGateway" or not guarded and node.kind != "inclusiveGateway":
            return [outs]
        rest = [f for f in outs if f.id != node.default]
        found = []
        for mask in itertools.product((False, True), repeat=len(rest)):
            taken = [f for f, yes in zip(rest, mask, strict=True) if yes]
            must = [f for f in rest if guarded and f.condition is None]
            if any(f not in taken for f in must):
                continue
            optional = [f for f in taken if f not in must]
            if optional:
                found.append([f for f in outs if f in taken])
            elif must or node.default:
                found.append([f for f in outs if f in must or f.id == node.default])
        return found


class Game:
    """The game of one process and of those it calls."""

    def __init__(self, models: Mapping[str, ProcessModel], process: str) -> None:
        self.models, self.process = models, process
        self.levels: dict[tuple[str, str | None, bool], Level] = {}
        self.top = self.level(process, None, False)

    def level(self, process: str, parent: str | None, called: bool) -> Level:
        key = (process, parent, called)
        if key not in self.levels:
            self.levels[key] = Level(self, self.models[process], parent, called)
        return self.levels[key]

    def inner(self, level: Level, node: Node) -> Level | None:
        if node.kind in ("subProcess", "transaction"):
            made = self.level(level.model.id, node.id, level.called)
            return made if made.nodes else None
        if node.kind == "callActivity" and node.called in self.models:
            return self.level(str(node.called), None, True)
        return None

    def play(self, limit: int = 50_000) -> Verdict:
        verdict = Verdict(0, set(), set(), False, set())
        executed: set[tuple[str, str]] = set()
        known: dict[State, int] = {}
        after: list[list[int]] = []
        good: set[int] = set()
        todo: list[State] = []

        def number(state: State) -> int:
            if state not in known:
                known[state] = len(known)
                after.append([])
                todo.append(state)
                if len(known) > limit:
                    raise TooLarge()
            return known[state]

        for group in self.top.beginnings:
            for event in Play(self, self.top).begin(group):
                if event[0] == "to":
                    executed |= event[2]
                    number(event[1])
                else:
                    self._fault(event, verdict, executed)
        while todo:
            state = todo.pop()
            here = known[state]
            rests = Play(self, self.top).at_rest(state)
            for event in Play(self, self.top, rests).moves(state):
                if event[0] == "to":
                    executed |= event[2]
                    after[here].append(number(event[1]))
                elif event[0] == "throw" and event[1] == "escalation":
                    executed |= event[4]
                    after[here].append(number(event[3]))
                elif event[0] == "throw" and event[1] == "any":
                    continue
                elif event[0] == "fault":
                    good.add(here)
                    self._fault(event, verdict, executed)
                else:
                    executed |= event[-1]
                    good.add(here)
        verdict.states = len(known)
        verdict.stuck = self._stuck(after, good)
        taking = {n.id for n in self.models[self.process].nodes.values()}
        verdict.dead = taking - {e for p, e in executed if p == self.process}
        return verdict

    @staticmethod
    def _fault(event: Any, verdict: Verdict, executed: set[tuple[str, str]]) -> None:
        (verdict.doubled if event[1] == "token" else verdict.improper).add(event[2])

    @staticmethod
    def _stuck(after: list[list[int]], good: set[int]) -> bool:
        before: dict[int, set[int]] = {}
        for here, targets in enumerate(after):
            for target in targets:
                before.setdefault(target, set()).add(here)
        reached, todo = set(good), list(good)
        while todo:
            for one in before.get(todo.pop(), ()):
                if one not in reached:
                    reached.add(one)
                    todo.append(one)
        return len(reached) < len(after)


class Play:
    """The moves of one scope."""

    def __init__(self, game: Game, level: Level, rests: bool = False) -> None:
        self.game, self.level = game, level
        self.rests = rests  # no token of the whole case stands where it moves on by itself

    def begin(self, nodes: list[Node]) -> Iterator[Any]:
        empty: State = (frozenset(), frozenset(), bool(self.level.handlers))
        yield from self.put(empty, [(n, None, None) for n in nodes], frozenset())

    def put(self, state: State, entering: list[Any], done: frozenset[Any]) -> Iterator[Any]:
        """Let tokens come to nodes, one after the other; yields one state or one fault."""
        tokens, ended, listening = state
        tokens, ended = set(tokens), set(ended)
        done = set(done)
        for node, flow, source in entering:
            key = (self.level.model.id, node.id)
            if flow is not None and self.level.joins(node):
                place, armed, inside = f"({flow.id})", frozenset(), None
            else:
                done.add(key)
                region = self.level.region_of(source) if source else None
                outside = region is not None and node.id not in self.level.regions[region]
                place = f"{node.id}@{region}" if node.kind == "endEvent" and outside else node.id
                if node.kind == "endEvent" and node.event.kind in ("none", "message", "signal"):
                    if place in ended:
                        yield ("fault", "end", node.id)
                        return
                    ended.add(place)
                    continue
                armed = frozenset(
                    b.id
                    for b in self.level.hanging[node.id]
                    if not b.interrupting and b.event.timer in ("timeDate", "timeDuration")
                )
                inside = None
                below = self.game.inner(self.level, node)
                if below is not None:
                    if not below.beginnings:
                        inside = "never"
                    else:
                        begun = list(Play(self.game, below).begin(below.beginnings[0]))
                        if begun[0][0] == "fault":
                            yield begun[0]
                            return
                        inside = begun[0][1]
                        done |= begun[0][2]
            if any(t[0] == place for t in tokens):
                if node.kind == "endEvent" and node.event.kind in (
                    "terminate",
                    "error",
                    "escalation",
                ):
                    continue
                yield ("fault", "token", node.id)
                return
            tokens.add((place, armed, inside))
        yield ("to", (frozenset(tokens), frozenset(ended), listening), frozenset(done))

    def leave(self, state: State, node: Node, done: frozenset[Any] = frozenset()) -> Iterator[Any]:
        for way in self.level.ways(node):
            entering = [(self.level.nodes[f.target], f, node.id) for f in way]
            yield from self.put(state, entering, done)

    def moves(self, state: State) -> Iterator[Any]:
        tokens, ended, listening = state
        if not tokens:
            yield ("over", frozenset())
            return
        urgent = [token for token in tokens if self.ends_at_once(token)]
        if self.rests and not urgent:
            for kind in ("parallelGateway", "inclusiveGateway"):
                fired = list(self.joining(state, kind))
                if fired:
                    yield from fired
                    return
        for token in urgent or tokens:
            if token[0].startswith("("):
                continue
            if not urgent and not self.rests and self.resting(token):
                continue
            if token[2] is not None and (urgent or not self.rests):
                rest = (tokens - {token}, ended, listening)
                node = self.level.nodes[self.position(token[0])]
                yield from self.inside(state, rest, token, node)
            else:
                yield from self.act(state, token)
        if urgent:
            return
        if not self.rests:
            return
        if listening:
            for handler in self.level.handlers:
                if self.level.start_of(handler).event.kind in FREE:
                    yield from self.handle(state, handler)

    def ends_at_once(self, token: Any) -> bool:
        """Tell whether a token stands at, or holds one at, an end that ends more than a branch."""
        node = self.level.nodes[self.position(token[0])]
        if node.kind == "endEvent":
            return node.event.kind in ("terminate", "error", "escalation") or (
                node.event.kind == "cancel" and self.cancels()
            )
        if token[2] is None or token[2] == "never":
            return False
        below = self.game.inner(self.level, node)
        assert below is not None
        return any(Play(self.game, below).ends_at_once(one) for one in token[2][0])

    def at_rest(self, state: State) -> bool:
        return all(self.resting(token) for token in state[0])

    def resting(self, token: Any) -> bool:
        """Tell whether a token, and all in its scope, waits for somebody or something."""
        place, _, inside = token
        node = self.level.nodes[self.position(place)]
        sources = {self.level.nodes[f.source].kind for f in self.level.ins[node.id]}
        moving = (
            node.kind in ("exclusiveGateway", "parallelGateway", "inclusiveGateway")
            or node.kind in ("startEvent", "intermediateThrowEvent")
            or (node.kind == "intermediateCatchEvent" and node.event.kind in ("none", "link"))
            or sources == {"eventBasedGateway"}
        )
        if moving and not place.startswith("("):
            return False
        if inside is None or inside == "never":
            return True
        below = self.game.inner(self.level, node)
        assert below is not None
        return Play(self.game, below).at_rest(inside)

    def cancels(self) -> bool:
        holder = self.level.model.nodes.get(self.level.parent or "")
        return holder is not None and holder.kind == "transaction"

    def joining(self, state: State, kind: str) -> Iterator[Any]:
        """What joins do, here and below: before anybody else who rests."""
        tokens, ended, listening = state
        for node in self.level.nodes.values():
            if self.level.joins(node) and node.kind == kind:
                yield from self.join(state, node)
        for token in tokens:
            if token[2] is not None and token[2] != "never":
                node = self.level.nodes[self.position(token[0])]
                below = self.game.inner(self.level, node)
                assert below is not None
                for event in Play(self.game, below, self.rests).joining(token[2], kind):
                    if event[0] == "to":
                        rest = (tokens - {token}, ended, listening)
                        yield ("to", self.swap(rest, token, event[1]), event[2])
                    else:
                        yield event

    def join(self, state: State, node: Node) -> Iterator[Any]:
        tokens, ended, listening = state
        at = {f.id: t for f in self.level.ins[node.id] for t in tokens if t[0] == f"({f.id})"}
        empty = [f.id for f in self.level.ins[node.id] if f.id not in at]
        if not at or (node.kind == "parallelGateway" and empty):
            return
        if node.kind == "inclusiveGateway":
            for place in (self.position(t[0]) for t in tokens):
                if place == node.id:
                    continue
                for borders in (True, False):
                    coming = any(place in self.level.before[f, borders] for f in empty)
                    if coming and not any(place in self.level.before[f, borders] for f in at):
                        return
        rest = (tokens - set(at.values()), ended, listening)
        done = frozenset({(self.level.model.id, node.id)})
        yield from self.leave(rest, node, done)

    def position(self, place: str) -> str:
        if place.startswith("("):
            return self.level.model.flows[place[1:-1]].target
        return place.split("@")[0]

    def act(self, state: State, token: Any) -> Iterator[Any]:
        place, armed, inside = token
        node = self.level.nodes[self.position(place)]
        rest = (state[0] - {token}, state[1], state[2])
        kind = node.event.kind
        if node.kind == "endEvent":
            yield from self.end(state, rest, token, node)
        elif node.kind == "intermediateThrowEvent" and kind == "link":
            entering = [(c, None, None) for c in self.level.catches(node)]
            yield from self.put(rest, entering, frozenset())
        elif node.kind == "intermediateThrowEvent" and kind == "escalation":
            for event in self.leave(rest, node):
                if event[0] == "fault":
                    yield event
                else:
                    yield from self.catch(
                        event[1], rest, token, node, "escalation", node.event.code, event[2]
                    )
        elif inside is None:
            for event in self.leave(rest, node):
                yield event
        elif inside != "never":
            yield from self.inside(state, rest, token, node)
        if node.kind in FAILING:
            yield from self.catch(state, rest, token, node, "any", frozenset(), frozenset())
        for border in self.level.hanging[node.id]:
            over = inside is not None and inside != "never" and not inside[0]
            if border.event.kind in FREE and not over:
                yield from self.border(state, token, border, frozenset())

    def inside(self, state: State, rest: State, token: Any, node: Node) -> Iterator[Any]:
        """What happens in the scope of a token."""
        below = self.game.inner(self.level, node)
        assert below is not None
        for event in Play(self.game, below, self.rests).moves(token[2]):
            if event[0] == "fault":
                yield event
            elif event[0] == "to":
                yield ("to", self.swap(rest, token, event[1]), event[2])
            elif event[0] == "over":
                if node.triggered_by_event:
                    yield ("to", rest, event[1])
                else:
                    yield from self.leave(rest, node, event[1])
            elif event[0] == "cancel":
                for border in self.level.hanging[node.id]:
                    if border.event.kind == "cancel":
                        yield from self.border(state, token, border, event[1])
            else:
                _, kind, code, inner, done = event
                going = state if inner is None else self.swap(rest, token, inner)
                changed = token if inner is None else (token[0], token[1], inner)
                yield from self.catch(going, rest, changed, node, kind, code, done)

    @staticmethod
    def swap(rest: State, token: Any, inner: State) -> State:
        return (rest[0] | {(token[0], token[1], inner)}, rest[1], rest[2])

    def catch(
        self,
        going: State,
        rest: State,
        token: Any,
        node: Node,
        kind: str,
        code: Any,
        done: frozenset[Any],
    ) -> Iterator[Any]:
        """Find who catches what a token throws; `going` is the state if nobody does."""
        wanted = "error" if kind == "any" else kind
        borders = [b for b in self.level.hanging[node.id] if b.event.kind == wanted]
        handlers = [
            h
            for h in self.level.handlers
            if going[2] and h.id != node.id and self.level.start_of(h).event.kind == wanted
        ]
        for group in (borders, handlers):
            catching = []
            for one in group:
                event = one.event if one in borders else self.level.start_of(one).event
                catching.append((one, event.code))
            if kind != "any":
                fitting = [one for one, c in catching if c == code] or [
                    one for one, c in catching if c is None
                ]
                if fitting:
                    yield from self.caught(going, token, fitting[0], done)
                    return
                continue
            for one, c in catching:
                if c is not None and c not in code:
                    yield from self.caught(going, token, one, done)
                    code = code | {c}
            everything = [one for one, c in catching if c is None]
            if everything:
                yield from self.caught(going, token, everything[0], done)
                return
        yield ("throw", kind, code, None if kind != "escalation" else going, done)

    def caught(self, going: State, token: Any, by: Node, done: frozenset[Any]) -> Iterator[Any]:
        if by.triggered_by_event:
            yield from self.handle(going, by, done, thrown=True)
        else:
            yield from self.border(going, token, by, done, thrown=True)

    def border(
        self, state: State, token: Any, event: Node, done: frozenset[Any], thrown: bool = False
    ) -> Iterator[Any]:
        tokens, ended, listening = state
        done = done | {(self.level.model.id, event.id)}
        if event.interrupting or event.event.kind in ("error", "cancel"):
            tokens = frozenset(t for t in tokens if t[0] != token[0])
            yield from self.leave((tokens, ended, listening), event, done)
            return
        region = self.level.regions[event.id]
        running = any(self.position(t[0]) in region and t[0] != token[0] for t in tokens)
        within = region | {event.id}
        clones = any("@" in t[0] and t[0].split("@")[1] in within for t in tokens)
        if running or clones:
            if thrown:
                yield ("to", state, done - {(self.level.model.id, event.id)})
            return
        one_shot = event.event.timer in ("timeDate", "timeDuration")
        if one_shot:
            if event.id not in token[1]:
                return
            used = (token[0], token[1] - {event.id}, token[2])
            tokens = (tokens - {token}) | {used}
        left = frozenset(
            e for e in ended if (e.split("@")[1] not in within if "@" in e else e not in region)
        )
        yield from self.leave((tokens, left, listening), event, done)

    def handle(
        self,
        state: State,
        handler: Node,
        done: frozenset[Any] = frozenset(),
        thrown: bool = False,
    ) -> Iterator[Any]:
        start = self.level.start_of(handler)
        if start.interrupting or start.event.kind == "error":
            empty: State = (frozenset(), frozenset(), False)
            yield from self.put(empty, [(handler, None, None)], done)
        elif any(t[0] == handler.id for t in state[0]):
            if thrown:
                yield ("to", state, done)
        else:
            yield from self.put(state, [(handler, None, None)], done)

    def end(self, state: State, rest: State, token: Any, node: Node) -> Iterator[Any]:
        kind, nothing = node.event.kind, frozenset[Any]()
        if kind == "terminate":
            yield ("over", nothing)
        elif kind == "cancel":
            holder = self.level.model.nodes.get(self.level.parent or "")
            if holder is not None and holder.kind == "transaction":
                yield ("cancel", nothing)
        elif kind == "error":
            yield from self.catch(state, rest, token, node, "error", node.event.code, nothing)
        elif kind == "escalation":
            yield from self.catch(rest, rest, token, node, "escalation", node.event.code, nothing)
        else:
            yield ("to", rest, nothing)
