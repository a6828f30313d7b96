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

    def problem(
        self, rule: str, kind: str, element: Any, en: str, zh: str, severity: str = "error"
    ) -> None:
        """Keep a problem of an element; after many of them the rest is left out."""
        if len(self.problems) >= MOST_PROBLEMS:
            return
        name = label(element)
        self.problems.append(
            Problem(
                rule=rule,
                kind=kind,
                file=self.file,
                line=element.sourceline,
                element=element.get("id") or element.get("name") or nearest(element),
                message=f"{name}: {en}." if name else f"{en}.",
                message_zh=f"{name}：{zh}。" if name else f"{zh}。",
                severity=severity,
            )
        )


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
    ids: set[str] = set()
    for element in source.root.iter():
        if not is_ours(element) or element.get("id") is None:
            continue
        if element.get("id") in ids:
            source.problem(
                "duplicate-id",
                "invalid",
                element,
                "another element has the same id",
                "标识与其他元素重复",
            )
        ids.add(element.get("id"))
    for element in source.root:
        if is_ours(element) and xml.local(element) in ELEMENTS:
            source.elements[source.namespace, element.get("id") or name_of(element)] = element


def _qualified(tag: Any) -> tuple[str, str]:
    namespace, _, name = str(tag).rpartition("}")
    return namespace.lstrip("{"), name


def _not_read(file: str, root: Any, namespace: str) -> Problem:
    older = _OLDER.get(namespace)
    if older:
        en = f"DMN {older} is not read, only 1.3 to 1.5: save it anew in the editor"
        zh = f"不读取 DMN {older}，只读取 1.3 至 1.5：请在编辑器中重新保存"
        rule, kind = "dmn-version", "unsupported"
    else:
        en = f"the root element is {xml.local(root)}, not definitions of DMN 1.3 to 1.5"
        zh = f"根元素是 {xml.local(root)}，不是 DMN 1.3 至 1.5 的 definitions"
        rule, kind = "not-dmn", "unreadable"
    return Problem(rule, kind, file, root.sourceline, None, f"{en}.", f"{zh}。")


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
    """Return what a reader knows an element by: its name or that of the one around it."""
    while element is not None:
        if isinstance(element.tag, str) and xml.local(element) in ELEMENTS:
            return str(element.get("name") or element.get("id") or "")
        element = element.getparent()
    return ""


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
