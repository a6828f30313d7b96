"""Item types: the item definitions of DMN files, as types of FEEL.

A definition may be a simple type under a name, a structure of components, a collection, a function,
and may allow certain values only. One that contains itself is cut off where it would begin again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.decisions.feel.compiling import BUILT_IN_TYPES, Words, compile_tests
from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.lexer import words
from engine.bpmn.decisions.feel.names import Vocabulary, key_of
from engine.bpmn.decisions.feel.types import (
    ANY,
    NAMES,
    Allowed,
    ContextOf,
    FunctionOf,
    ListOf,
    Type,
)
from engine.bpmn.decisions.sources import Source, child, children, text_of

_DEEPEST = 30
# What the editors of Camunda write beside the types of the standard.
_ALIASES = dict.fromkeys(("integer", "long", "double", "decimal"), NAMES["number"])


class ItemTypes:
    """The types that one file knows, its own and those of what it imports."""

    def __init__(self, source: Source, imported: Mapping[str, ItemTypes]) -> None:
        self.source = source
        self.imported = imported
        self.members: set[str] = set()
        self._elements = {
            key_of(element.get("name") or ""): element
            for element in children(source.root, "itemDefinition")
        }
        self._made: dict[str, Type] = {}
        self._open: set[str] = set()
        self.all: dict[str, Type] = {}
        for name in self._elements:
            self.all[name] = self._named(name)
        for prefix, types in imported.items():
            self.members |= types.members
            self.all.update({f"{prefix}.{name}": one for name, one in types.all.items()})
        # By the words of their names, as `instance of` reads them.
        self.by_words: dict[tuple[str, ...], Type] = {
            **BUILT_IN_TYPES,
            **{words(name): one for name, one in self.all.items()},
        }

    def of(self, element: Any, attribute: str = "typeRef") -> Type:
        """Return the type that an element's attribute names; `Any` where it names none."""
        return self.resolve(element.get(attribute), element) if element is not None else ANY

    def resolve(self, name: str | None, element: Any) -> Type:
        """Return a type by name, and tell when there is none."""
        if not name or not name.strip():
            return ANY
        wanted = key_of(name.strip())
        if wanted in self._elements:
            return self._named(wanted)
        for known in (wanted, wanted.rpartition(":")[2]):
            if known in self.all:
                return self.all[known]
            if known in NAMES:
                return NAMES[known]
            if known in _ALIASES:
                return _ALIASES[known]
        self.source.problem("type-missing", element, type=name)
        return ANY

    def _named(self, name: str) -> Type:
        if name in self._made:
            return self._made[name]
        if name in self._open or len(self._open) > _DEEPEST:
            return ANY
        self._open.add(name)
        self._made[name] = self._definition(self._elements[name], 0)
        self._open.discard(name)
        return self._made[name]

    def _definition(self, element: Any, depth: int) -> Type:
        name = element.get("name") or ""
        parts = children(element, "itemComponent")
        if parts and depth < _DEEPEST:
            self.members |= {key_of(part.get("name") or "") for part in parts}
            made: Type = ContextOf(
                name,
                tuple(
                    (key_of(part.get("name") or ""), self._definition(part, depth + 1))
                    for part in parts
                ),
            )
        elif child(element, "functionItem") is not None:
            made = FunctionOf(name, (), self.of(child(element, "functionItem"), "outputTypeRef"))
        else:
            reference = child(element, "typeRef")
            made = ANY if reference is None else self.resolve(reference.text, element)
        made = self._allowing(made, child(element, "allowedValues"), name)
        if element.get("isCollection") == "true":
            made = ListOf(name, made)
        return self._allowing(made, child(element, "typeConstraint"), name)

    def _allowing(self, made: Type, element: Any, name: str) -> Type:
        text = text_of(element)
        if not text:
            return made
        try:
            tests = compile_tests(text, Words(members=Vocabulary(self.members))).node
        except FeelRefused as refused:
            self.source.problem(
                "feel-unsupported" if refused.unsupported else "feel-invalid",
                element,
                text=text,
                reason=refused.reason,
                reason_zh=refused.zh,
            )
            return made
        return Allowed(name, made, tests, text)
