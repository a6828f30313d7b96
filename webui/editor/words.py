"""Words of editions: their states, what was done to them, and what differs, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from catalogue import differences
from catalogue.differences import Difference
from catalogue.matter import Confidence
from engine.models import MatterEvent
from webui import i18n, matter_words

KINDS = {"published": "done", "ahead": "here", "draft": "here", "confirmed": "here"}


def state(standing: str) -> tuple[str, str | None]:
    """Return the word for how an edition stands, and its shape."""
    words = {
        "draft": pgettext("edition", "draft"),
        "confirmed": pgettext("edition", "confirmed"),
        "ahead": pgettext("edition", "published for a later day"),
        "published": pgettext("edition", "in force"),
        "retired": pgettext("edition", "retired"),
        "dropped": pgettext("edition", "dropped"),
    }
    return words.get(standing, standing), KINDS.get(standing)


def sentence(event: MatterEvent) -> str:
    """Say what was done, without who and when."""
    facts = {"number": event.number, **event.facts}
    for name in ("on", "effective_from"):
        if facts.get(name):
            facts[name] = i18n.full_day(date.fromisoformat(str(facts[name])))
    places = [_place(one) for one in facts.get("places", ())]
    facts["places"] = _(", ").join(dict.fromkeys(places))
    told = facts.get("facts_confirmed") or []
    facts["count"] = ngettext("%(num)s fact", "%(num)s facts", len(told))
    facts.setdefault("reason", "")
    facts.setdefault("basis", "")
    return _sentences(event, facts)


def _sentences(event: MatterEvent, facts: dict[str, Any]) -> str:
    match event.type:
        case "edition.loaded":
            return _("took edition %(number)s over from the files", **facts)
        case "edition.drafted":
            return _("began edition %(number)s from edition %(based_on)s", **facts)
        case "edition.edited":
            return _("edited edition %(number)s: %(places)s", **facts)
        case "edition.dropped":
            return _("dropped edition %(number)s: %(reason)s", **facts)
        case "edition.confirmed" if facts.get("facts_confirmed"):
            return _("confirmed edition %(number)s and %(count)s in it: %(basis)s", **facts)
        case "edition.confirmed":
            return _("confirmed edition %(number)s", **facts)
        case "edition.sent-back":
            return _("sent edition %(number)s back: %(reason)s", **facts)
        case "edition.published":
            return _("published edition %(number)s from %(effective_from)s on", **facts)
        case "edition.called-back":
            return _("called the publication of edition %(number)s back", **facts)
        case "edition.retired":
            return _("retired edition %(number)s on %(on)s: %(reason)s", **facts)
    return event.type


def _place(place: str) -> str:
    return matter_words.label(place.partition(".")[0])


@dataclass(frozen=True)
class Told:
    """One difference in words: where, what was there, what is there, and its kind."""

    kind: str
    where: str
    before: str
    after: str


def told(
    found: list[Difference], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[str, list[Told]]]:
    """Return differences in words, grouped by parts of the edition."""
    groups: dict[str, list[Told]] = {}
    for one in found:
        part = str(one.at[0])
        steps = [_step(step, part, before, after) for step in one.at[1:]]
        where = " › ".join(steps) or matter_words.label(part)
        line = Told(one.kind.value, where, _value(one.before), _value(one.after))
        groups.setdefault(matter_words.label(part), []).append(line)
    return list(groups.items())


def _step(step: str | int, part: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    for content in (after, before):
        for entry in content.get(part) or [] if isinstance(content.get(part), list) else []:
            if differences.called(entry) == step:
                return differences.brief(entry)
    return matter_words.label("material_form" if step == "form" else str(step))


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        parts = (
            f"{matter_words.label(key)}{_(': ')}{_value(part)}"
            for key, part in value.items()
            if part is not None
        )
        return _("; ").join(parts)
    if isinstance(value, list):
        return _(", ").join(_value(one) for one in value)
    return "" if value is None else matter_words.value(value)


def confidence_words() -> list[tuple[str, str]]:
    """Return what an editor may choose: only a confirmation makes a fact sure."""
    return [(one.value, matter_words.value(one.value)) for one in list(Confidence)[1:]]
