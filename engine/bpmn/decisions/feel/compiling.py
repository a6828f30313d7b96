"""Compiling: a text of a model into a tree, with what was noticed on the way.

A tree is refused when the text is not FEEL, or nested deeper than an evaluation may go. Names that
nothing gives are told, so that the checker can warn; at run time they are null.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.bpmn.decisions.feel import tree
from engine.bpmn.decisions.feel.builtins import NAMES
from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.lexer import words
from engine.bpmn.decisions.feel.names import Vocabulary
from engine.bpmn.decisions.feel.parser import Parser
from engine.bpmn.decisions.feel.types import NAMES as TYPES
from engine.bpmn.decisions.feel.types import Type

DEEPEST = 150


BUILT_IN_TYPES: Mapping[tuple[str, ...], Type] = {
    words(name): type_ for name, type_ in TYPES.items()
}
_BUILT_IN = Vocabulary((*NAMES, "?"))


@dataclass(frozen=True)
class Words:
    """The names a text may use: variables by scope, entries of contexts, and types by words."""

    layers: tuple[Vocabulary, ...] = ()
    members: Vocabulary = dataclasses.field(default_factory=Vocabulary)
    types: Mapping[tuple[str, ...], Type] = dataclasses.field(
        default_factory=lambda: BUILT_IN_TYPES
    )

    def with_layer(self, layer: Vocabulary) -> Words:
        """Return the same with more variables."""
        return dataclasses.replace(self, layers=(*self.layers, layer))

    def with_known(self, names: Iterable[str]) -> Words:
        """Return the same with more variables."""
        return self.with_layer(Vocabulary(names))


@dataclass(frozen=True)
class Compiled:
    """A tree, the names in it that nothing gives, and literals of dates that are none."""

    node: tree.Node
    unknown: frozenset[str]
    unread: frozenset[str]
    text: str


def compile_expression(text: str, names: Words = Words()) -> Compiled:
    """Compile an expression.

    Raises:
        FeelRefused: it is not FEEL, or too long or too deep.
    """
    return _compile(text, names, tests=False)


def compile_tests(text: str, names: Words = Words()) -> Compiled:
    """Compile the unary tests of a cell or of allowed values.

    Raises:
        FeelRefused: they are not FEEL, or too long or too deep.
    """
    return _compile(text, names, tests=True)


def _compile(text: str, names: Words, *, tests: bool) -> Compiled:
    parser = Parser(text, (_BUILT_IN, *names.layers), names.members, names.types)
    try:
        node = parser.whole_tests() if tests else parser.whole_expression()
    except RecursionError as error:
        raise FeelRefused("it is nested too deep", "嵌套过深") from error
    _measure(node)
    return Compiled(node, frozenset(parser.unknown), frozenset(parser.unread), text)


def _measure(root: tree.Node) -> None:
    todo = [(root, 1)]
    while todo:
        node, depth = todo.pop()
        if depth > DEEPEST:
            raise FeelRefused("it is nested too deep", "嵌套过深")
        todo += [(child, depth + 1) for child in children(node)]


def children(node: tree.Node) -> Iterable[tree.Node]:
    """Yield the nodes directly below a node."""
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tree.Node):
            yield value
        elif isinstance(value, tuple):
            for one in value:
                inner = one[1] if isinstance(one, tuple) and len(one) == 2 else one
                if isinstance(inner, tree.Node):
                    yield inner
