"""Differences: what one edition of a matter says and another does not, part by part.

Works on plain data (`Matter.as_json`). Lists are compared by what their entries are called (the
key of a material, the law, the question), not by place: an entry that moves is no difference. A
difference names its place by steps, values as they stand in the file; words are the reader's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalogue.shape import At

NAMES = ("key", "law", "question", "name", "title", "value", "text")


class ChangeKind(StrEnum):
    """What happened to a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One part that differs; `at` holds the names of entries of lists, not their numbers."""

    kind: ChangeKind
    at: At
    before: Any = None
    after: Any = None

    def __str__(self) -> str:
        place = ".".join(str(step) for step in self.at)
        if self.kind is ChangeKind.CHANGED:
            return f"{place} changed: {self.before} -> {self.after}"
        said = self.after if self.kind is ChangeKind.ADDED else self.before
        return f"{place} {self.kind}: {brief(said)}"


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what differs, in the order of the later edition, what was removed at its part's end."""
    return list(_mappings(before, after, ()))


def brief(value: Any) -> str:
    """Return what an entry is called, or the value itself."""
    if isinstance(value, Mapping):
        wanted = ("name", *NAMES[1:], "label", "rule", "days")
        return next((str(value[name]) for name in wanted if name in value), "…")
    return str(value)


def _mappings(before: Mapping[str, Any], after: Mapping[str, Any], at: At) -> Iterator[Difference]:
    for key, value in after.items():
        yield from _values(before.get(key), value, (*at, key))
    for key, value in before.items():
        if key not in after:
            yield from _values(value, None, (*at, key))


def _values(before: Any, after: Any, at: At) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, list) or isinstance(after, list):
        yield from _lists(before or [], after or [], at)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mappings(before, after, at)
    elif before is None:
        yield Difference(ChangeKind.ADDED, at, None, after)
    elif after is None:
        yield Difference(ChangeKind.REMOVED, at, before, None)
    else:
        yield Difference(ChangeKind.CHANGED, at, before, after)


def _lists(before: Sequence[Any], after: Sequence[Any], at: At) -> Iterator[Difference]:
    old, new = _named(before), _named(after)
    for name, value in new.items():
        yield from _values(old.get(name), value, (*at, name))
    for name, value in old.items():
        if name not in new:
            yield Difference(ChangeKind.REMOVED, (*at, name), value, None)


def _named(entries: Sequence[Any]) -> dict[str, Any]:
    """Return entries by what they are called; a second one of the same name gets a number."""
    found: dict[str, Any] = {}
    for entry in entries:
        name = stem = called(entry)
        count = 1
        while name in found:
            count += 1
            name = f"{stem} ({count})"
        found[name] = entry
    return found


def called(entry: Any) -> str:
    """Return the name by which an entry of a list is compared."""
    if isinstance(entry, Mapping):
        return next((str(entry[one]) for one in NAMES if one in entry), "")
    return str(entry)
