"""Migration: the live state of an instance, carried over to another version of its diagram.

Every token must find its node in the new version, under the same id or the one that a mapping
gives, and of the same kind. Due times, variables and what has been done stay as they are. Events
on the border of an activity, and event sub-processes, follow the new drawing: new ones begin to
listen, those that are gone stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from engine.bpmn.activities import Activity, SubProcess
from engine.bpmn.bundle import Bundle
from engine.bpmn.instance import Instance
from engine.bpmn.joins import Join
from engine.bpmn.token import BOUNDARY, LISTENER, MAIN, Token

Names = Mapping[str, str]  # old element id -> new element id


@dataclass(frozen=True)
class Obstacle:
    """Why an instance cannot be carried over.

    Attributes:
        element: where it stands.
        reason: level-gone | element-gone | kind-changed | flow-gone | undo-gone
    """

    element: str
    reason: str


def translate(
    blobs: Mapping[int, bytes], old: Bundle, new: Bundle, names: Names
) -> tuple[dict[int, bytes], list[Obstacle]]:
    """Return the state as the new version would have it, and what stands in the way.

    Args:
        blobs: what `Run.dump` returned under the old version.
        old: the bundle it was made on.
        new: the bundle it shall go on with; its process has the same key.
        names: elements, flows and called processes that are called otherwise now.
    """
    translator = _Translator(old, new, names)
    done = {}
    for number, blob in blobs.items():
        head, scopes = orjson.loads(blob)
        done[number] = orjson.dumps([head, [translator.scope(one) for one in scopes]])
    return done, translator.obstacles


class _Translator:
    """Goes through the records of a state as `state` writes them."""

    def __init__(self, old: Bundle, new: Bundle, names: Names) -> None:
        self.old, self.new, self.names = old, new, names
        self.obstacles: list[Obstacle] = []

    def name(self, element: str) -> str:
        """Return what an element is called in the new version; `e#1` is a part of an event `e`."""
        whole, mark, part = element.partition("#")
        return self.names.get(whole, whole) + mark + part

    def level(self, name: str) -> str:
        """Return the name of a level there."""
        process, mark, inside = name.partition("#")
        return self.name(process) + (mark and mark + self.name(inside))

    def scope(self, record: list[Any]) -> list[Any]:
        """Translate one scope."""
        host, name, values, own, tokens, *done = record
        spec = self.new.specs.get(self.level(name))
        if spec is None:
            self.obstacles.append(Obstacle(name.replace("#", "/"), "level-gone"))
            return record
        before = self.old.specs[name].task_specs
        kept: list[list[Any]] = []
        deaf: set[int] = set()  # what only listened for what is gone, and its parts
        for one in tokens:
            found = None if one[4] in deaf else self.token(one, before[one[1]], spec.task_specs)
            deaf.update([one[0]] if found is None else [])
            kept += [] if found is None else [found]
        for undone in done:
            self.undo(undone, spec.task_specs)
        return [host, spec.name, values, own, kept, *done]

    def token(self, record: list[Any], before: Any, specs: Mapping[str, Any]) -> Any:
        """Translate one token; None when it only listened for what is gone."""
        identity, element, state, role, parent, variables, internal = record
        after = specs.get(self.name(element))
        listens = role in (BOUNDARY, LISTENER)
        if after is None or not _alike(before, after):
            if not listens:
                reason = "element-gone" if after is None else "kind-changed"
                self.obstacles.append(Obstacle(element, reason))
            return None
        flow = internal.get("flow") if internal else None
        if flow is not None:
            internal = internal | {"flow": self.name(flow)}
            joins = isinstance(before, Join) and len(before.incoming) > 1
            if joins and self.name(flow) not in after.inputs_of:
                self.obstacles.append(Obstacle(element, "flow-gone"))
        if internal and "used" in internal:  # flows by which a complex gateway was activated
            internal = internal | {"used": [self.name(one) for one in internal["used"]]}
        return [identity, after.name, state, role, parent, variables, internal]

    def undo(self, records: list[list[Any]], specs: Mapping[str, Any]) -> None:
        """Look whether what was done can still be undone; such records keep their ids."""
        for one in records:
            element, inside = one[1], one[4]
            found: Any = specs.get(element)
            if inside == 0:
                able = getattr(found, "undo", None) is not None
            else:
                able = isinstance(found, SubProcess)
            if not able:
                self.obstacles.append(Obstacle(element, "undo-gone"))
            elif inside and found.spec in self.new.specs:
                self.undo(inside, self.new.specs[found.spec].task_specs)


def _alike(before: Any, after: Any) -> bool:
    """Tell whether two nodes hold a token in the same way."""
    loops = [None if one.model.loop is None else one.model.loop.kind for one in (before, after)]
    kinds = [(one.event.kind, [part.kind for part in one.event.parts]) for one in (before, after)]
    same = type(before) is type(after) and kinds[0] == kinds[1]
    return same and loops[0] == loops[1]


def listen_anew(top: Instance, old: Bundle, names: Names) -> None:
    """Let events on borders and event sub-processes listen that the old version did not have.

    One that it had and that listens no more has come already, unless it waited for another kind
    of event: then it is new.
    """
    translator = _Translator(old, old, names)
    known = {
        translator.level(name): {
            translator.name(node): made for node, made in spec.task_specs.items()
        }
        for name, spec in old.specs.items()
    }
    for scope in [top, *top.subprocesses.values()]:
        had = known.get(scope.spec.name, {})
        for token in list(scope.tasks.values()):
            begun = token.role == MAIN and "gathers" not in token.internal_data
            if begun and isinstance(token.task_spec, Activity):
                for event in _new(token.task_spec.boundary, had):
                    event.listen(Token(scope, event, token.data, token.marks, BOUNDARY, token))
        for spec in _new(scope.spec.event_subprocesses, had):
            spec.listen(Token(scope, spec, dict(scope.data), dict(scope.marks), LISTENER))


def _new(listening: Iterable[Any], had: Mapping[str, Any]) -> list[Any]:
    """Return the nodes that do not hold on to what the old version waited for."""
    return [one for one in listening if one.name not in had or not _alike(had[one.name], one)]
