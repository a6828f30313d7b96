"""Events: what may stand where, which flows they may have, and pairs that belong together.

The tables are those of BPMN 2.0.2, chapters 10.5.2 to 10.5.5 and 13.5. A kind of event that the
standard does not know at a place is invalid, whether or not it could be given a meaning.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.source import NO, Item, Source

# What the standard lets an event be; boundary events that cannot leave their activity running.
_ALLOWED = {
    "startEvent": {"message", "timer", "conditional", "signal"},
    "eventStart": {
        "message", "timer", "conditional", "signal", "error", "escalation", "compensate",
    },
    "intermediateCatchEvent": {"message", "timer", "conditional", "signal", "link"},
    "boundaryEvent": {
        "message", "timer", "conditional", "signal", "error", "escalation", "compensate", "cancel",
    },
    "intermediateThrowEvent": {"message", "signal", "escalation", "compensate", "link"},
    "endEvent": {
        "message", "signal", "error", "escalation", "compensate", "terminate", "cancel",
    },
}  # fmt: skip
_TRIGGERED = ("intermediateCatchEvent", "boundaryEvent")
_INTERRUPTING = ("error", "cancel", "compensate")


def problems(source: Source) -> Iterator[Problem]:
    """Yield what is wrong with the events of a file."""
    for node in source.nodes:
        if node.kind in _ALLOWED:
            yield from event_kind(source, node)
            yield from event_flows(source, node)
            yield from event_untriggered(source, node)
            yield from link_flows(source, node)
            yield from event_not_interrupting(source, node)
        if node.kind == "boundaryEvent":
            yield from boundary_flows(source, node)
        if node.is_event_subprocess:
            yield from event_subprocess_flows(source, node)
    yield from link_without_throw(source)
    yield from definition_shared(source)


def event_kind(source: Source, node: Item) -> Iterator[Problem]:
    """An event of a kind that the standard does not know at its place."""
    allowed = _ALLOWED["eventStart" if _starts_by_event(node) else node.kind]
    for kind in source.kinds_of(node):
        if kind not in allowed:
            yield source.problem("event-kind", node, kind=kind, place=node.kind)


def _starts_by_event(node: Item) -> bool:
    return node.kind == "startEvent" and bool(node.parent and node.parent.is_event_subprocess)


def event_untriggered(source: Source, node: Item) -> Iterator[Problem]:
    """An event that must wait for something and says nothing."""
    if node.kind in _TRIGGERED and not source.kinds_of(node):
        yield source.problem("event-untriggered", node)


def event_not_interrupting(source: Source, node: Item) -> Iterator[Problem]:
    """An error, a cancellation or a compensation that would leave its activity running."""
    attribute = "cancelActivity" if node.kind == "boundaryEvent" else "isInterrupting"
    if node.kind in ("boundaryEvent", "startEvent") and node.get(attribute) in NO:
        for kind in source.kinds_of(node):
            if kind in _INTERRUPTING:
                yield source.problem("event-not-interrupting", node, kind=kind)


def event_flows(source: Source, node: Item) -> Iterator[Problem]:
    """Flows into an event that only starts, or out of one that ends."""
    if node.kind in ("startEvent", "boundaryEvent"):
        for flow in source.into(node):
            yield source.problem("flow-into-start", node, flow, flow=flow.id)
    if node.kind == "endEvent":
        for flow in source.out_of(node):
            yield source.problem("flow-out-of-end", node, flow, flow=flow.id)


def boundary_flows(source: Source, node: Item) -> Iterator[Problem]:
    """A boundary event without a way out, or a compensation with one."""
    if source.kinds_of(node) == ("compensate",):
        for flow in source.out_of(node):
            yield source.problem("compensation-flow", node, flow, flow=flow.id)
        yield from compensation_handler(source, node)
    elif not source.out_of(node):
        yield source.problem("boundary-event-outgoing", node)


def compensation_handler(source: Source, node: Item) -> Iterator[Problem]:
    """A compensation led to an activity that is not marked as for compensation."""
    for association in source.associations.get(node.id or "", ()):
        if not association.is_true("isForCompensation"):
            yield source.problem("compensation-handler", node, association, handler=association.id)


def event_subprocess_flows(source: Source, node: Item) -> Iterator[Problem]:
    """An event sub-process is entered by its event alone."""
    flows = source.into(node) + source.out_of(node)
    if flows:
        yield source.problem("event-sub-process-flows", node, *flows)


def link_flows(source: Source, node: Item) -> Iterator[Problem]:
    """A throwing link with a way out, or a catching one with a way in."""
    if "link" not in source.kinds_of(node):
        return
    if node.kind == "intermediateThrowEvent" and source.out_of(node):
        yield source.problem("link-flows", node, *source.out_of(node))
    if node.kind == "intermediateCatchEvent" and source.into(node):
        yield source.problem("link-flows", node, *source.into(node))


def link_without_throw(source: Source) -> Iterator[Problem]:
    """A catching link that nothing throws, by name within its level or by reference."""
    links = source.of("linkEventDefinition")
    thrown, targets = set(), set()
    for link in links:
        if link.parent and link.parent.kind == "intermediateThrowEvent":
            thrown.add((link.parent.parent, link.get("name")))
            targets.update(link.refs("target"))
    for link in links:
        event = link.parent
        if event is None or event.kind != "intermediateCatchEvent":
            continue
        if link.id in targets:
            continue
        named = [name for name in link.refs("source") if name not in source.by_id]
        if named or (event.parent, link.get("name")) not in thrown:
            yield source.problem("link-without-throw", link, event, link=link.get("name"))


def definition_shared(source: Source) -> Iterator[Problem]:
    """An event definition that lies in a throwing event and is used by another."""
    for reference in source.of("eventDefinitionRef"):
        used = source.by_id.get(reference.text().rpartition(":")[2])
        if used is not None and used.parent and used.parent.kind in _THROWING:
            yield source.problem("definition-shared", used, used.parent)


_THROWING = ("intermediateThrowEvent", "endEvent", "implicitThrowEvent")
