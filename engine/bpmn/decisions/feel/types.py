"""Types: what a value may be declared to be, and how it is made to fit.

The types of FEEL by name, lists, contexts, ranges and functions, and the item definitions of a
model, which are these under a name and may allow certain values only. `fit` applies the implicit
conversions of the standard: to and from a list of one, and a date to its midnight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.bpmn.decisions.feel.limits import Budget
from engine.bpmn.decisions.feel.temporal import Date, DateTime, Time
from engine.bpmn.decisions.feel.values import Function, Range, Unfit, kind

_PARTS = 40  # a type that nests deeper than this is not looked into any further


@dataclass(frozen=True)
class Type:
    """A type by its name; `Any` and the simple kinds of values."""

    name: str


@dataclass(frozen=True)
class ListOf(Type):
    """A list whose items have a type."""

    item: Type


@dataclass(frozen=True)
class ContextOf(Type):
    """A context that has at least these entries."""

    fields: tuple[tuple[str, Type], ...]


@dataclass(frozen=True)
class RangeOf(Type):
    """A range whose ends have a type."""

    item: Type


@dataclass(frozen=True)
class FunctionOf(Type):
    """A function."""

    parameters: tuple[Type, ...]
    result: Type


@dataclass(frozen=True, eq=False)
class Allowed(Type):
    """A type of which only some values are allowed; `tests` are compiled unary tests."""

    base: Type
    tests: Any
    text: str


ANY = Type("Any")
SIMPLE = {
    name: Type(name)
    for name in (
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    )
}
NAMES: dict[str, Type] = {
    **SIMPLE,
    "Any": ANY,
    "dateTime": SIMPLE["date and time"],
    "dayTimeDuration": SIMPLE["days and time duration"],
    "yearMonthDuration": SIMPLE["years and months duration"],
    "Null": Type("Null"),
    "list": ListOf("list", ANY),
    "context": ContextOf("context", ()),
    "range": RangeOf("range", ANY),
    "function": FunctionOf("function", (), ANY),
}
Allows = Callable[[Any, Any], bool]


def is_instance(value: Any, type_: Type, budget: Budget, depth: int = 0) -> bool:
    """Return whether a value is of a type, as `instance of` asks; null is of none."""
    budget.spend()
    if value is None:
        return type_.name == "Null"
    if type_ is ANY or depth > _PARTS:
        return True
    if isinstance(type_, Allowed):
        return is_instance(value, type_.base, budget, depth + 1)
    if isinstance(type_, ListOf):
        return isinstance(value, list) and all(
            one is None or is_instance(one, type_.item, budget, depth + 1) for one in value
        )
    if isinstance(type_, ContextOf):
        return isinstance(value, dict) and all(
            key in value
            and (value[key] is None or is_instance(value[key], part, budget, depth + 1))
            for key, part in type_.fields
        )
    if isinstance(type_, RangeOf):
        return isinstance(value, Range) and all(
            end is None or is_instance(end, type_.item, budget, depth + 1)
            for end in (value.low, value.high)
        )
    if isinstance(type_, FunctionOf):
        return isinstance(value, Function)
    return kind(value) == type_.name


def fit(value: Any, type_: Type, allows: Allows, budget: Budget, depth: int = 0) -> Any:
    """Return a value as a type wants it.

    Args:
        value: The value; null fits every type.
        type_: What it is declared to be.
        allows: Tells whether a value passes the unary tests of an `Allowed` type.
        budget: Pays for each part.

    Raises:
        Unfit: it is of another type, or not among the allowed values.
    """
    if type_ is ANY or depth > _PARTS:
        return value
    budget.spend()
    if isinstance(type_, Allowed):
        made = fit(value, type_.base, allows, budget, depth + 1)
        return _allowed(made, type_, allows)
    if value is None:
        return None
    if isinstance(type_, ListOf):
        items = value if isinstance(value, list) else [value]
        return [fit(one, type_.item, allows, budget, depth + 1) for one in items]
    if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], list):
        return fit(value[0], type_, allows, budget, depth + 1)
    if isinstance(type_, ContextOf) and isinstance(value, dict):
        return _context(value, type_, allows, budget, depth)
    if type_.name == "date and time" and isinstance(value, Date):
        return DateTime(value, Time(Decimal(0), 0))
    if not is_instance(value, type_, budget):
        raise Unfit(f"a {kind(value)} is not of the type {type_.name}")
    return value


def _context(
    value: dict[str, Any], type_: ContextOf, allows: Allows, budget: Budget, depth: int
) -> Any:
    missing = [key for key, _ in type_.fields if key not in value]
    if missing:
        raise Unfit(f"a context without {missing[0]} is not of the type {type_.name}")
    parts = {key: fit(value[key], part, allows, budget, depth + 1) for key, part in type_.fields}
    return {**value, **parts}


def _allowed(value: Any, type_: Allowed, allows: Allows) -> Any:
    if value is None:
        return None
    values = value if isinstance(value, list) else [value]
    if not allows(type_.tests, value) and not all(allows(type_.tests, one) for one in values):
        raise Unfit(f"a value is not among those allowed for {type_.name} ({type_.text[:80]})")
    return value
