"""Sections: which parts of an edition stand on which page, and how each is typed.

The names of inputs are places in the edition (`materials.2.name`), so that what a check says of a
place stands at its input. Parts that are fixed by the notice or by the process have no input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from catalogue.matter import (
    CountsFrom,
    HandlingKind,
    LimitUnit,
    MaterialForm,
    MatterKind,
    PowerType,
    Requirement,
    ServiceObject,
    StateKind,
)


@dataclass(frozen=True)
class Input:
    """One thing to type: its key in the part, and how it is typed.

    Kinds: text, textarea, lines (a list), number, flag (yes or no), word (of an enumeration),
    words (several of them), date, rules (of answers of the form), confidence.
    """

    key: str
    kind: str = "text"
    words: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Part:
    """Inputs of one place: the edition itself, a part of it, or each entry of a list."""

    at: tuple[str, ...]
    inputs: tuple[Input, ...]
    many: bool = False

    @property
    def name(self) -> str:
        """The place as it stands in the names of inputs."""
        return ".".join(self.at)


def _words(kind: type[StrEnum]) -> tuple[str, ...]:
    return tuple(one.value for one in kind)


def _must(key: str, kind: str = "text", words: tuple[str, ...] = ()) -> Input:
    return Input(key, kind, words, required=True)


SURE = Input("confidence", "confidence", required=True)
_LIMIT = (
    Input("days", "number"),
    Input("unit", "word", _words(LimitUnit)),
    Input("counts_from", "word", _words(CountsFrom)),
    Input("note", "textarea"),
    Input("confidence", "confidence"),
)

SECTIONS: Mapping[str, tuple[Part, ...]] = {
    "basics": (
        Part(
            (),
            (
                _must("name_en"),
                _must("power_type", "word", _words(PowerType)),
                _must("project_kind", "word", _words(MatterKind)),
                _must("service_objects", "words", _words(ServiceObject)),
                _must("channels", "words", ("window", "online")),
                Input("sub_items", "lines"),
                Input("platform_names", "lines"),
                Input("valid_from", "date"),
                Input("valid_to", "date"),
                _must("sources", "lines"),
                Input("notes", "lines"),
            ),
        ),
        Part(
            ("state",),
            (
                _must("kind", "word", _words(StateKind)),
                Input("reason", "textarea"),
                Input("reason_en", "textarea"),
                Input("confidence", "confidence"),
            ),
        ),
        Part(
            ("codes",), (Input("basic"), Input("implementing"), Input("confidence", "confidence"))
        ),
        Part(
            ("kept_off",),
            (
                Input("reason", "textarea"),
                Input("reason_en", "textarea"),
                Input("window"),
                Input("window_en"),
                Input("confidence", "confidence"),
            ),
        ),
    ),
    "legal_basis": (
        Part(
            ("legal_basis",),
            (_must("law"), Input("articles", "lines"), Input("note", "textarea"), SURE),
            many=True,
        ),
    ),
    "conditions": (
        Part(("conditions",), (_must("text", "textarea"), Input("check"), SURE), many=True),
    ),
    "materials": (
        Part(
            ("materials",),
            (
                _must("key"),
                _must("name"),
                Input("name_en"),
                _must("form", "word", _words(MaterialForm)),
                _must("copies", "number"),
                _must("required", "word", _words(Requirement)),
                Input("condition", "textarea"),
                Input("condition_en", "textarea"),
                Input("when", "rules"),
                _must("tolerable", "flag"),
                Input("committable", "flag"),
                Input("shareable"),
                SURE,
            ),
            many=True,
        ),
    ),
    "review_points": (
        Part(
            ("review_points",),
            (_must("text", "textarea"), Input("text_en", "textarea"), SURE),
            many=True,
        ),
    ),
    "limits": (
        Part(("limits", "statutory"), _LIMIT),
        Part(("limits", "promised"), _LIMIT),
        Part(("limits", "lower_review"), _LIMIT),
        Part(
            ("limits", "extension"),
            (Input("days", "number"), Input("basis"), Input("confidence", "confidence")),
        ),
        Part(
            ("duty",),
            (
                Input("text", "textarea"),
                Input("text_en", "textarea"),
                Input("confidence", "confidence"),
            ),
        ),
    ),
    "special_procedures": (
        Part(
            ("special_procedures",),
            (_must("name"), _must("stops_clock", "flag"), Input("note", "textarea"), SURE),
            many=True,
        ),
    ),
    "fee": (Part(("fee",), (_must("charged", "flag"), _must("text", "textarea"), SURE)),),
    "result": (
        Part(
            ("result",),
            (
                _must("name"),
                Input("name_en"),
                _must("type"),
                Input("validity"),
                Input("electronic", "flag"),
                SURE,
            ),
        ),
    ),
    "commitment": (
        Part(
            ("commitment",),
            (
                Input("allowed", "flag"),
                Input("scope", "textarea"),
                Input("reason", "textarea"),
                Input("confidence", "confidence"),
            ),
        ),
    ),
    "handling": (
        Part(
            ("handling",),
            (
                _must("kind", "word", _words(HandlingKind)),
                _must("rule", "textarea"),
                Input("rule_en", "textarea"),
                SURE,
            ),
        ),
        Part((), (Input("refusal", "textarea"), Input("follow_up", "textarea"))),
    ),
    "faq": (
        Part(
            ("faq",),
            (
                _must("question"),
                _must("answer", "textarea"),
                Input("question_en"),
                Input("answer_en", "textarea"),
                SURE,
            ),
            many=True,
        ),
    ),
    "form": (),
}


def of_place(place: str) -> str:
    """Return the section where a place such as `limits.promised.days` stands."""
    best = ("basics", 0)
    for name, parts in SECTIONS.items():
        for part in parts:
            fits = part.name and (place == part.name or place.startswith(f"{part.name}."))
            here = not part.name and place in {one.key for one in part.inputs}
            if (fits or here) and len(part.name) + 1 > best[1]:
                best = (name, len(part.name) + 1)
    first = place.partition(".")[0]
    return first if best[1] == 0 and first in SECTIONS else best[0]
