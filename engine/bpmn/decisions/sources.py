"""Sources: DMN files as XML, before anything in them is compiled.

Reads through the one hardened door of `xml`. DMN 1.3, 1.4 and 1.5 differ by namespace and by a few
elements that are read where they stand. Every element is kept with its id, its line and what it
requires, so that a problem can be pointed at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from catalogue.problem import Problem
from engine.bpmn import xml
from engine.bpmn.checks.rules import rule
from engine.bpmn.decisions.feel.names import key_of
from engine.bpmn.decisions.model import Key
from engine.bpmn.errors import XMLRefused

READ = {
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
_OLDER = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
}
ELEMENTS = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
MOST_PROBLEMS = 200


@dataclass
class Source:
    """One file: its root, and its elements by id."""

    file: str
    root: Any
    namespace: str
    name: str
    problems: list[Problem] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)  # name -> namespace
    elements: dict[Key, Any] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The language of the expressions that name none; empty for FEEL."""
        return self.root.get("expressionLanguage") or ""

    def problem(self, name: str, element: Any, **facts: Any) -> None:
        """Keep a finding about an element; after many of them the rest is left out.

        Args:
            name: the rule.
            element: where it is broken.
            facts: what the sentence of the rule names.
        """
        if len(self.problems) < MOST_PROBLEMS:
            found = rule(name).problem(
                file=self.file,
                line=element.sourceline,
                element=element.get("id") or nearest(element),
                named=label(element),
                **facts,
            )
            self.problems.append(found)


def open_source(data: bytes, file: str) -> tuple[Source | None, list[Problem]]:
    """Read a file.

    Args:
        data: its bytes.
        file: its name, for problems.

    Returns:
        What was read, None where that is nothing, and what was wrong.
    """
    try:
        root = xml.read_any(data, file).getroot()
    except XMLRefused as refused:
        return None, refused.problems
    namespace, name = _qualified(root.tag)
    if name != "definitions" or namespace not in READ:
        return None, [_not_read(file, root, namespace)]
    source = Source(file, root, root.get("namespace") or "", root.get("name") or "")
    for element in children(root, "import"):
        source.imports[key_of(element.get("name") or "")] = element.get("namespace") or ""
    _collect(source)
    return source, source.problems


def _collect(source: Source) -> None:
    lines: dict[str, int] = {}
    for element in source.root.iter():
        identifier = element.get("id") if is_ours(element) else None
        if identifier is None:
            continue
        if identifier in lines:
            source.problem("duplicate-id", element, first=lines[identifier])
        lines.setdefault(identifier, element.sourceline)
    for element in source.root:
        if is_ours(element) and xml.local(element) in ELEMENTS:
            source.elements[source.namespace, element.get("id") or name_of(element)] = element


def _qualified(tag: Any) -> tuple[str, str]:
    namespace, _, name = str(tag).rpartition("}")
    return namespace.lstrip("{"), name


def _not_read(file: str, root: Any, namespace: str) -> Problem:
    older = _OLDER.get(namespace)
    line, element = root.sourceline, root.get("id")
    if older:
        return rule("dmn-version").problem(file=file, line=line, element=element, version=older)
    name = xml.local(root)
    return rule("not-dmn").problem(file=file, line=line, element=element, root=name)


def is_ours(element: Any) -> bool:
    """Whether an element belongs to DMN, and not to an extension."""
    return isinstance(element.tag, str) and _qualified(element.tag)[0] in READ


def children(element: Any, *names: str) -> list[Any]:
    """Return the child elements of some names; all of DMN without names."""
    return [
        child for child in element if is_ours(child) and (not names or xml.local(child) in names)
    ]


def child(element: Any, name: str) -> Any:
    """Return the first child of a name, None if there is none."""
    found = children(element, name)
    return found[0] if found else None


def text_of(element: Any) -> str:
    """Return the text of an element's `text` child, else its own."""
    if element is None:
        return ""
    inner = child(element, "text")
    return ((inner if inner is not None else element).text or "").strip()


def name_of(element: Any) -> str:
    """Return the name by which FEEL knows an element: that of its variable, else its own."""
    variable = child(element, "variable")
    name = variable.get("name") if variable is not None else None
    return key_of(name or element.get("name") or "")


def label(element: Any) -> str:
    """Return what a reader knows an element by: the name of the decision that it is part of."""
    own = element.get("name") or xml.local(element)
    while element is not None:
        if isinstance(element.tag, str) and xml.local(element) in ELEMENTS:
            return str(element.get("name") or element.get("id") or own)
        element = element.getparent()
    return str(own)


def nearest(element: Any) -> str | None:
    """Return the id of the next element around one."""
    while element is not None:
        if element.get("id"):
            return str(element.get("id"))
        element = element.getparent()
    return None


def required(source: Source, element: Any) -> Iterator[tuple[Key, Any]]:
    """Yield what an element requires, with the element that says so."""
    for requirement in children(element, "informationRequirement", "knowledgeRequirement"):
        for reference in children(
            requirement, "requiredInput", "requiredDecision", "requiredKnowledge"
        ):
            yield key_of_reference(source, reference), reference


def key_of_reference(source: Source, element: Any) -> Key:
    """Return the element that a `href` names."""
    namespace, _, identifier = (element.get("href") or "").rpartition("#")
    return (namespace or source.namespace, identifier)
