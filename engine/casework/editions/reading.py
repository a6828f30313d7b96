"""Reading: from the row of an edition to the matter, as it stands today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from catalogue import loader
from catalogue.matter import Confidence, Matter, MatterState, StateKind
from engine.casework.editions import rows
from engine.models import MatterEdition


def as_it_stands(edition: MatterEdition) -> Matter:
    """Return the matter of an edition; of one retired without a successor, as ended."""
    matter = parsed(edition.hash, edition.content)
    if edition.retired_reason is None or rows.standing(edition) != rows.RETIRED:
        return matter
    state = MatterState(StateKind.ENDED, edition.retired_reason, confidence=Confidence.SURE)
    return replace(matter, state=state, valid_to=edition.effective_to, form=())


def parsed(hash_: str | None, content: Mapping[str, Any]) -> Matter:
    """Return the matter of a content, read once per process: what a hash names never changes."""
    return _parsed(_Content(hash_, content)) if hash_ else loader.from_json(content)


class _Content:
    """A content that is named by its hash, so that two of one hash count as the same."""

    def __init__(self, hash_: str, data: Mapping[str, Any]) -> None:
        self.hash_, self.data = hash_, data

    def __hash__(self) -> int:
        return hash(self.hash_)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content) and self.hash_ == other.hash_


@lru_cache(maxsize=512)
def _parsed(content: _Content) -> Matter:
    return loader.from_json(content.data)
