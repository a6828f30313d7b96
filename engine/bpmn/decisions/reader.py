"""Reader: DMN files, checked and compiled into decision models.

`parse` reads one file, with the files it may import; `parse_all` reads several together. Nothing
is raised: everything wrong is a `Problem` with file, line and element, and a model is given
whenever the file could be read, so that the checks after this one can go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from catalogue.problem import Problem, in_order
from engine.bpmn import xml
from engine.bpmn.decisions.box_reader import BoxReader
from engine.bpmn.decisions.feel.compiling import Words
from engine.bpmn.decisions.feel.names import Vocabulary, key_of
from engine.bpmn.decisions.feel.types import FunctionOf
from engine.bpmn.decisions.item_types import ItemTypes
from engine.bpmn.decisions.model import (
    Decision,
    DecisionModel,
    Element,
    FunctionBox,
    InputData,
    Key,
    Knowledge,
    Service,
)
from engine.bpmn.decisions.requirements import circular
from engine.bpmn.decisions.sources import (
    READ,
    Source,
    child,
    children,
    key_of_reference,
    name_of,
    open_source,
    required,
)


def parse(
    data: bytes, name: str, others: Mapping[str, bytes] | None = None
) -> tuple[DecisionModel | None, list[Problem]]:
    """Read one file.

    Args:
        data: its bytes.
        name: its name, for problems.
        others: files whose namespaces it may import, by name.

    Returns:
        The model, None where the file cannot be read; and its problems.
    """
    models, problems = parse_all({**(others or {}), name: data})
    return models.get(name), [one for one in problems if one.file == name]


def imports(data: bytes, file: str) -> list[str]:
    """Return the namespaces that a file imports."""
    source, _ = open_source(data, file)
    return [] if source is None else list(source.imports.values())


def imported(files: Mapping[str, bytes], file: str) -> set[str]:
    """Return the files that one imports, through others too."""
    sources = {}
    for name, data in files.items():
        if name == file or name.lower().endswith(".dmn"):
            source, _ = open_source(data, name)
            if source is not None:
                sources[name] = source
    by_namespace = {one.namespace: one.file for one in sources.values()}
    found: set[str] = set()
    todo = [file]
    while todo:
        source = sources.get(todo.pop())
        for namespace in () if source is None else source.imports.values():
            other = by_namespace.get(namespace)
            if other is not None and other not in found and other != file:
                found.add(other)
                todo.append(other)
    return found


def parse_all(files: Mapping[str, bytes]) -> tuple[dict[str, DecisionModel], list[Problem]]:
    """Read files together, so that they may import one another.

    Returns:
        The models by file, and the problems of all files, in order.
    """
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for file, data in files.items():
        source, found = open_source(data, file)
        if source is None:
            problems += found
        else:
            sources[file] = source
    by_namespace = {one.namespace: one for one in sources.values()}
    types: dict[str, ItemTypes] = {}
    for source in sources.values():
        _types(source, by_namespace, types, frozenset())
    elements: dict[Key, Element] = {}
    compilers = [_Compiler(one, sources.values(), types[one.namespace]) for one in sources.values()]
    for compiler in compilers:
        elements.update(compiler.elements())
    names = {
        (one.namespace, space): prefix
        for one in sources.values()
        for prefix, space in one.imports.items()
    }
    models, circles = {}, circular(elements)
    for compiler in compilers:
        compiler.check(elements, circles)
        models[compiler.source.file] = compiler.model(elements, names)
        problems += compiler.source.problems
    return models, in_order(dict.fromkeys(problems))


def _types(
    source: Source,
    by_namespace: Mapping[str, Source],
    made: dict[str, ItemTypes],
    waiting: frozenset[str],
) -> ItemTypes:
    if source.namespace not in made:
        imported = {}
        for prefix, namespace in source.imports.items():
            other = by_namespace.get(namespace)
            if other is not None and namespace not in waiting and len(waiting) < 20:
                inner = waiting | {source.namespace}
                imported[prefix] = _types(other, by_namespace, made, inner)
        made[source.namespace] = ItemTypes(source, imported)
    return made[source.namespace]


class _Compiler:
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
        self.source.problem(
            "decision-name-unknown",
            "invalid",
            element,
            f"nothing that it requires gives {names}",
            f"所依赖的元素没有提供 {names}",
            severity="warning",
        )

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
                    self.source.problem(
                        "requirement-missing",
                        "invalid",
                        reference,
                        f"it requires {reference.get('href')}, which is not here",
                        f"依赖的 {reference.get('href')} 不存在",
                    )
            if xml.local(element) == "decision" and getattr(elements[key], "logic", None) is None:
                self.source.problem(
                    "decision-incomplete",
                    "invalid",
                    element,
                    "the decision has no logic",
                    "决策没有逻辑",
                    severity="warning",
                )
            if key in circles:
                self.source.problem(
                    "decision-cycle",
                    "invalid",
                    element,
                    "it requires itself, through others too",
                    "直接或间接依赖自身",
                )

    def _check_imports(self, elements: Mapping[Key, Element]) -> None:
        there = {space for space, _ in elements}
        for element in children(self.source.root, "import"):
            space = element.get("namespace") or ""
            if not (element.get("importType") or "") in READ:
                self.source.problem(
                    "import-type",
                    "unsupported",
                    element,
                    f"imports of the type {element.get('importType')} are not read",
                    f"不读取类型为 {element.get('importType')} 的导入",
                )
            elif space not in there:
                self.source.problem(
                    "import-missing",
                    "invalid",
                    element,
                    f"the imported model {space} is not among the files",
                    f"导入的模型 {space} 不在文件中",
                )

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
