"""Ways: what the files of `ways/` say, read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from catalogue import loader
from catalogue.matter import Matter

FOLDER = Path(__file__).parent / "ways"
STRAIGHT = "granted"
WITHOUT = "without"


@dataclass(frozen=True)
class Way:
    """One way of one matter."""

    name: str
    matter: int
    form: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    tolerated: tuple[str, ...] = ()
    committed: bool = False
    begun: str | None = None
    delivery: str = "window"
    answers: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)
    stop: Mapping[str, str] | None = None
    outcome: str = "granted"
    papers: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.matter:03d}-{self.name}"

    def said(self, element: str, visit: int) -> Mapping[str, Any]:
        """Return what the way answers at a task when it comes there for the n-th time."""
        every = self.answers.get(element, {})
        found: Mapping[str, Any] = (
            every[min(visit, len(every)) - 1] if isinstance(every, (list, tuple)) else every
        )
        return found


@cache
def matters() -> dict[int, Matter]:
    """Return the matters of the files by number."""
    return dict(loader.load().matters)


@cache
def said(category: str) -> dict[str, Any]:
    """Return what the file of a category says."""
    path = FOLDER / f"{category}.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text()) if path.exists() else {}
    return found or {}


def without(category: str) -> dict[str, str]:
    """Return the ways that a category has not, each with its reason."""
    found: dict[str, str] = said(category).get(WITHOUT, {})
    return found


def granted() -> Iterator[Way]:
    """Yield the straight way of every matter that takes cases."""
    for no, matter in sorted(matters().items()):
        if matter.is_open and matter.kept_off is None:
            more = dict(said(matter.category).get(STRAIGHT, {}))
            own = dict(more.pop("matters", {}).get(no, {}))
            yield _with(_with(Way(STRAIGHT, no), more), own)


def others() -> Iterator[Way]:
    """Yield every other way of every category."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for name, more in said(path.stem).items():
            if name not in (STRAIGHT, WITHOUT):
                yield _with(Way(name, int(more["matter"])), more)


def _with(way: Way, more: Mapping[str, Any]) -> Way:
    changed = {
        key: tuple(value) if isinstance(value, list) else value for key, value in more.items()
    }
    for name in ("form", "answers", "before"):
        if name in changed:
            changed[name] = {**getattr(way, name), **changed[name]}
    return replace(way, **changed)
