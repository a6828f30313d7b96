"""Requirements: in which order decisions have to be evaluated, and that they go in no circle.

Both walk the graph without recursion, so that no chain of decisions is too long, and look at each
decision once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.bpmn.decisions.model import Decision, Element, Key


class Circular(Exception):
    """Decisions require one another in a circle."""


def order(
    elements: Mapping[Key, Element], wanted: Key, given: Collection[Key] = ()
) -> list[Decision]:
    """Return a decision and all it requires, each after what it needs.

    Args:
        elements: everything there is.
        wanted: the decision.
        given: decisions whose values are known, which need nothing.

    Raises:
        Circular: there is no such order.
    """
    made: list[Decision] = []
    state: dict[Key, bool] = {}  # False: being looked into, True: in `made`
    todo = [(wanted, False)]
    while todo:
        key, left = todo.pop()
        one = elements.get(key)
        if not isinstance(one, Decision) or key in given:
            continue
        if left:
            state[key] = True
            made.append(one)
        elif key in state:
            if not state[key]:
                raise Circular
        else:
            state[key] = False
            todo.append((key, True))
            todo += [(inner, False) for inner in one.requires if not state.get(inner)]
    return made


def circular(elements: Mapping[Key, Element]) -> set[Key]:
    """Return the decisions at which a circle closes, looking at each only once."""
    state: dict[Key, bool] = {}
    found: set[Key] = set()
    for start in elements:
        todo = [(start, False)]
        while todo:
            key, left = todo.pop()
            one = elements.get(key)
            if left:
                state[key] = True
            elif state.get(key) is False:
                found.add(key)
            elif isinstance(one, Decision) and key not in state:
                state[key] = False
                todo.append((key, True))
                todo += [(inner, False) for inner in one.requires if not state.get(inner)]
    return found
