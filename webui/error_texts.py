"""The words of errors: one entry per code of the engine, in English and Chinese.

`translations/errors/<package>.yaml` holds the errors (title: what failed; text: what is kept and
what to do now), `translations/fields.yaml` what can be wrong with one field. Facts of the error
fill the {braces}. A code without an entry takes its kind's words, so nothing breaks, but
`missing_texts` tells the contract test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.errors import EngineError
from webui import i18n

TEXTS = Path(__file__).parent / "translations" / "errors"
FIELDS = TEXTS.parent / "fields.yaml"
_KINDS = {403: "forbidden", 404: "not-found", 409: "conflict", 422: "invalid", 503: "unavailable"}
_KINDS |= {401: "forbidden", 429: "too-many"}


@dataclass(frozen=True)
class Text:
    """What an error says in one language: what failed, and what is kept and to be done."""

    title: str
    text: str

    def filled(self, params: Mapping[str, Any]) -> Text:
        facts = _Facts(params)
        return Text(self.title.format_map(facts), self.text.format_map(facts))


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


@cache
def texts() -> dict[str, dict[str, Text]]:
    """Read every text: code -> language -> Text. A code may be given once only."""
    found: dict[str, dict[str, Text]] = {}
    for path in sorted(TEXTS.glob("*.yaml")):
        for code, languages in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            if code in found:
                raise ValueError(f"{path.name}: the code {code} has a text already")
            found[code] = {name: Text(**languages[name]) for name in languages}
    return found


def missing_texts(codes: Iterable[str]) -> list[str]:
    """Return those "code (language)" that have no text of their own."""
    return sorted(
        f"{code} ({language})"
        for code in set(codes)
        for language in i18n.LANGUAGES
        if language not in texts().get(code, {})
    )


def text_of(error: EngineError, language: str | None = None) -> Text:
    """Return what an engine error says in a language (default: the reader's)."""
    code = error.code if error.code in texts() else _KINDS.get(error.status, "error")
    params = {name: _fact(value) for name, value in error.params.items()}
    return texts()[code][language or i18n.language()].filled(params)


def field_texts(found: Mapping[str, Any], language: str | None = None) -> dict[str, str]:
    """Say what is wrong with each field of a form error.

    `found` is the `errors` of the engine's form errors: field -> (code, facts). A code that is an
    error of its own, such as an unknown office, takes that error's title.
    """
    return {name: _field_text(*_pair(one), language) for name, one in found.items()}


def _pair(one: Any) -> tuple[str, Mapping[str, Any]]:
    return (one, {}) if isinstance(one, str) else (one[0], one[1])


def _field_text(code: str, facts: Mapping[str, Any], language: str | None) -> str:
    spoken = language or i18n.language()
    if code in field_codes():
        known = _Facts(facts)
        known.setdefault("max", known.get("longest", "…"))
        return field_codes()[code][spoken].format_map(known)
    if code in texts():
        return texts()[code][spoken].filled(facts).title
    return texts()["invalid"][spoken].title


@cache
def field_codes() -> dict[str, dict[str, str]]:
    """Read what can be wrong with a field: code -> language -> sentence."""
    found: dict[str, dict[str, str]] = yaml.safe_load(FIELDS.read_text(encoding="utf-8"))
    return found


def _fact(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple, set)) else value
