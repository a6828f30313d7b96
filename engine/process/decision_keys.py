"""Keys of decisions: the name under which each decision of some files is deployed and asked.

It is the id of the decision. Ids are unique in a file only: a decision whose id is in another file
too is known as `file-id.decision-id`, so that nobody is given the one he did not mean. A file with
no decision, which others import, is deployed under its own id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.decisions import DecisionModel


@dataclass(frozen=True)
class Keyed:
    """Where a key leads."""

    file: str
    element: str
    name: str


def by_key(models: Mapping[str, DecisionModel]) -> dict[str, Keyed]:
    """Return the decisions of some files by key."""
    counts = Counter(one.key[1] for model in models.values() for one in model.decisions)
    found: dict[str, Keyed] = {}
    for file, model in models.items():
        for decision in model.decisions:
            identifier = decision.key[1]
            key = identifier if counts[identifier] == 1 else f"{model.id}.{identifier}"
            found[key] = Keyed(file, identifier, decision.title or decision.name or identifier)
        if not model.decisions:
            found.setdefault(model.id, Keyed(file, model.id, model.name or model.id))
    return found
