"""Nodes: SpiffWorkflow's task specifications with the token game of the standard.

The mixin `FlowNode` stands before SpiffWorkflow's class of each element. It replaces prediction
by explicit sequence flows: any node may have several incoming and outgoing flows, conditions may
stand on any of them, and the flows are taken in document order.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway as SpiffExclusive

from engine.bpmn.errors import ExpressionFailed, StepFailed
from engine.bpmn.model import Event, Flow, Node
from engine.bpmn.token import Token


class FlowNode:
    """What all nodes have in common."""

    model: Node
    outgoing: tuple[Flow, ...]
    incoming: tuple[Flow, ...]
    settles = False  # asks to be looked at when everything else has come to rest
    name: str
    manual: bool

    def attach(self, model: Node, outgoing: list[Flow], incoming: list[Flow]) -> None:
        """Take over the model; done once, before the specification is shared."""
        self.model = model
        self.outgoing = tuple(outgoing)
        self.incoming = tuple(incoming)
        self.inputs_of = {flow.id: flow.source for flow in incoming}

    @property
    def kind(self) -> str:
        """The BPMN element name."""
        return self.model.kind

    @property
    def event(self) -> Event:
        """What the node waits for or throws."""
        return self.model.event

    def test(self) -> None:
        """References were checked when the file came in."""

    def _predict(self, my_task: Token, *args: Any, **kwargs: Any) -> None:
        """Nothing is predicted: only live tokens exist."""

    def _update(self, my_task: Token) -> None:
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready(self, my_task: Token) -> None:
        """Nothing to do between arriving and running."""

    def _on_error(self, my_task: Token) -> None:
        """The step is rolled back as a whole, or the error is caught."""

    def _run_hook(self, my_task: Token) -> bool | None:
        return True

    def _on_complete(self, my_task: Token) -> None:
        scope = my_task.workflow
        flows = self.choose(my_task)
        scope.record("completed", my_task)
        scope.leave(my_task, flows)

    def choose(self, token: Token) -> list[Flow]:
        """Return the flows to take: all without condition, and those whose condition holds.

        The default flow joins them when no condition holds (BPMN 2.0.2, 13.3.1).
        """
        chosen = self.chosen_by_hand(token)
        if chosen:
            return chosen
        if not self.conditional:
            return list(self.outgoing)
        others = [flow for flow in self.outgoing if flow.id != self.model.default]
        always = [flow for flow in others if flow.condition is None]
        true = [flow for flow in others if flow.condition is not None and holds(token, flow)]
        if true or (always and self.model.default is None):
            return [flow for flow in others if flow in always or flow in true]
        return always + self.fallback()

    @property
    def conditional(self) -> bool:
        """Whether any outgoing flow needs a decision."""
        return any(flow.condition is not None for flow in self.outgoing)

    def fallback(self) -> list[Flow]:
        """Return the default flow when no condition holds."""
        default = [flow for flow in self.outgoing if flow.id == self.model.default]
        if not default:
            raise StepFailed(self.name, "no condition of its outgoing flows holds")
        return default

    def chosen_by_hand(self, token: Token) -> list[Flow] | None:
        """Return the flows that a trace chose in place of the conditions."""
        wanted = token.workflow.top_workflow.choices.get(self.name)
        if wanted is None:
            return None
        return [flow for flow in self.outgoing if flow.id in wanted]


def holds(token: Token, flow: Flow) -> bool:
    """Evaluate the condition of a flow; one without condition always holds."""
    if flow.condition is None:
        return True
    return truth(token, flow.condition, flow.id)


def truth(token: Token, text: str, element: str, data: dict[str, Any] | None = None) -> bool:
    """Evaluate a condition, which must give true, false or nothing.

    Args:
        token: whose variables are read.
        text: the condition.
        element: what to name when it fails.
        data: what to read in place of the token's variables.
    """
    try:
        values = token.data if data is None else data
        value = token.workflow.script_engine.environment.evaluate(text, values)
    except ExpressionFailed as error:
        raise StepFailed(element, str(error)) from error
    if value is None or isinstance(value, bool):
        return bool(value)
    raise StepFailed(element, "the condition gives neither true nor false")


def evaluate(token: Token, text: str) -> Any:
    """Evaluate an expression over a token, naming its element when that fails."""
    try:
        return token.workflow.script_engine.evaluate(token, text)
    except ExpressionFailed as error:
        raise StepFailed(token.element, str(error)) from error


class ExclusiveGateway(FlowNode, SpiffExclusive):
    """Takes the first flow in document order whose condition holds, else the default.

    A last flow without condition is a default that is not said to be one; before others, a flow
    without condition decides nothing and fails.
    """

    def choose(self, token: Token) -> list[Flow]:
        """Return exactly one flow, or none where nothing leaves."""
        chosen = self.chosen_by_hand(token)
        if chosen:
            return chosen[:1]
        if len(self.outgoing) < 2 and not self.conditional:
            return list(self.outgoing)
        others = [flow for flow in self.outgoing if flow.id != self.model.default]
        for flow in others:
            last = flow is others[-1] and len(others) == len(self.outgoing)
            if flow.condition is None and not last:
                raise StepFailed(flow.id, "no condition says whether to take it")
            if holds(token, flow):
                return [flow]
        return self.fallback()
