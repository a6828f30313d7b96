"""Model: a DMN file as frozen records, compiled once and shared by all evaluations.

What can be required is an element with a key: input data, decisions, knowledge, services.
`DecisionModel` is what the rest of the program holds; it is asked for a decision by id or name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.bpmn.decisions.boxes import Box
from engine.bpmn.decisions.feel.types import Type

Key = tuple[str, str]  # namespace of the model, id of the element


@dataclass(frozen=True)
class InputData:
    """What has to be given."""

    key: Key
    name: str
    type: Type


@dataclass(frozen=True)
class Decision:
    """A decision; `requires` names what its logic may use."""

    key: Key
    name: str
    type: Type
    logic: Box | None
    requires: tuple[Key, ...]
    line: int | None
    title: str = ""


@dataclass(frozen=True)
class Knowledge:
    """A business knowledge model: a function that decisions may invoke."""

    key: Key
    name: str
    type: Type
    parameters: tuple[str, ...]
    types: tuple[Type, ...]
    logic: Box | None
    requires: tuple[Key, ...]


@dataclass(frozen=True)
class Service:
    """A decision service: some decisions as one function."""

    key: Key
    name: str
    type: Type
    outputs: tuple[Key, ...]
    input_decisions: tuple[Key, ...]
    input_data: tuple[Key, ...]


Element = InputData | Decision | Knowledge | Service


@dataclass(frozen=True)
class DecisionModel:
    """One DMN file, with what it imports.

    Attributes:
        elements: everything that can be required, of imported models too.
        imports: the name under which a namespace is known here.
        import_names: the same for imported models: what one namespace calls another.
    """

    file: str
    id: str
    name: str
    namespace: str
    elements: Mapping[Key, Element]
    imports: Mapping[str, str] = field(default_factory=dict)
    import_names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def decisions(self) -> list[Decision]:
        """The decisions of this file, in its order."""
        return [
            one
            for one in self.elements.values()
            if isinstance(one, Decision) and one.key[0] == self.namespace
        ]

    def decision(self, wanted: str) -> Decision | None:
        """Return a decision of this file by id, alone or after the id of the file, or by name."""
        for one in self.decisions:
            if wanted in (one.key[1], f"{self.id}.{one.key[1]}"):
                return one
        return next((one for one in self.decisions if wanted in (one.name, one.title)), None)

    def service(self, wanted: str) -> Service | None:
        """Return a decision service of this file by id, else by name."""
        found = [
            one
            for one in self.elements.values()
            if isinstance(one, Service) and one.key[0] == self.namespace
        ]
        return next((one for one in found if wanted in (one.key[1], one.name)), None)

    def inputs_of(self, decision: Decision) -> list[InputData]:
        """Return all input data that a decision needs, through others too."""
        found: dict[Key, InputData] = {}
        todo, seen = [decision.key], set()
        while todo:
            key = todo.pop()
            if key in seen:
                continue
            seen.add(key)
            one = self.elements.get(key)
            if isinstance(one, InputData):
                found[key] = one
            elif isinstance(one, Decision):
                todo += one.requires
        return list(found.values())
