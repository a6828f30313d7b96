"""Invoking: a function with arguments by place or by name, built in or of the model.

Arguments are made to fit the types of the parameters first; where one does not, the result is
null. Calls count more than once towards the depth an evaluation may have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.bpmn.decisions.feel.builtins import FUNCTIONS
from engine.bpmn.decisions.feel.builtins.signature import Builtin
from engine.bpmn.decisions.feel.scope import Closure
from engine.bpmn.decisions.feel.values import Unfit, kind

if TYPE_CHECKING:
    from engine.bpmn.decisions.feel.evaluator import Evaluator


def builtin(name: str) -> Builtin | None:
    """Return a function of the standard."""
    return FUNCTIONS.get(name)


def call(
    run: Evaluator, function: Any, arguments: Sequence[Any], names: Sequence[str] | None
) -> Any:
    """Invoke a function.

    Raises:
        Unfit: it is none, or these arguments do not fit it.
    """
    run.budget.spend(2)
    if isinstance(function, Builtin):
        return function.call(run, arguments, names)
    if not isinstance(function, Closure):
        raise Unfit(f"a {kind(function)} cannot be invoked")
    given = by_name(function, arguments, names)
    types = function.types
    fitted = {
        name: run.fitted(given[name], types[place]) if place < len(types) else given[name]
        for place, name in enumerate(function.parameters)
    }
    # A call takes more of the interpreter's stack than other nodes do.
    run.budget.deeper()
    run.budget.deeper()
    try:
        return run.fitted(function.call(fitted), function.result)
    finally:
        run.budget.depth -= 2


def by_name(
    function: Closure, arguments: Sequence[Any], names: Sequence[str] | None
) -> dict[str, Any]:
    """Return arguments by the names of the parameters.

    Raises:
        Unfit: there are too few, too many, or others.
    """
    wanted = function.parameters
    if names is None:
        if len(arguments) != len(wanted):
            raise Unfit(f"{function.name} takes {len(wanted)} arguments, not {len(arguments)}")
        return dict(zip(wanted, arguments, strict=True))
    if len(names) != len(wanted) or set(names) != set(wanted):
        raise Unfit(f"{function.name} has no such parameters")
    return dict(zip(names, arguments, strict=True))
