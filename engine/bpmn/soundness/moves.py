"""Moves: what a token may do at each kind of node.

Timers, messages, signals and conditions may come at any time while they are waited for. Errors
come from error end events and from tasks that can fail; escalations from who throws them. An
event that does not interrupt is looked at again when its side path has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.model import ACTIVITIES, Node
from engine.bpmn.soundness import frames, regions, throwing
from engine.bpmn.soundness.drawing import is_join, is_link_throw
from engine.bpmn.soundness.frames import RAISING, Catcher, Frame
from engine.bpmn.soundness.limits import QUIET
from engine.bpmn.soundness.net import DONE, MOVING, Outcome, Step

if TYPE_CHECKING:
    from engine.bpmn.soundness.compiling import Compiler
    from engine.bpmn.soundness.summary import Summary

FREE = frozenset({"timer", "message", "signal", "conditional", "multiple"})


def write(net: Compiler, frame: Frame, node: Node) -> None:
    """Add the moves of one node."""
    name = frame.name(node.id)
    if node.kind == "endEvent":
        if node.event.kind not in QUIET:
            throwing.end(net, frame, node, name)
    elif node.triggered_by_event:
        if name in net.net.places and (name in net.inner or name in net.summaries):
            _finish(net, frame, node, name)
    elif node.kind == "boundaryEvent" and node.id != frame.root:
        return
    elif is_join(frame.drawing, node):
        _join(net, frame, node)
    elif is_link_throw(node):
        catch = frame.drawing.catch_of(node)
        if catch is not None:
            outputs, steps, covers = net.enter(frame, catch, None, node)
            steps = ((node.id, None), *steps)
            net.move(node.id, frozenset({name}), outputs, steps, covers=covers)
    elif node.kind == "intermediateThrowEvent" and node.event.kind == "escalation":
        throwing.escalate(net, frame, node, name)
    elif node.kind in ACTIVITIES:
        _finish(net, frame, node, name)
        for event in frame.drawing.boundary[node.id]:
            _boundary(net, frame, node, event)
    else:
        _pass(net, frame, node, name)


def _pass(net: Compiler, frame: Frame, node: Node, name: str) -> None:
    for option in frame.drawing.options(node):
        outputs, steps, covers = net.leave(frame, node, option)
        net.move(node.id, frozenset({name}), outputs, steps, covers=covers)


def _join(net: Compiler, frame: Frame, node: Node) -> None:
    arrivals = frozenset(frame.name(f"~{f.id}") for f in frame.drawing.incoming[node.id])
    own = frozenset({(frame.drawing.model.id, node.id)})
    for option in frame.drawing.options(node):
        outputs, steps, covers = net.leave(frame, node, option)
        if node.kind == "parallelGateway":
            net.move(node.id, arrivals, outputs, steps, covers=covers | own)
            continue
        at = frozenset({f"at:{frame.name(node.id)}"})
        net.move(
            node.id,
            frozenset(),
            outputs,
            steps,
            some=at,
            clears=at,
            join=frame.name(node.id),
            covers=covers | own,
        )


# Activities


def arm(net: Compiler, frame: Frame, node: Node) -> tuple[str, ...]:
    """Return the marks of the events on an activity that come once at most."""
    found = []
    for event in frame.drawing.boundary[node.id]:
        if regions.is_side_event(event) and event.event.timer in ("timeDate", "timeDuration"):
            name = frame.name(f"*armed:{event.id}")
            if name not in net.net.places:
                place = net.place(name, frame, event.id, "mark", ())
                place.groups.add(f"host:{frame.name(node.id)}")
            found.append(name)
    return tuple(found)


def _finish(net: Compiler, frame: Frame, node: Node, name: str) -> None:
    """The ways in which an activity ends by itself, and the errors that leave it."""
    if name in net.stuck:
        return
    inputs = frozenset({name})
    extra = (
        frozenset({f"host:{name}"}) if arm(net, frame, node) or name in net.inner else frozenset()
    )
    forbids: frozenset[str] = frozenset()
    before: tuple[Step, ...] = ()
    summary = net.summaries.get(name)
    if name in net.inner:
        forbids = frozenset({f"live:{net.inner[name].prefix}"})
    if summary is None or DONE in summary.outcomes:
        before = summary.outcomes[DONE] if summary else ()
        options = [()] if node.triggered_by_event else frame.drawing.options(node)
        for option in options:
            outputs, steps, covers = net.leave(frame, node, option)
            if node.triggered_by_event:
                steps = ()  # its beginning was told
            net.move(
                node.id,
                inputs,
                outputs,
                before + steps,
                forbids=forbids,
                clears=extra,
                covers=covers,
            )
    if summary is not None:
        for outcome, path in summary.outcomes.items():
            _leave_early(net, frame, node, name, outcome, path)
        net.escalations |= summary.escalations
    raised = summary.any_error if summary else frozenset() if node.kind in RAISING else None
    if raised is not None and name not in net.inner:
        for catcher in frames.of_any_error(frame, node, raised):
            throwing.effect(net, frame, node, name, catcher, ())
        left = frames.escaping(frame, node, raised)
        if left is not None:
            net.any_errors.append(((frame.drawing.model.id, node.id), left))


def _leave_early(
    net: Compiler, frame: Frame, node: Node, name: str, outcome: Outcome, path: tuple[Step, ...]
) -> None:
    kind, code = outcome
    if kind == "error":
        throwing.error(net, frame, node, name, code, path)
    elif kind == "cancel":
        for event in frame.drawing.boundary[node.id]:
            if event.event.kind == "cancel":
                throwing.effect(net, frame, node, name, Catcher(frame, event), path)


def _boundary(net: Compiler, frame: Frame, node: Node, event: Node) -> None:
    """What an event on the border does when it comes from outside."""
    if event.event.kind not in FREE or MOVING in net.net.places[frame.name(node.id)].groups:
        return
    host, name = frame.name(node.id), frame.name(event.id)
    own = frozenset({(frame.drawing.model.id, event.id)})
    side = regions.is_side_event(event)
    if side:
        aside = net.knowledge.aside(frame, event)
        if aside is not None:
            net.net.places[host].covers |= aside.covers | own
            return
    armed = frame.name(f"*armed:{event.id}")
    for option in frame.drawing.options(event):
        outputs, steps, covers = net.leave(frame, event, option)
        covers = covers | own
        if side:
            once = frozenset({armed}) if armed in net.net.places else frozenset[str]()
            net.move(
                event.id,
                once,
                outputs,
                steps,
                reads=frozenset({host}),
                some=_alive(net, host),
                forbids=frozenset({f"region:{name}"}),
                clears=frozenset({f"ends:{name}"}),
                covers=covers,
                spontaneous=True,
            )
        else:
            clears = frozenset({f"host:{host}"}) if _hangs(net, frame, node) else frozenset()
            net.move(
                event.id,
                frozenset({host}),
                outputs,
                steps,
                some=_alive(net, host),
                clears=clears,
                covers=covers,
            )


def _alive(net: Compiler, host: str) -> frozenset[str]:
    """Return the group that must hold a token: an activity without one inside has ended."""
    return frozenset({f"live:{net.inner[host].prefix}"}) if host in net.inner else frozenset()


def _hangs(net: Compiler, frame: Frame, node: Node) -> bool:
    return frame.name(node.id) in net.inner or bool(arm(net, frame, node))


# Event sub-processes


def listen(net: Compiler, frame: Frame, subprocess: Node, start: Node) -> None:
    """What the event that starts an event sub-process does when it comes from outside."""
    if start.event.kind not in FREE:
        return
    listening, some = frozenset({frame.name("*listening")}), frozenset({f"live:{frame.prefix}"})
    name = frame.name(subprocess.id)
    summary = net.summaries.get(name)
    outputs, steps, covers = net.enter(frame, subprocess, None, None)
    if frames.interrupts(frame.drawing, subprocess):
        clears = frozenset({f"all:{frame.prefix}"})
        steps = ((subprocess.id, None), *steps)
        net.move(subprocess.id, listening, outputs, steps, some=some, clears=clears, covers=covers)
        return
    if summary is not None and _harmless(frame, subprocess, summary):
        key = (frame.drawing.model.id, subprocess.id)
        net.net.places[frame.name("*listening")].covers |= {key} | summary.covers
        return
    net.move(
        subprocess.id,
        frozenset(),
        outputs,
        ((subprocess.id, None), *steps),
        reads=listening,
        some=some,
        forbids=frozenset({f"host:{name}"}),
        covers=covers,
        spontaneous=True,
    )


def _harmless(frame: Frame, subprocess: Node, summary: Summary) -> bool:
    """Tell whether an event sub-process beside its level never reaches out of itself."""
    if set(summary.outcomes) != {DONE}:
        return False
    raised = summary.any_error
    return raised is None or not frames.of_any_error(frame, subprocess, raised)
