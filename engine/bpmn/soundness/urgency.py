"""Urgency: what ends a level or a case does so at once.

A token never rests at an end event that terminates, throws or cancels a transaction: no other
move comes between its arrival and what it does. Each move that leads to such an end event
therefore does what that does.
"""

from __future__ import annotations

from dataclasses import replace

from engine.bpmn.soundness.net import CASE, Net, Transition


def hasten(net: Net) -> None:
    """Draw the moves into such end events together with theirs, and take the places away."""
    endings = {name for name, place in net.places.items() if place.kind == "ending"}
    takers: dict[str, list[Transition]] = {name: [] for name in endings}
    for one in net.transitions:
        for name in one.inputs & endings:
            takers[name].append(one)
    if not endings:
        return
    others = [one for one in net.transitions if not one.inputs & endings]
    done: list[Transition] = []
    while others:
        one = others.pop()
        waiting = dict.fromkeys(name for name in one.outputs if takers.get(name))
        others += [_both(net, one, name, then) for name in waiting for then in takers[name]]
        if not waiting:
            done.append(one)
    net.transitions = done[::-1]
    for name in endings:
        if takers[name]:
            del net.places[name]


def _both(net: Net, one: Transition, name: str, then: Transition) -> Transition:
    """Return a move that is one move and the one that follows it at once."""
    left = tuple(
        place
        for place in one.outputs
        if place != name and CASE not in then.clears and not then.clears & net.places[place].groups
    )
    return replace(
        one,
        outputs=left + then.outputs,
        steps=one.steps + then.steps,
        forbids=one.forbids | then.forbids,
        some=one.some | then.some,
        clears=one.clears | then.clears,
        covers=one.covers.union(then.covers, *(net.places[at].covers for at in one.outputs)),
        outcome=then.outcome,
    )
