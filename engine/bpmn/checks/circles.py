"""Circles: what leads back to itself, found without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def circles(ways: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Yield the sets of places that reach one another (Tarjan 1972).

    Args:
        ways: where each place leads; every place that is led to is a key.

    Returns:
        Each set of several places, and each place that leads to itself.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in ways:
        if root in index:
            continue
        todo = [(root, iter(ways[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while todo:
            name, rest = todo[-1]
            following = next(rest, None)
            if following is None:
                todo.pop()
                if todo:
                    low[todo[-1][0]] = min(low[todo[-1][0]], low[name])
                if low[name] == index[name]:
                    found = _taken(stack, name)
                    on_stack.difference_update(found)
                    if len(found) > 1 or name in ways[name]:
                        yield found
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                on_stack.add(following)
                todo.append((following, iter(ways[following])))
            elif following in on_stack:
                low[name] = min(low[name], index[following])


def _taken(stack: list[str], name: str) -> list[str]:
    """Take everything off a stack down to a name."""
    found = [stack.pop()]
    while found[-1] != name:
        found.append(stack.pop())
    return found
