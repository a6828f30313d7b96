"""Coverage: combinations of inputs that no rule takes, and pairs of rules that take the same.

Columns are walked from left to right with the set of rules still possible, as a number whose bits
are rules. Values that leave the same rules are one case, and a set met before is not walked again,
so that the search stays small where tables are regular; where it does not, it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.bpmn.decisions.checks.columns import Column, NotAnalysed
from engine.bpmn.decisions.feel.limits import Budget

MOST_STATES = 20_000
MOST_PAIRS = 400_000
Example = tuple[Any, ...]


def gaps(columns: Sequence[Column], rules: int, budget: Budget, most: int = 3) -> list[Example]:
    """Return examples that no rule takes, at most so many.

    Raises:
        NotAnalysed: there are too many combinations.
        LimitExceeded: the search costs too much.
    """
    found: list[Example] = []
    whole: set[tuple[int, int]] = set()  # states below which there is no gap
    states = 0

    def walk(place: int, left: int, path: Example) -> bool:
        """Tell whether everything below a state is taken."""
        nonlocal states
        if left == 0:
            rest = tuple(one.values[0] for one in columns[place:])
            found.append(path + rest)
            return False
        if place == len(columns) or (place, left) in whole:
            return True
        states += 1
        if states > MOST_STATES:
            raise NotAnalysed("there are too many combinations", "组合过多")
        budget.spend(1 + len(columns[place].values) // 4)
        covered = True
        for value, after in _cases(columns[place], left):
            covered = walk(place + 1, after, (*path, value)) and covered
            if len(found) >= most:
                return False
        if covered:
            whole.add((place, left))
        return covered

    if all(one.values for one in columns):
        walk(0, (1 << rules) - 1, ())
    return found


def _cases(column: Column, left: int) -> Iterator[tuple[Any, int]]:
    seen: set[int] = set()
    for value, mask in zip(column.values, column.masks, strict=True):
        after = left & mask
        if after not in seen:
            seen.add(after)
            yield value, after


def overlaps(
    columns: Sequence[Column], rules: int, budget: Budget
) -> Iterator[tuple[int, int, Example]]:
    """Yield pairs of rules that take one input, with that input.

    Raises:
        NotAnalysed: there are too many rules.
    """
    if rules * rules // 2 > MOST_PAIRS:
        raise NotAnalysed("there are too many rules", "规则过多")
    budget.spend(rules * sum(len(one.values) for one in columns) // 4 + rules * rules // 2)
    # For each column and rule, the values it takes, again as bits.
    taken = [
        [
            sum(1 << n for n, mask in enumerate(column.masks) if mask >> rule & 1)
            for rule in range(rules)
        ]
        for column in columns
    ]
    for first in range(rules):
        for second in range(first + 1, rules):
            both = [one[first] & one[second] for one in taken]
            if all(both):
                yield first, second, _example(columns, both)


def _example(columns: Sequence[Column], both: Sequence[int]) -> Example:
    return tuple(
        column.values[(bits & -bits).bit_length() - 1]
        for column, bits in zip(columns, both, strict=True)
    )


def dead(columns: Sequence[Column], rules: int) -> list[int]:
    """Return the rules that take no input at all."""
    return [
        rule
        for rule in range(rules)
        if any(not any(mask >> rule & 1 for mask in column.masks) for column in columns)
    ]
