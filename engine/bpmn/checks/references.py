"""References: ids that are used twice or lead nowhere, and files that name one another.

A reference with the prefix of another namespace leads into another file and is not followed,
nor is anything ever fetched from the network. An import is looked for among the files that are
checked together, by its name beside the importing file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from catalogue.problem import Problem
from engine.bpmn.checks.source import LEVELS, Item, Source, plain
from engine.bpmn.model import ACTIVITIES
from engine.bpmn.xml import BPMN

_DEFINED = {
    "messageRef": "message", "signalRef": "signal", "errorRef": "error",
    "escalationRef": "escalation",
}  # fmt: skip
# Attribute or element, and what it names; only those for which a mistake cannot be a dialect.
_OTHERS = {
    "dataObjectRef": "dataObject",
    "dataStoreRef": "dataStore",
    "correlationPropertyRef": "correlationProperty",
    "correlationKeyRef": "correlationKey",
    "categoryValueRef": "categoryValue",
    "processRef": "process",
}


def problems(source: Source) -> Iterator[Problem]:
    """Yield what leads nowhere within one file."""
    yield from duplicate_id(source)
    for flow in source.of("sequenceFlow"):
        yield from flow_end(source, flow)
    for node in source.nodes:
        yield from default_flow(source, node)
        if node.kind == "boundaryEvent":
            yield from attached(source, node)
    for item in source.items:
        yield from definition_reference(source, item)
        yield from other_reference(source, item)
    for end in source.of("messageFlow", "association"):
        yield from message_flow_reference(source, end)


def duplicate_id(source: Source) -> Iterator[Problem]:
    """An id that an earlier element of the file bears too."""
    for item in source.items:
        first = source.by_id.get(item.id or "")
        if first is not None and first is not item:
            yield source.problem("duplicate-id", item, first=first.line)


def flow_end(source: Source, flow: Item) -> Iterator[Problem]:
    """A sequence flow whose ends are no flow nodes of its process, or of another level."""
    for end in ("sourceRef", "targetRef"):
        name = plain(flow.get(end))
        node = source.by_id.get(name)
        if flow.parent is None or flow.parent.kind not in LEVELS:
            continue
        if node is None or node not in source.node_set or node.process is not flow.process:
            yield source.problem(f"dangling-{end[:-3]}-ref", flow, name=name or "-")
        elif node.parent is not flow.parent:
            yield source.problem("flow-crosses-border", flow, node, end=name)


def default_flow(source: Source, node: Item) -> Iterator[Problem]:
    """A default flow that leaves another node, or that is not there."""
    name = plain(node.get("default"))
    if name and name not in (flow.id for flow in source.out_of(node)):
        yield source.problem("dangling-default", node, flow=name)


def attached(source: Source, node: Item) -> Iterator[Problem]:
    """A boundary event that is attached to no activity beside it."""
    name = plain(node.get("attachedToRef"))
    host = source.by_id.get(name)
    if host is None or host.kind not in ACTIVITIES or host.parent is not node.parent:
        yield source.problem("dangling-attached-to-ref", node, name=name or "-")


def definition_reference(source: Source, item: Item) -> Iterator[Problem]:
    """A message, signal, error or escalation that is not defined in the file."""
    for attribute, written in item.element.attrib.items():
        kind = _DEFINED.get(attribute)
        if kind is None or not written or source.is_foreign(item, written):
            continue
        named = source.by_id.get(plain(written))
        if named is None or named.kind != kind:
            # The definition inside an event is not what a reader sees: the event is.
            shown = item.parent if item.kind.endswith("EventDefinition") else item
            if shown is not None:
                yield source.problem(f"dangling-{kind}-ref", shown, name=written)


def other_reference(source: Source, item: Item) -> Iterator[Problem]:
    """A reference to data, to a correlation or to a process that is not there."""
    written = [(name, text) for name, text in item.element.attrib.items() if name in _OTHERS]
    if item.kind in _OTHERS:
        written.append((item.kind, item.text()))
    for name, text in written:
        named = source.by_id.get(plain(text))
        if not text or source.is_foreign(item, text):
            continue
        if named is None:
            yield source.problem("dangling-reference", item, attribute=name, name=text)
        elif named.kind != _OTHERS[name]:
            facts = {"found": named.kind, "wanted": _OTHERS[name]}
            yield source.problem("wrong-reference", item, attribute=name, name=text, **facts)


def message_flow_reference(source: Source, flow: Item) -> Iterator[Problem]:
    """A message flow or an association with an end that is not in the file."""
    for end in ("sourceRef", "targetRef"):
        written = flow.get(end)
        if written and not source.is_foreign(flow, written) and plain(written) not in source.by_id:
            yield source.problem("dangling-reference", flow, attribute=end, name=written)


def imports(sources: Mapping[str, Source]) -> Iterator[Problem]:
    """Yield the imports of BPMN that are not among the files, and ids that they share.

    Args:
        sources: the files that are checked together, by name.
    """
    for name, source in sources.items():
        known: dict[str, str] = {}
        for item in source.of("import"):
            if item.get("importType") != BPMN:
                continue
            location = item.get("location")
            if "://" in location:
                yield source.problem("import-remote", item, location=location)
                continue
            other = str(PurePosixPath(name).parent / location)
            if other not in sources:
                yield source.problem("import-missing", item, location=location)
            else:
                yield from _shared_ids(source, item, sources[other], known)


def _shared_ids(
    source: Source, item: Item, other: Source, known: dict[str, str]
) -> Iterator[Problem]:
    """Within one namespace an id names one element, whichever file it is in."""
    same = source.root.get("targetNamespace") == other.root.get("targetNamespace")
    for name in other.by_id:
        if (name in source.by_id and same) or known.get(name) == other.root.get("targetNamespace"):
            yield source.problem("imported-id", item, other=other.file, id=name)
            break
    known.update(dict.fromkeys(other.by_id, other.root.get("targetNamespace")))
