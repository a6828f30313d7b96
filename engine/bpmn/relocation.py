"""Relocation: tokens that a person takes from where they stand and puts elsewhere.

This is for what no diagram foresees: sending a case back to an earlier step, or past one that
cannot be done. Only what the drawing could have come to by itself is allowed, so that a case moved
by hand can go on like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.bpmn.instance import Instance
from engine.bpmn.joins import Join
from engine.bpmn.model import ACTIVITIES, ProcessModel
from engine.bpmn.scope import Level
from engine.bpmn.soundness.drawing import NotProven
from engine.bpmn.soundness.reaching import reachable
from engine.bpmn.token import INSTANCE, MAIN, Token, merge
from engine.errors import Conflict, Invalid


class MoveTargetUnfit(Invalid):
    """Choose a task, a sub-process or a waiting event of the same level."""

    code = "move-target-unfit"
    message = "A case cannot be put at {element}: it is no place to wait at on this level."


class MoveOriginUnfit(Invalid):
    """Choose tasks that are open now and stand on one level."""

    code = "move-origin-unfit"
    message = "What is to be moved to {element} does not stand together on one level."


class MoveUnreachable(Conflict):
    """Take the other branches along, or choose a step before they parted."""

    code = "move-unreachable"
    message = "No case can ever stand at {places} at once, so it could not go on from there."


class MoveUnproven(Conflict):
    """Choose another step; whether the case could go on from this one was not found out."""

    code = "move-unproven"
    message = "Whether a case can stand at {places} was not found out: {reason}."


TARGETS = ACTIVITIES | {"intermediateCatchEvent", "eventBasedGateway"}


def relocate(
    top: Instance, models: Mapping[str, ProcessModel], tokens: Collection[int], target: str
) -> None:
    """Take tokens of one level away and put one at another node of that level.

    Args:
        top: the instance.
        models: of its bundle.
        tokens: numbers of waiting tokens; one of a repetition stands for the whole of it.
        target: the id of the node.

    Raises:
        MoveOriginUnfit, MoveTargetUnfit: this cannot be moved, or not there.
        MoveUnreachable, MoveUnproven: no case can come to that state, as far as is known.
    """
    moved = _hosts(top, tokens, target)
    scope = moved[0].workflow
    spec = scope.spec.task_specs.get(target)
    if spec is None or spec.kind not in TARGETS or spec.model.triggered_by_event:
        raise MoveTargetUnfit(element=target)
    left = [t for t in scope.tasks.values() if t.role == MAIN and t not in moved]
    _require_reachable(scope, models, [*(place(t) for t in left), target])
    data, marks = dict(moved[0].data), dict(moved[0].marks)
    for token in moved:
        merge(data, marks, token.data, token.marks)
    for token in moved:
        scope.remove(token, cancelled=True)
    scope.enter(spec, data, marks)


def place(token: Token) -> str:
    """Return where a token stands, as `reaching` names it."""
    if isinstance(token.task_spec, Join) and "flow" in token.internal_data:
        return f"~{token.internal_data['flow']}"
    return token.element


def _hosts(top: Instance, tokens: Collection[int], target: str) -> list[Token]:
    found: list[Token] = []
    for identity in tokens:
        token = top.tokens.get(identity)
        if token is None or token.role not in (MAIN, INSTANCE):
            raise MoveOriginUnfit(element=target)
        if token.host not in found:
            found.append(token.host)
    if len({id(token.workflow) for token in found}) != 1:
        raise MoveOriginUnfit(element=target)
    return found


def _require_reachable(scope: Level, models: Mapping[str, ProcessModel], places: list[str]) -> None:
    process, _, level = scope.spec.name.partition("#")
    told = ", ".join(sorted(places))
    try:
        possible = reachable(models, process, level or None, places)
    except NotProven as unknown:
        raise MoveUnproven(places=told, reason=str(unknown)) from unknown
    if not possible:
        raise MoveUnreachable(places=told)
