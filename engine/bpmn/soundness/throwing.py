"""Throwing: what end events and throwing events do besides ending or going on.

An error or an escalation goes to its catcher, which is known from the drawing alone: an error
takes the place of what it leaves, an escalation may also open a side path. A terminate event
empties its own level, a cancel event leaves a transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.model import Node
from engine.bpmn.soundness import frames
from engine.bpmn.soundness.frames import Catcher, Frame
from engine.bpmn.soundness.net import CASE, DONE, Step, Transition

if TYPE_CHECKING:
    from engine.bpmn.soundness.compiling import Compiler


def end(net: Compiler, frame: Frame, node: Node, name: str) -> None:
    """What an end event does that does more than end its branch."""
    kind, inputs = node.event.kind, frozenset({name})
    steps: tuple[Step, ...] = ((node.id, None),)
    if kind == "error":
        error(net, frame, node, name, node.event.code, steps)
    elif kind == "escalation":
        escalate(net, frame, node, name)
    elif kind == "terminate":
        outermost = frame.outer is None
        clears = frozenset({CASE if outermost else f"all:{frame.prefix}"})
        outcome = DONE if outermost else None
        net.move(node.id, inputs, (), steps, clears=clears, outcome=outcome)
    elif kind == "cancel":
        _cancel(net, frame, node, name, steps)
    else:
        net.move(node.id, inputs, (), steps)


def _cancel(net: Compiler, frame: Frame, node: Node, name: str, steps: tuple[Step, ...]) -> None:
    level = frame.drawing.nodes.get(frame.level or "")
    if level is None or level.kind != "transaction":
        return
    if frame.outer is None or frame.host is None:
        clears, outcome = frozenset({CASE}), ("cancel", None)
        net.move(node.id, frozenset({name}), (), steps, clears=clears, outcome=outcome)
        return
    for event in frame.outer.drawing.boundary[frame.host.id]:
        if event.event.kind == "cancel":
            effect(net, frame, node, name, Catcher(frame.outer, event), steps)


def error(
    net: Compiler,
    frame: Frame,
    node: Node,
    name: str,
    code: str | None,
    steps: tuple[Step, ...],
) -> None:
    """An error that a node throws: it is caught, or ends the case."""
    catcher = frames.find(frame, node, "error", code)
    if catcher is not None:
        effect(net, frame, node, name, catcher, steps)
    else:
        clears, outcome = frozenset({CASE}), ("error", code)
        net.move(node.id, frozenset({name}), (), steps, clears=clears, outcome=outcome)


def escalate(net: Compiler, frame: Frame, node: Node, name: str) -> None:
    catcher = frames.find(frame, node, "escalation", node.event.code)
    for option in frame.drawing.options(node):
        outputs, steps, _ = net.leave(frame, node, option)
        if catcher is None:
            net.escalations.add(node.event.code)
            net.move(node.id, frozenset({name}), outputs, steps)
        elif catcher.interrupting:
            effect(net, frame, node, name, catcher, ((node.id, None),))
            return
        else:
            effect(net, frame, node, name, catcher, steps, outputs)


def effect(
    net: Compiler,
    frame: Frame,
    node: Node,
    name: str,
    catcher: Catcher,
    steps: tuple[Step, ...],
    onward: tuple[str, ...] = (),
) -> None:
    """What a catcher does with what a token throws; `onward` is where that token then goes."""
    inputs, at = frozenset({name}), catcher.frame
    process = at.drawing.model.id
    if catcher.subprocess is not None:
        caught = at.name(catcher.subprocess.id)
        entered = net.enter(at, catcher.subprocess, None, None)
        after: tuple[Step, ...] = ((catcher.subprocess.id, None),)
        ways = [(entered[0], after + entered[1], entered[2])]
        scope, busy, ends = f"all:{at.prefix}", f"host:{caught}", frozenset[str]()
    else:
        event = catcher.event
        options = at.drawing.options(event)
        ways = [net.leave(at, event, option) for option in options]
        scope = f"host:{at.name(str(event.attached_to))}"
        busy = f"region:{at.name(event.id)}"
        ends = frozenset({f"ends:{at.name(event.id)}"})
    own = frozenset({(process, catcher.event.id)})
    for outputs, more, covers in ways:
        made = Transition(node.id, inputs, onward + outputs, steps + more, covers=covers | own)
        if catcher.interrupting:
            made.outputs, made.clears = outputs, frozenset({scope})
        else:
            made.forbids, made.clears = frozenset({busy}), ends
        net.net.transitions.append(made)
    if not catcher.interrupting:
        net.move(node.id, inputs, onward, steps, some=frozenset({busy}))
