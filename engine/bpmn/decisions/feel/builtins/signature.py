"""Signature: how a function of the standard takes its arguments, by place or by name.

A function may have several signatures; the first that fits in number or in names is taken. The
readers `num`, `text`, `items` … turn an argument into what the function needs, with the implicit
conversions of the standard, and say what was wrong otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.bpmn.decisions.feel.values import Function, Unfit, as_list, kind

if TYPE_CHECKING:
    from engine.bpmn.decisions.feel.evaluator import Evaluator

Body = Callable[..., Any]


@dataclass(frozen=True)
class Signature:
    """The names of the parameters, how many of them are needed, and what is done with them."""

    body: Body
    names: tuple[str, ...]
    needed: int
    rest: bool = False  # one parameter that takes a list, or everything that is given
    lists: bool = False  # the same for functions of lists: one list given is one of them


class Builtin(Function):
    """A function of the standard."""

    def __init__(self, name: str, *signatures: Signature) -> None:
        self.name = name
        self.signatures = signatures
        self.parameters = signatures[0].names

    def call(self, run: Evaluator, given: Sequence[Any], names: Sequence[str] | None) -> Any:
        """Apply it.

        Raises:
            Unfit: no signature takes these arguments, or they have no result.
        """
        for one in self.signatures:
            arguments = _placed(one, given) if names is None else _named(one, given, names)
            if arguments is not None:
                return self._apply(run, one, arguments)
        raise Unfit(f"{self.name} does not take these arguments")

    def _apply(self, run: Evaluator, one: Signature, arguments: list[Any]) -> Any:
        try:
            made = one.body(run, *arguments)
        except Unfit as reason:
            raise Unfit(f"{self.name}: {reason}") from reason
        except (ArithmeticError, ValueError, OverflowError) as error:
            raise Unfit(f"{self.name} has no value for these arguments") from error
        if isinstance(made, str):
            return run.budget.text(made)
        if isinstance(made, list):
            run.budget.items(len(made))
        if isinstance(made, dict):
            run.budget.spend(len(made))
        return made


def _placed(one: Signature, given: Sequence[Any]) -> list[Any] | None:
    if one.rest:
        if not given:
            return None
        return [given[0] if len(given) == 1 and not one.lists else list(given)]
    if not one.needed <= len(given) <= len(one.names):
        return None
    return [*given, *[None] * (len(one.names) - len(given))]


def _named(one: Signature, given: Sequence[Any], names: Sequence[str]) -> list[Any] | None:
    if len(set(names)) < len(names) or not set(names) <= set(one.names):
        return None
    if not set(one.names[: one.needed]) <= set(names):
        return None
    found = dict(zip(names, given, strict=True))
    return [found.get(name) for name in one.names]


def unwrapped(value: Any) -> Any:
    """Return the only item of a list of one; other values as they are."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def num(value: Any) -> Decimal:
    """Return a number."""
    value = unwrapped(value)
    if not isinstance(value, Decimal):
        raise Unfit(f"a number is needed, not a {kind(value)}")
    return value


def whole(value: Any) -> int:
    """Return a number without its fraction."""
    made = num(value)
    if abs(made) > 10**15:
        raise Unfit("a smaller number is needed")
    return int(made)


def text(value: Any) -> str:
    """Return a text."""
    value = unwrapped(value)
    if not isinstance(value, str):
        raise Unfit(f"a string is needed, not a {kind(value)}")
    return value


def items(value: Any) -> list[Any]:
    """Return a list; a single value is a list of one, null is none."""
    if value is None:
        raise Unfit("a list is needed, not null")
    return as_list(value)


def numbers(value: Any) -> list[Decimal]:
    """Return a list of numbers."""
    return [num(one) for one in items(value)]


def truth(value: Any) -> bool:
    """Return a boolean."""
    value = unwrapped(value)
    if not isinstance(value, bool):
        raise Unfit(f"a boolean is needed, not a {kind(value)}")
    return value


def context(value: Any) -> dict[str, Any]:
    """Return a context."""
    value = unwrapped(value)
    if not isinstance(value, dict):
        raise Unfit(f"a context is needed, not a {kind(value)}")
    return value
