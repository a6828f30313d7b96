"""Element reader: the decisions, knowledge models, services and input data of one file.

Each element is compiled with the names of what it requires, and with no others; what they require
of one another, and what the file imports, is checked once all files are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.bpmn import xml
from engine.bpmn.decisions.box_reader import BoxReader
from engine.bpmn.decisions.boxes import FunctionBox
from engine.bpmn.decisions.feel.compiling import Words
from engine.bpmn.decisions.feel.names import Vocabulary, key_of
from engine.bpmn.decisions.feel.types import FunctionOf
from engine.bpmn.decisions.item_types import ItemTypes
from engine.bpmn.decisions.model import (
    Decision,
    DecisionModel,
    Element,
    InputData,
    Key,
    Knowledge,
    Service,
)
from engine.bpmn.decisions.sources import (
    READ,
    Source,
    child,
    children,
    key_of_reference,
    name_of,
    required,
)


class ElementReader:
    """Reads the elements of one file; all files are there already as sources."""

    def __init__(self, source: Source, sources: Iterable[Source], types: ItemTypes) -> None:
        self.source = source
        self.types = types
        self.reader = BoxReader(source, types)
        self.all = {key: element for one in sources for key, element in one.elements.items()}
        self.prefixes = {space: prefix for prefix, space in source.imports.items()}
        names = {name_of(element) for element in self.all.values()}
        self.members = Vocabulary(names | types.members | self._columns())

    def _columns(self) -> set[str]:
        """Return the names that contexts made in this file may have."""
        found = set()
        for element in self.source.root.iter():
            if isinstance(element.tag, str) and xml.local(element) in (
                "output",
                "column",
                "variable",
                "formalParameter",
            ):
                found.add(key_of(element.get("name") or ""))
        return found - {""}

    def elements(self) -> dict[Key, Element]:
        """Compile the elements of the file."""
        made: dict[Key, Element] = {}
        for key, element in self.source.elements.items():
            made[key] = self._element(key, element, xml.local(element))
        return made

    def _element(self, key: Key, element: Any, kind: str) -> Element:
        name, type_ = name_of(element), self.types.of(child(element, "variable"))
        if kind == "inputData":
            return InputData(key, name, type_)
        if kind == "decisionService":
            return self._service(key, element, name)
        requires = tuple(dict.fromkeys(one for one, _ in required(self.source, element)))
        words = self._words(requires)
        before = set(self.reader.unknown)
        if kind == "decision":
            logic = self.reader.logic(element, words)
            self._unknown(element, before)
            return Decision(
                key, name, type_, logic, requires, element.sourceline, element.get("name") or ""
            )
        encapsulated = child(element, "encapsulatedLogic")
        function: FunctionBox | None = None
        if encapsulated is not None:
            function = self.reader.function(encapsulated, words.with_known([name]))
        self._unknown(element, before)
        parameters = function.parameters if function else ()
        types = function.types if function else ()
        result = type_.result if isinstance(type_, FunctionOf) else type_
        body = function.body if function else None
        return Knowledge(key, name, result, parameters, types, body, requires)

    def _service(self, key: Key, element: Any, name: str) -> Service:
        type_ = self.types.of(child(element, "variable"))
        keys = [
            tuple(key_of_reference(self.source, one) for one in children(element, tag))
            for tag in ("outputDecision", "inputDecision", "inputData")
        ]
        result = type_.result if isinstance(type_, FunctionOf) else type_
        return Service(key, name, result, *keys)

    def _words(self, requires: Iterable[Key]) -> Words:
        """Return the names that an element may use: those of what it requires."""
        known = set()
        for key in requires:
            element = self.all.get(key)
            if element is None:
                continue
            known.add(name_of(element) if key[0] == self.source.namespace else self._prefix(key))
        return Words((Vocabulary(known),), self.members, self.types.by_words)

    def _prefix(self, key: Key) -> str:
        return self.prefixes.get(key[0], "")

    def _unknown(self, element: Any, before: set[str]) -> None:
        found = self.reader.unknown - before
        self.reader.unknown = set()
        if not found:
            return
        names = ", ".join(sorted(found))[:200]
        self.source.problem("decision-name-unknown", element, names=names)

    def check(self, elements: Mapping[Key, Element], circles: set[Key]) -> None:
        """Check what elements require of one another, and that imports are there."""
        self._check_imports(elements)
        for key, element in self.source.elements.items():
            references = list(required(self.source, element))
            if xml.local(element) == "decisionService":
                references = [
                    (key_of_reference(self.source, one), one)
                    for one in children(element, "outputDecision", "inputDecision", "inputData")
                ]
            for wanted, reference in references:
                if wanted not in elements:
                    href = reference.get("href")
                    self.source.problem("requirement-missing", reference, wanted=href)
            if xml.local(element) == "decision" and getattr(elements[key], "logic", None) is None:
                self.source.problem("decision-without-logic", element)
            if key in circles:
                self.source.problem("decision-cycle", element)

    def _check_imports(self, elements: Mapping[Key, Element]) -> None:
        there = {space for space, _ in elements}
        for element in children(self.source.root, "import"):
            space = element.get("namespace") or ""
            if not (element.get("importType") or "") in READ:
                self.source.problem("dmn-import-type", element, type=element.get("importType"))
            elif space not in there:
                self.source.problem("dmn-import-missing", element, location=space)

    def model(self, elements: Mapping[Key, Element], names: Mapping[Key, str]) -> DecisionModel:
        """Return the model."""
        return DecisionModel(
            self.source.file,
            self.source.root.get("id") or self.source.namespace or self.source.file,
            self.source.name,
            self.source.namespace,
            elements,
            self.prefixes,
            names,
        )
