"""Joins: parallel, inclusive and complex gateways, counted by sequence flow.

Tokens wait at the gateway until it may fire; excess tokens on one flow stay for the next time.
The inclusive gateway follows the standard's rule word for word, over reachability computed once
per specification. Variables of branches are merged so that the newest write stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway as SpiffInclusive
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway as SpiffParallel

from engine.bpmn.model import Flow
from engine.bpmn.nodes import FlowNode, truth
from engine.bpmn.token import READY, STARTED, WAITING, Token, merge

if TYPE_CHECKING:
    from engine.bpmn.scope import Level


class Join(FlowNode):
    """A gateway at which tokens wait for one another."""

    def arrived(self, scope: Level) -> dict[str, list[Token]]:
        """Return the tokens waiting at this gateway on a level, by flow, oldest first."""
        waiting: dict[str, list[Token]] = {}
        for token in scope.standing.at(self.name):
            if token._state == WAITING:
                waiting.setdefault(token.internal_data.get("flow", ""), []).append(token)
        return waiting

    def join(self, tokens: Iterable[Token]) -> None:
        """Let the first token go on with the variables of all; the others are used up."""
        first, *others = sorted(tokens, key=lambda t: t.id)
        for other in others:
            merge(first.data, first.marks, other.data, other.marks)
            first.workflow.remove(other)
        first._ready()

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.incoming) < 2:
            return True
        my_task._set_state(WAITING)
        self.arrive(my_task)
        return False

    def arrive(self, token: Token) -> None:
        """A token came in: see whether the gateway fires."""


class ParallelGateway(Join, SpiffParallel):
    """Fires when every incoming flow has a token."""

    def arrive(self, token: Token) -> None:
        """Fire as soon as the last flow has its token."""
        waiting = self.arrived(token.workflow)
        if all(flow.id in waiting for flow in self.incoming):
            self.join(waiting[flow.id][0] for flow in self.incoming)

    def choose(self, token: Token) -> list[Flow]:
        """Take all flows; conditions mean nothing here."""
        return list(self.outgoing)


class InclusiveGateway(Join, SpiffInclusive):
    """Fires when no further token can come by a flow that has none."""

    settles = True
    upstream: dict[str, frozenset[str]]  # flow -> nodes from which it can be reached
    along: dict[str, frozenset[str]]  # the same, by sequence flows alone: not over a border

    def settle(self, scope: Level) -> bool:
        """Fire if the standard's condition holds now."""
        waiting = self.arrived(scope)
        filled = [flow.id for flow in self.incoming if flow.id in waiting]
        if not filled or self.more_may_come(scope, filled):
            return False
        self.join(waiting[flow][0] for flow in filled)
        return True

    def more_may_come(self, scope: Level, filled: list[str]) -> bool:
        """Tell whether a token can still come by a flow that has none (BPMN 2.0.2, 13.4.3).

        The standard speaks of paths of sequence flows: what has one to a flow without token, and
        none to a flow with one, is waited for. What an event on a border may still send is waited
        for as well, by the same rule over all paths; so no token is waited for that would come
        through the very border behind which the whole block lies.
        """
        empty = [flow.id for flow in self.incoming if flow.id not in filled]
        if any(token._state == READY for token in scope.standing.at(self.name)):
            return True  # it has just fired: where its token goes is not known yet
        for place, tokens in scope.standing.nodes.items():
            if place == self.name or all("silent" in t.internal_data for t in tokens.values()):
                continue
            for before in (self.along, self.upstream):
                if any(place in before[flow] for flow in empty) and not any(
                    place in before[flow] for flow in filled
                ):
                    return True
        return False


class ComplexGateway(InclusiveGateway):
    """Fires when its activation condition holds, then waits for the rest and starts anew.

    Two phases (BPMN 2.0.2, 13.4.5): a token remembers by which flows the activation came; when
    no further token can come by the others, those that have come are used up and the gateway is
    reset. Conditions may read `activationCount`, the tokens present, and `waitingForStart`.
    """

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(WAITING)
        self.arrive(my_task)
        return False

    def arrive(self, token: Token) -> None:
        """Activate, unless the gateway is still to be reset."""
        scope = token.workflow
        if any("used" in t.internal_data for t in scope.standing.at(self.name)):
            return
        waiting = self.arrived(scope)
        tokens = [one for several in waiting.values() for one in several]
        if not tokens or not self._activates(tokens):
            return
        used = {flow: several[0] for flow, several in waiting.items()}
        self.join(used.values())
        if len(self.incoming) > 1:
            first = min(used.values(), key=lambda t: t.id)
            rest = Token(scope, self, dict(first.data), dict(first.marks))
            rest._set_state(STARTED)
            rest.internal_data["used"] = sorted(used)

    def _activates(self, tokens: list[Token]) -> bool:
        if self.model.activation is None:
            return True
        data: dict[str, Any] = {}
        marks: dict[str, int] = {}
        for one in tokens:
            merge(data, marks, one.data, one.marks)
        data |= {"activationCount": len(tokens), "waitingForStart": True}
        return truth(tokens[0], self.model.activation, self.name, data=data)

    def settle(self, scope: Level) -> bool:
        """Reset the gateway if nothing more can come."""
        here = scope.standing.at(self.name)
        token = next((one for one in here if "used" in one.internal_data), None)
        if token is None:
            return False
        used = token.internal_data["used"]
        waiting = self.arrived(scope)
        if self.more_may_come(scope, [*used, *waiting]):
            return False
        for flow, (first, *_) in waiting.items():
            if flow not in used:
                merge(token.data, token.marks, first.data, first.marks)
                scope.remove(first)
        del token.internal_data["used"]
        others = [one for one in scope.standing.at(self.name) if one is not token]
        scope.leave(token, self._on_reset(token))
        if others:
            self.arrive(others[0])
        return True

    def choose(self, token: Token) -> list[Flow]:
        """Return the flows to take on activation: as the inclusive gateway does."""
        return self._true(token, True) or self.fallback()

    def _on_reset(self, token: Token) -> list[Flow]:
        flows = self._true(token, False)
        default = [flow for flow in self.outgoing if flow.id == self.model.default]
        return flows or default

    def _true(self, token: Token, start: bool) -> list[Flow]:
        chosen = self.chosen_by_hand(token)
        if chosen:
            return chosen if start else []
        more = {"waitingForStart": start, "activationCount": 0}
        return [
            flow
            for flow in self.outgoing
            if flow.id != self.model.default
            and (
                start
                if flow.condition is None
                else truth(token, flow.condition, flow.id, {**token.data, **more})
            )
        ]
