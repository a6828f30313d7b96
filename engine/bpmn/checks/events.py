"""Events: what may stand where, which flows they may have, and pairs that belong together.

The tables are those of BPMN 2.0.2, chapters 10.5.2 to 10.5.5 and 13.5. A kind of event that the
standard does not know at a place is invalid, whether or not it could be given a meaning.
"""

from __future__ import annotations

from collections import defaultdict
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
            yield from event_left_open(source, node)
        if node.kind == "boundaryEvent":
            yield from boundary_flows(source, node)
        if node.is_event_subprocess:
            yield from event_subprocess_flows(source, node)
    yield from links(source)
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


def event_left_open(source: Source, node: Item) -> Iterator[Problem]:
    """A message, signal, timer or condition that is not said: a drawing may leave it open."""
    for one in source.definitions(node):
        kind = one.kind.removesuffix("EventDefinition")
        if kind in ("message", "signal") and not (one.get(f"{kind}Ref") or node.get("name")):
            yield source.problem("event-without-name", node, kind=kind)
        elif kind == "conditional" and not any(c.text() for c in one.of("condition")):
            yield source.problem("conditional-event", node)
        elif kind == "timer":
            times = one.of("timeDate", "timeDuration", "timeCycle")
            if not times:
                yield source.problem("timer-without-time", node)
            for empty in (time for time in times if not time.text()):
                yield source.problem("timer-empty", empty, form=empty.kind)


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
    elif not (source.out_of(node) or source.drawing) and source.lists_flows:
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


def links(source: Source) -> Iterator[Problem]:
    """A throwing link with no or several catching ones, or a catching one that none throws.

    Links belong together by their name within a level, or by naming one another.
    """
    thrown: dict[tuple[Item | None, str], list[Item]] = defaultdict(list)
    caught: dict[tuple[Item | None, str], list[Item]] = defaultdict(list)
    targets: set[str] = set()
    for link in source.of("linkEventDefinition"):
        event = link.parent
        if event is not None and event.kind in ("intermediateThrowEvent", "intermediateCatchEvent"):
            group = thrown if event.kind == "intermediateThrowEvent" else caught
            group[event.parent, link.get("name")].append(link)
            targets.update(link.refs("target") if group is thrown else ())
    for (level, name), ones in thrown.items():
        count = len(caught.get((level, name), ()))
        if count != 1 and not any(link.refs("target") for link in ones):
            for link in ones:
                yield source.problem("link-without-catch", _event(link), count=count, link=name)
    for (level, name), ones in caught.items():
        for link in ones:
            lost = [one for one in link.refs("source") if one not in source.by_id]
            if link.id not in targets and (lost or (level, name) not in thrown):
                yield source.problem("link-without-throw", link, _event(link), link=name)


def _event(definition: Item) -> Item:
    return definition.parent or definition


def definition_shared(source: Source) -> Iterator[Problem]:
    """An event definition that lies in a throwing event and is used by another."""
    for reference in source.of("eventDefinitionRef"):
        used = source.by_id.get(reference.text().rpartition(":")[2])
        if used is not None and used.parent and used.parent.kind in _THROWING:
            yield source.problem("definition-shared", used, used.parent)


_THROWING = ("intermediateThrowEvent", "endEvent", "implicitThrowEvent")
