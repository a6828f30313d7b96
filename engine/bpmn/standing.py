"""Standing: where the main tokens of a level stand, looked up by node.

Joins ask who waits at them and what may still come; with this they need not search all tokens.
The joins that have to be asked when everything rests are kept for the instance as a whole. How
many tokens there may be at once is bounded here: a drawing that doubles them for ever fails soon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.errors import StepFailed

if TYPE_CHECKING:
    from engine.bpmn.token import Token

MOST_TOKENS = 50_000  # of an instance: repetitions, events and called processes included
MOST_PARALLEL = 2_000  # main tokens of one level, where repetitions count once


class Standing:
    """The main tokens of one level by node, oldest first."""

    def __init__(self, scope: Any) -> None:
        self.scope = scope
        self.nodes: dict[str, dict[int, Token]] = {}

    def at(self, node: str) -> list[Token]:
        """Return the tokens at a node."""
        return list(self.nodes.get(node, {}).values())

    def add(self, token: Token) -> None:
        """A token came to its node."""
        spec = token.task_spec
        here = self.nodes.get(spec.name)
        if here is None:
            here = self.nodes[spec.name] = {}
            if spec.settles:
                self.scope.top_workflow.settling[self._key(spec.name)] = (spec, self.scope)
        here[token.id] = token

    def remove(self, token: Token) -> None:
        """A token is taken off its node."""
        name = token.task_spec.name
        here = self.nodes[name]
        del here[token.id]
        if not here:
            del self.nodes[name]
            self.scope.top_workflow.settling.pop(self._key(name), None)

    def _key(self, node: str) -> tuple[int, str]:
        return (self.scope.parent_task_id or 0, node)


def settle(top: Any) -> bool:
    """Ask every join at which tokens wait, those first whose oldest token is the oldest."""
    asked = [
        (next(iter(scope.standing.nodes[spec.name])), spec, scope)
        for spec, scope in top.settling.values()
    ]
    asked.sort(key=lambda one: one[0])
    fired = [spec.settle(scope) for _, spec, scope in asked if not scope.completed]
    return any(fired)


def admit(scope: Any, spec: Any) -> None:
    """Make sure that one more token may come to a level.

    Raises:
        StepFailed: there are too many at once.
    """
    if len(scope.top_workflow.tokens) >= MOST_TOKENS:
        raise StepFailed(spec.name, f"more than {MOST_TOKENS} tokens at once: they multiply")
    if scope.running >= MOST_PARALLEL:
        raise StepFailed(
            spec.name, f"more than {MOST_PARALLEL} tokens on one level at once: they multiply"
        )
