"""Tree: what a FEEL text is read into.

Nodes never change and hold no value of a case, so one tree serves all evaluations. What a node
means is written in `evaluator`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.bpmn.decisions.feel.types import Type


@dataclass(frozen=True, slots=True)
class Node:
    """The base of all nodes."""


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable or a function of the scope."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`of.name`."""

    of: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`of[test]`."""

    of: Node
    test: Node


@dataclass(frozen=True, slots=True)
class Invoke(Node):
    """`function(arguments)`; with names where they are given by name."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """`-of`."""

    of: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left sign right` with + - * / **."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`left sign right` with = != < <= > >=."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and`, `or`; flat, so that a long chain is no deep tree."""

    sign: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`value between low and high`."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Test(Node):
    """One unary test: a comparison with the input, or an expression (`sign` empty)."""

    sign: str
    of: Node
    asks: bool = False  # the expression itself reads the input, as `?`


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """Several unary tests of which one must hold; none of them for `-`."""

    tests: tuple[Test, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in tests`."""

    value: Node
    tests: Tests


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`value instance of type`."""

    value: Node
    type: Type


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition then yes else no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in domain`, or `name in low..high` where `high` is given."""

    name: str
    domain: Node
    high: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for iterators return body`."""

    iterators: tuple[Iterator, ...]
    body: Node
    partial: bool  # the body reads the results so far


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some|every iterators satisfies condition`."""

    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class FunctionNode(Node):
    """`function(parameters) body`."""

    parameters: tuple[str, ...]
    types: tuple[Type, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class ListNode(Node):
    """`[items]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextNode(Node):
    """`{key: value}`; a later entry may read an earlier one."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeNode(Node):
    """`[low..high]`; an end that is not given is open to infinity."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool
