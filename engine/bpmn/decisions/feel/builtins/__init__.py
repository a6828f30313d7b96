"""Built-in functions of DMN 1.5, by name; there are no others.

`now` and `today` are the instant that the evaluation was given. `random number` is left out: a
decision that is evaluated again must give the same answer.
"""

from __future__ import annotations

from engine.bpmn.decisions.feel.builtins import (
    contexts,
    conversion,
    dates,
    lists,
    numbers,
    ranges,
    statistics,
    strings,
)
from engine.bpmn.decisions.feel.builtins.signature import Builtin

FUNCTIONS: dict[str, Builtin] = {
    function.name: function
    for group in (contexts, conversion, dates, lists, numbers, ranges, statistics, strings)
    for function in group.FUNCTIONS
}
NAMES = frozenset(FUNCTIONS)
