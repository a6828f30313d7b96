"""Activities: quantities, scripts, ad-hoc sub-processes, multi-instance data, what is called.

Chapters 10.3.3 to 10.3.8 of BPMN 2.0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.data import definition_of
from engine.bpmn.checks.source import Item, Source, plain

_LOOP_ENDS = {
    "loopDataInputRef": ("dataInput", "inputDataItem"),
    "loopDataOutputRef": ("dataOutput", "outputDataItem"),
}


def problems(source: Source) -> Iterator[Problem]:
    """Yield what is wrong with the activities of a file."""
    for node in source.activities:
        yield from quantities(source, node)
        if node.kind == "scriptTask":
            yield from script_missing(source, node)
            yield from script_format(source, node)
        if node.kind == "adHocSubProcess":
            yield from ad_hoc_events(source, node)
    for called, call in _called(source).items():
        yield from called_start(source, called, call)
    for loop in source.of("multiInstanceLoopCharacteristics"):
        yield from loop_reference(source, loop)
        yield from loop_structure(source, loop)


def quantities(source: Source, node: Item) -> Iterator[Problem]:
    """At least one token starts an activity and at least one leaves it."""
    for name in ("startQuantity", "completionQuantity"):
        said = node.get(name, "1")[:18]  # enough to tell, and no number is too long to read
        if said.lstrip("+-").isdecimal() and int(said) < 1:
            yield source.problem("quantity-too-small", node, attribute=name)


def script_missing(source: Source, node: Item) -> Iterator[Problem]:
    """A script task without a script."""
    if not any(script.text() for script in node.of("script")):
        yield source.problem("script-missing", node)


def script_format(source: Source, node: Item) -> Iterator[Problem]:
    """A script says in which language it is written."""
    if node.of("script") and node.executable and not node.get("scriptFormat"):
        yield source.problem("script-format", node)


def ad_hoc_events(source: Source, node: Item) -> Iterator[Problem]:
    """An ad-hoc sub-process begins and ends by its activities, not by events."""
    for event in node.of("startEvent", "endEvent"):
        yield source.problem("ad-hoc-sub-process", node, event, event=event.id)


def _called(source: Source) -> dict[Item, Item]:
    """Return the processes of the file that are called, with the first call of each."""
    found: dict[Item, Item] = {}
    for node in source.of("callActivity"):
        called = source.by_id.get(plain(node.get("calledElement")))
        if called is not None and called.kind == "process":
            found.setdefault(called, node)
    return found


def called_start(source: Source, called: Item, node: Item) -> Iterator[Problem]:
    """A process that is called has a start that waits for nothing, if it has starts."""
    starts = called.of("startEvent")
    if starts and all(source.kinds_of(start) for start in starts):
        yield source.problem("called-process-start", called, node, *starts, caller=node.id)


def loop_reference(source: Source, loop: Item) -> Iterator[Problem]:
    """A loop reads and writes the data of its own activity."""
    activity = loop.parent
    for reference, (kind, _) in _LOOP_ENDS.items():
        for name in loop.refs(reference):
            named = source.by_id.get(name)
            if named is not None and activity is not None and not _is_own(named, activity, kind):
                yield source.problem("loop-data", loop, reference=reference, name=name)


def _is_own(named: Item, activity: Item, kind: str) -> bool:
    """A sub-process has no data inputs; its loop reads a data object it can see."""
    if named.kind in ("dataObject", "dataObjectReference", "property"):
        return True
    return named.kind == kind and named.parent is not None and named.parent.parent is activity


def loop_structure(source: Source, loop: Item) -> Iterator[Problem]:
    """The item of a loop is one of its collection: same structure, and no collection itself."""
    if not loop.executable:
        return
    for reference, (_, kind) in _LOOP_ENDS.items():
        for name, item in zip(loop.refs(reference), loop.of(kind), strict=False):
            whole = definition_of(source, source.by_id.get(name))
            one = definition_of(source, item)
            if whole is None or one is None:
                continue
            if one.get("structureRef") != whole.get("structureRef") or one.is_true("isCollection"):
                yield source.problem("loop-structure", loop, whole, one, name=name)
