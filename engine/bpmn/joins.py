"""Joins: parallel and inclusive gateways, counted by sequence flow.

Tokens wait at the gateway until it may fire; excess tokens on one flow stay for the next time.
The inclusive gateway follows the standard's rule word for word, over reachability computed once
per specification. Variables of branches are merged so that the newest write stands.
"""

from __future__ import annotations

from collections.abc import Iterable

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway as SpiffInclusive
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway as SpiffParallel

from engine.bpmn.model import Flow
from engine.bpmn.nodes import FlowNode
from engine.bpmn.token import MAIN, WAITING, Token, merge


class Join(FlowNode):
    """A gateway at which tokens wait for one another."""

    def arrived(self, token: Token) -> dict[str, list[Token]]:
        """Return the tokens waiting at this gateway in the token's scope, by flow, oldest first."""
        waiting: dict[str, list[Token]] = {}
        for other in token.workflow.tasks.values():
            if other.task_spec is self and other._state == WAITING:
                waiting.setdefault(other.internal_data.get("flow", ""), []).append(other)
        for tokens in waiting.values():
            tokens.sort(key=lambda t: t.id)
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
        waiting = self.arrived(token)
        if all(flow.id in waiting for flow in self.incoming):
            self.join(waiting[flow.id][0] for flow in self.incoming)

    def choose(self, token: Token) -> list[Flow]:
        """Take all flows; conditions mean nothing here."""
        return list(self.outgoing)


class InclusiveGateway(Join, SpiffInclusive):
    """Fires when no further token can come by a flow that has none."""

    settles = True
    upstream: dict[str, frozenset[str]]  # flow -> nodes from which it can be reached

    def settle(self, token: Token) -> bool:
        """Fire if the standard's condition holds now."""
        if token._state != WAITING:
            return False
        waiting = self.arrived(token)
        empty = [flow.id for flow in self.incoming if flow.id not in waiting]
        filled = [flow.id for flow in self.incoming if flow.id in waiting]
        for other in token.workflow.tasks.values():
            if other.role != MAIN or other.task_spec is self or "silent" in other.internal_data:
                continue
            place = other.element
            if any(place in self.upstream[flow] for flow in empty) and not any(
                place in self.upstream[flow] for flow in filled
            ):
                return False
        self.join(waiting[flow][0] for flow in filled)
        return True
