"""Reader: DMN files, checked and compiled into decision models.

`parse` reads one file, with the files it may import; `parse_all` reads several together. Nothing
is raised: everything wrong is a `Problem` with file, line and element, and a model is given
whenever the file could be read, so that the checks after this one can go on.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.problem import Problem, in_order
from engine.bpmn.decisions.element_reader import ElementReader
from engine.bpmn.decisions.item_types import ItemTypes
from engine.bpmn.decisions.model import DecisionModel, Element, Key
from engine.bpmn.decisions.requirements import circular
from engine.bpmn.decisions.sources import Source, open_source


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
        source, _ = open_source(data, name)
        if source is not None:
            sources[name] = (source.namespace, set(source.imports.values()))
    return _reached(sources, file)


def imported_models(models: Mapping[str, DecisionModel], file: str) -> set[str]:
    """Return the same for files that are read already."""
    sources = {name: (one.namespace, set(one.imports)) for name, one in models.items()}
    return _reached(sources, file)


def _reached(sources: Mapping[str, tuple[str, set[str]]], file: str) -> set[str]:
    by_namespace = {namespace: name for name, (namespace, _) in sources.items()}
    found: set[str] = set()
    todo = [file]
    while todo:
        _, namespaces = sources.get(todo.pop(), ("", set()))
        for namespace in namespaces:
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
    compilers = [
        ElementReader(one, sources.values(), types[one.namespace]) for one in sources.values()
    ]
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
