"""Checking a draft: all that the catalogue asks of a file is asked of an edition, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalogue import checks, loader, shape
from catalogue.loader import Catalogue
from catalogue.matter import Matter

RULES_OF_SHAPE = "invalid"


@dataclass(frozen=True)
class Fault:
    """One thing to mend, at a place in the content such as `materials.2.name`."""

    at: str
    rule: str
    message: str
    message_zh: str


def check(content: Mapping[str, Any]) -> tuple[Matter | None, list[Fault]]:
    """Return the matter that a content describes and all its faults; None when it is none yet."""
    matter, faults = shape.build(Matter, {**loader.EMPTY, **cleaned(content)})
    if matter is None:
        return None, [_of_shape(fault) for fault in faults]
    found = checks.of_matter(_lists(), matter)
    return matter, [Fault(p.element or "", p.rule, p.message, p.message_zh) for p in found]


def cleaned(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a content without what was left empty; the form, which nobody types, as it is."""
    made: dict[str, Any] = _without_blanks(content)
    return {**made, "form": content["form"]} if content.get("form") else made


def _without_blanks(value: Any) -> Any:
    """Return plain data without what was left empty: a draft keeps holes, an edition has none."""
    if isinstance(value, Mapping):
        made = {key: _without_blanks(part) for key, part in value.items()}
        return {key: part for key, part in made.items() if part not in (None, "", [], {})}
    if isinstance(value, list):
        return [_without_blanks(part) for part in value if part not in (None, "", {})]
    return value.strip() if isinstance(value, str) else value


@cache
def _lists() -> Catalogue:
    """Return departments, categories, offices and the notice: files that stand still."""
    return loader.load_lists()


TEXTS_ZH = {
    "missing-key": "此项必填",
    "empty-text": "此项为空",
    "wrong-type": "填写的内容类型不对",
    "unknown-value": "不是可选的值",
    "unknown-key": "此项不应填写",
}


def _of_shape(fault: shape.Fault) -> Fault:
    at = fault.at
    if fault.rule == "missing-key":  # The message names the key, the place is what it misses.
        at = (*at, fault.message.split()[2])
    place = ".".join(str(step) for step in at)
    return Fault(place, fault.rule, fault.message, TEXTS_ZH.get(fault.rule, fault.message))
