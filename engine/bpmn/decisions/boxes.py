"""Boxes: boxed expressions as frozen trees of their own, with FEEL trees at their leaves.

Each knows its id and line, so that a problem can be pointed at. A decision table is one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.decisions.feel.tree import Node, Tests
from engine.bpmn.decisions.feel.types import ANY, Type


@dataclass(frozen=True)
class Box:
    """The base of boxed expressions: where it stands in the file, and the type it must have."""

    id: str
    line: int | None


@dataclass(frozen=True)
class LiteralBox(Box):
    """A FEEL expression."""

    node: Node
    text: str
    type: Type = ANY


@dataclass(frozen=True)
class ContextBox(Box):
    """Named entries; the last one may be the result, without a name."""

    entries: tuple[tuple[str | None, Type, Box], ...]


@dataclass(frozen=True)
class InvocationBox(Box):
    """A function invoked with bindings."""

    function: Box
    names: tuple[str, ...]
    arguments: tuple[Box, ...]


@dataclass(frozen=True)
class FunctionBox(Box):
    """A function written in FEEL."""

    parameters: tuple[str, ...]
    types: tuple[Type, ...]
    body: Box


@dataclass(frozen=True)
class ListBox(Box):
    """A list of expressions."""

    items: tuple[Box, ...]


@dataclass(frozen=True)
class RelationBox(Box):
    """A table of expressions: a list of contexts."""

    columns: tuple[tuple[str, Type], ...]
    rows: tuple[tuple[Box, ...], ...]


@dataclass(frozen=True)
class ConditionalBox(Box):
    """if, then, else."""

    condition: Box
    yes: Box
    no: Box


@dataclass(frozen=True)
class FilterBox(Box):
    """The items of a list for which a condition is true."""

    of: Box
    match: Box


@dataclass(frozen=True)
class IterationBox(Box):
    """`for`, `some` or `every` over a list."""

    how: str
    variable: str
    domain: Box
    body: Box


@dataclass(frozen=True)
class InputClause:
    """A column of inputs."""

    id: str
    label: str
    line: int | None
    node: Node
    text: str
    type: Type
    allowed: Tests | None = None
    allowed_text: str = ""


@dataclass(frozen=True)
class OutputClause:
    """A column of outputs; `order` holds its allowed values, the first weighing most."""

    id: str
    name: str
    type: Type
    allowed: Tests | None = None
    default: Node | None = None


@dataclass(frozen=True)
class Cell:
    """The tests of one cell."""

    tests: Tests
    text: str
    line: int | None


@dataclass(frozen=True)
class Rule:
    """A row: one test for each input, one expression for each output."""

    id: str
    number: int
    line: int | None
    tests: tuple[Cell, ...]
    outputs: tuple[Node, ...]


@dataclass(frozen=True)
class TableBox(Box):
    """A decision table."""

    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    policy: str = "UNIQUE"
    aggregation: str | None = None
