"""Facts: the statements of a matter that bear a confidence, and who confirmed them.

Works on the plain data of an edition (`Matter.as_json`), also while it is a draft with holes. The
description as a whole and the type of power are facts like any other. A confirmed fact is of
confidence A and says who answered for it; whoever changes it afterwards takes the mark away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalogue.matter import Confidence
from catalogue.shape import At

POWER_TYPE = "power_type"
MARKS = ("confidence", "confirmed")
# What is told of a fact in a list, first match.
WORDS = ("name", "law", "text", "question", "rule", "scope", "reason", "days", "kind")


@dataclass(frozen=True)
class StatedFact:
    """One statement: where it stands, how sure it is, who confirmed it."""

    at: At
    confidence: str | None
    confirmed: Mapping[str, Any] | None
    words: str

    @property
    def key(self) -> str:
        """The place as one word, such as `materials.2`; `whole` for the whole description."""
        return ".".join(str(step) for step in self.at) or "whole"


def stated(content: Mapping[str, Any]) -> Iterator[StatedFact]:
    """Return the facts of an edition in the order of its parts, the whole description first."""
    yield _fact(content, (), "confidence", "confirmed", str(content.get("name", "")))
    if content.get("power_type_confidence"):
        words = str(content.get(POWER_TYPE, ""))
        names = ("power_type_confidence", "power_type_confirmed")
        yield _fact(content, (POWER_TYPE,), *names, words)
    for key, value in content.items():
        yield from _within(value, (key,))


def counts(content: Mapping[str, Any]) -> dict[str, int]:
    """Return how many facts are of confidence A, B and C."""
    found = dict.fromkeys((one.value for one in Confidence), 0)
    for fact in stated(content):
        if fact.confidence in found:
            found[fact.confidence] += 1
    return found


def confirm(
    content: Mapping[str, Any], keys: frozenset[str], *, by: str, on: date, basis: str
) -> dict[str, Any]:
    """Return the content with some facts confirmed.

    Args:
        content: of an edition.
        keys: of facts as `stated` returns them.
        by: the person and department who confirm.
        on: the day.
        basis: on what ground.

    Raises:
        KeyError: there is no such fact.
    """
    made = deepcopy(dict(content))
    mark = {"by": by, "on": on.isoformat(), "basis": basis}
    places = {fact.key: fact.at for fact in stated(made)}
    for key in sorted(keys):
        _mark(made, places[key], mark)
    return made


def keep_marks(content: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return an edited content whose changed or new facts are no longer marked as sure.

    A fact stays as sure as it was only while some fact of the same part says the very same;
    otherwise its mark goes, and an A becomes a B until somebody confirms it.

    Args:
        content: after the edit.
        before: the edition that the edit began with.
    """
    made = deepcopy(dict(content))
    known = {(part, _said(node)): node for part, node in _nodes(before)}
    for part, node in _nodes(made):
        old = known.get((part, _said(node)))
        confidence = node.get("confidence")
        node.pop("confirmed", None)
        if old is not None and old.get("confidence") == Confidence.SURE:
            node["confidence"] = Confidence.SURE.value
            if old.get("confirmed"):
                node["confirmed"] = old["confirmed"]
        elif confidence == Confidence.SURE:
            node["confidence"] = Confidence.LIKELY.value
    if made.get(POWER_TYPE) != before.get(POWER_TYPE):
        made.pop("power_type_confirmed", None)
        made["power_type_confidence"] = Confidence.LIKELY.value
    return made


def _mark(content: dict[str, Any], at: At, mark: Mapping[str, Any]) -> None:
    if at == (POWER_TYPE,):
        content["power_type_confidence"] = Confidence.SURE.value
        content["power_type_confirmed"] = dict(mark)
        return
    node: Any = content
    for step in at:
        node = node[step]
    node["confidence"], node["confirmed"] = Confidence.SURE.value, dict(mark)


def _within(value: Any, at: At) -> Iterator[StatedFact]:
    if isinstance(value, Mapping):
        if "confidence" in value:
            words = next((str(value[name]) for name in WORDS if value.get(name)), "")
            yield _fact(value, at, "confidence", "confirmed", words)
        for key, part in value.items():
            yield from _within(part, (*at, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _within(part, (*at, number))


def _nodes(content: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return every fact but the scalar ones with the part it belongs to, such as `materials`."""
    found: list[tuple[str, dict[str, Any]]] = []
    for fact in stated(content):
        node: Any = content
        for step in fact.at:
            node = node[step]
        if fact.at and isinstance(node, dict):
            found.append((".".join(str(s) for s in fact.at if not isinstance(s, int)), node))
    return found


def _said(node: Mapping[str, Any]) -> str:
    said = {key: value for key, value in node.items() if key not in MARKS and value not in ("", [])}
    return repr(sorted(said.items()))


def _fact(
    node: Mapping[str, Any], at: At, confidence: str, confirmed: str, words: str
) -> StatedFact:
    return StatedFact(at, node.get(confidence), node.get(confirmed), words)
