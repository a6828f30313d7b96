"""Functions over the values of a list: least, greatest, sum and the measures of statistics.

An empty list has none of them but a mode, which is empty. Values that cannot be compared have no
least and no greatest.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.bpmn.decisions.feel.builtins.signature import (
    Body,
    Builtin,
    Signature,
    items,
    numbers,
)
from engine.bpmn.decisions.feel.comparing import order
from engine.bpmn.decisions.feel.values import NUMBERS, Unfit, number

if TYPE_CHECKING:
    from engine.bpmn.decisions.feel.evaluator import Evaluator


def _extreme(wanted: int) -> Body:
    def found(run: Evaluator, list_: Any) -> Any:
        values = items(list_)
        if not values:
            raise Unfit("an empty list has none")
        best = values[0]
        for one in values[1:] or [best]:
            run.budget.spend()
            sign = order(one, best)
            if sign is None:
                raise Unfit("the values cannot be compared")
            best = one if sign == wanted else best
        return best

    return found


def _filled(list_: Any) -> list[Decimal]:
    found = numbers(list_)
    if not found:
        raise Unfit("an empty list has none")
    return found


def total(values: list[Decimal]) -> Decimal:
    """Return the sum of numbers."""
    made = Decimal(0)
    for one in values:
        made = NUMBERS.add(made, one)
    return made


def _sum(run: Evaluator, list_: Any) -> Decimal:
    return total(_filled(list_))


def _product(run: Evaluator, list_: Any) -> Decimal:
    made = Decimal(1)
    for one in _filled(list_):
        made = NUMBERS.multiply(made, one)
    return made


def _mean(run: Evaluator, list_: Any) -> Decimal:
    values = _filled(list_)
    return NUMBERS.divide(total(values), number(len(values)))


def _median(run: Evaluator, list_: Any) -> Decimal:
    values = sorted(_filled(list_))
    middle = len(values) // 2
    if len(values) % 2:
        return values[middle]
    return NUMBERS.divide(NUMBERS.add(values[middle - 1], values[middle]), number(2))


def _stddev(run: Evaluator, list_: Any) -> Decimal:
    """The standard deviation of a sample: divided by one less than there are values."""
    values = _filled(list_)
    if len(values) < 2:
        raise Unfit("two numbers are needed at least")
    mean = NUMBERS.divide(total(values), number(len(values)))
    squares = [NUMBERS.power(NUMBERS.subtract(one, mean), 2) for one in values]
    return NUMBERS.sqrt(NUMBERS.divide(total(squares), number(len(values) - 1)))


def _mode(run: Evaluator, list_: Any) -> list[Decimal]:
    counts = Counter(numbers(list_))
    most = max(counts.values(), default=0)
    return sorted(value for value, count in counts.items() if count == most)


_LIST = ("list",)
FUNCTIONS = (
    Builtin("min", Signature(_extreme(-1), _LIST, 1, rest=True)),
    Builtin("max", Signature(_extreme(1), _LIST, 1, rest=True)),
    Builtin("sum", Signature(_sum, _LIST, 1, rest=True)),
    Builtin("product", Signature(_product, _LIST, 1, rest=True)),
    Builtin("mean", Signature(_mean, _LIST, 1, rest=True)),
    Builtin("median", Signature(_median, _LIST, 1, rest=True)),
    Builtin("stddev", Signature(_stddev, _LIST, 1, rest=True)),
    Builtin("mode", Signature(_mode, _LIST, 1, rest=True)),
)
