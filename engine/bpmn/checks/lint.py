"""Lint: what is legal and unclear to whoever reads the diagram; names are those of bpmnlint.

None of these rules forbids anything. They look at a level or a node at a time; rules about the
drawing itself are in `layout`, rules of this domain in `house`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.source import LEVELS, Item, Source, plain
from engine.bpmn.model import ACTIVITIES, EVENTS, GATEWAYS, SUBPROCESSES

_LABELLED = EVENTS | ACTIVITIES - SUBPROCESSES | {"participant", "lane"}
_DECIDING = ("exclusiveGateway", "inclusiveGateway", "complexGateway")
_GLOBAL = {
    "message": "messageRef", "signal": "signalRef", "error": "errorRef",
    "escalation": "escalationRef",
}  # fmt: skip


def problems(source: Source) -> Iterator[Problem]:
    """Yield what is unclear in the diagrams of a file."""
    for level in source.of(*LEVELS):
        yield from starts_and_ends(source, level)
        yield from typed_starts(source, level)
        yield from superfluous_termination(source, level)
    for node in source.nodes:
        yield from connections(source, node)
        yield from splits_and_joins(source, node)
        yield from conditions(source, node)
        if len(source.kinds_of(node)) > 1:
            yield source.problem("single-event-definition", node)
    for item in source.items:
        yield from label(source, item)
    yield from duplicate_flows(source)
    yield from links(source)
    yield from global_elements(source)


def label(source: Source, item: Item) -> Iterator[Problem]:
    """An element that a reader cannot tell from another."""
    needed = item.kind in _LABELLED and (item.kind not in EVENTS or item in source.node_set)
    if item.kind in _DECIDING:
        needed = len(source.out_of(item)) > 1
    elif item.kind == "sequenceFlow":
        needed = bool(item.of("conditionExpression"))
    if needed and not item.get("name"):
        yield source.problem("label-required", item)


def starts_and_ends(source: Source, level: Item) -> Iterator[Problem]:
    """A level without a start or an end event, or with several starts that wait for nothing."""
    if level.kind == "adHocSubProcess":
        return
    starts = level.of("startEvent")
    if not starts and not any(child.is_true("instantiate") for child in level.children):
        yield source.problem("start-event-required", level)
    if not level.of("endEvent"):
        yield source.problem("end-event-required", level)
    blank = [start for start in starts if not source.kinds_of(start)]
    if len(blank) > 1:
        yield source.problem("single-blank-start-event", level, *blank, first=blank[0].id)


def typed_starts(source: Source, level: Item) -> Iterator[Problem]:
    """Starts of sub-processes wait for nothing, those of event sub-processes for something."""
    if level.kind not in SUBPROCESSES:
        return
    for start in level.of("startEvent"):
        kinds = source.kinds_of(start)
        if level.is_event_subprocess and not kinds:
            yield source.problem("event-sub-process-typed-start-event", start, level)
        if kinds and not level.is_event_subprocess:
            yield source.problem("sub-process-blank-start-event", start, level)


def connections(source: Source, node: Item) -> Iterator[Problem]:
    """A node without flows, or without a flow on one of its sides."""
    free = node.is_true("isForCompensation") or node.is_event_subprocess
    if free or (node.parent and node.parent.kind == "adHocSubProcess"):
        return
    kinds = source.kinds_of(node)
    ways_in, ways_out = source.into(node), source.out_of(node)
    begins = node.kind in ("startEvent", "boundaryEvent")
    begins = begins or (node.kind == "intermediateCatchEvent" and "link" in kinds)
    ends = node.kind == "endEvent" or (node.kind == "boundaryEvent" and "compensate" in kinds)
    ends = ends or (node.kind == "intermediateThrowEvent" and "link" in kinds)
    if not (ways_in or ways_out or node.kind == "boundaryEvent"):
        yield source.problem("no-disconnected", node)
    if not ways_in and not begins and not node.is_true("instantiate"):
        yield source.problem("no-implicit-start", node)
    if not ways_out and not ends:
        yield source.problem("no-implicit-end", node)


def splits_and_joins(source: Source, node: Item) -> Iterator[Problem]:
    """Tokens that split or join where no gateway shows it, and gateways that do neither."""
    ways_in, ways_out = source.into(node), source.out_of(node)
    if node.kind in GATEWAYS:
        if len(ways_in) == 1 == len(ways_out):
            yield source.problem("superfluous-gateway", node)
        if len(ways_in) > 1 and len(ways_out) > 1:
            yield source.problem("no-gateway-join-fork", node)
        if node.kind in ("inclusiveGateway", "complexGateway"):
            yield source.problem(f"no-{node.kind.removesuffix('Gateway')}-gateway", node)
        return
    if len(ways_in) > 1 and not node.kind == "endEvent":
        yield source.problem("fake-join", node, *ways_in)
    plain_ways = [flow for flow in ways_out if not _is_decided(node, flow)]
    if len(plain_ways) > 1:
        yield source.problem("no-implicit-split", node, *plain_ways)


def _is_decided(node: Item, flow: Item) -> bool:
    return bool(flow.of("conditionExpression")) or flow.id == plain(node.get("default") or "-")


def conditions(source: Source, node: Item) -> Iterator[Problem]:
    """A flow without a condition beside others that have one."""
    ways_out = source.out_of(node)
    decides = node.get("default") or any(flow.of("conditionExpression") for flow in ways_out)
    if len(ways_out) < 2 or not decides or node.kind == "eventBasedGateway":
        return
    for flow in ways_out:
        if not _is_decided(node, flow):
            yield source.problem("conditional-flows", flow, node, source=node.id)


def superfluous_termination(source: Source, level: Item) -> Iterator[Problem]:
    """A terminate event where no other token can be on its way."""
    ends = [end for end in level.of("endEvent") if "terminate" in source.kinds_of(end)]
    if ends and not _may_run_beside(source, level):
        for end in ends:
            yield source.problem("superfluous-termination", end)


def _may_run_beside(source: Source, level: Item) -> bool:
    """Tell whether two tokens can be at this level at once."""
    for node in level.children:
        if node not in source.node_set:
            continue
        if node.is_event_subprocess:
            starts = node.of("startEvent")
            if any(start.get("isInterrupting") in ("false", "0") for start in starts):
                return True
        elif node.kind == "boundaryEvent":
            if node.get("cancelActivity") in ("false", "0"):
                return True
        elif len(source.out_of(node)) > 1:
            if node.kind not in ("exclusiveGateway", "eventBasedGateway"):
                return True
    begins = [n for n in level.of(*ACTIVITIES, "startEvent") if not source.into(n)]
    return len([n for n in begins if not n.is_event_subprocess]) > 1


def duplicate_flows(source: Source) -> Iterator[Problem]:
    """Two flows between the same nodes under the same condition."""
    seen: set[tuple[str, str, str]] = set()
    for flow in source.of("sequenceFlow"):
        condition = " ".join(c.text() for c in flow.of("conditionExpression"))
        ends = (plain(flow.get("sourceRef")), plain(flow.get("targetRef")))
        if (*ends, condition) in seen:
            nodes = [source.by_id[end] for end in ends if end in source.by_id]
            names = dict(zip(("source", "target"), ends, strict=True))
            yield source.problem("no-duplicate-sequence-flows", flow, *nodes, **names)
        seen.add((*ends, condition))


def links(source: Source) -> Iterator[Problem]:
    """Links without a name, without a partner, or with several places to go on at."""
    groups: dict[tuple[Item | None, str], list[Item]] = defaultdict(list)
    for link in source.of("linkEventDefinition"):
        event = link.parent
        if event is None or event not in source.node_set:
            continue
        if not link.get("name"):
            yield source.problem("link-event", event, link="-")
        else:
            groups[event.parent, link.get("name")].append(event)
    for (_, name), events in groups.items():
        catching = [event for event in events if event.kind == "intermediateCatchEvent"]
        if len(catching) != 1 or len(catching) == len(events):
            yield source.problem("link-event", events[0], *events[1:], link=name)


def global_elements(source: Source) -> Iterator[Problem]:
    """Messages, signals, errors and escalations without a name, without a use, or twice."""
    used = {plain(i.get(a)) for i in source.items for a in _GLOBAL.values() if i.get(a)}
    used |= _referred(source)
    for kind in _GLOBAL:
        names: dict[str, list[Item]] = defaultdict(list)
        for item in source.of(kind):
            names[item.get("name")].append(item)
        for name, items in names.items():
            for item in items:
                if not name or len(items) > 1 or item.id not in used:
                    yield source.problem("global", item)


def _referred(source: Source) -> set[str]:
    """Return the ids that operations, flows and correlations name."""
    kinds = ("inMessageRef", "outMessageRef", "errorRef")
    found = {plain(item.text()) for item in source.of(*kinds)}
    return found | {plain(flow.get("messageRef")) for flow in source.of("messageFlow")}
