"""Reasons: what the expressions say in English when they refuse a text, for a Chinese reader.

The refusal is raised deep in the compiler with one English sentence; the table `reasons.yaml` has
the Chinese of each. A sentence that is not in it stays as it is, which a test forbids.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

TABLE = Path(__file__).parent / "reasons.yaml"


def chinese(sentence: str) -> str:
    """Return a reason in Chinese, with the parts that are the same in both languages."""
    for pattern, text in _table():
        found = pattern.fullmatch(sentence)
        if found is not None:
            return text.format(*found.groups())
    return sentence


@cache
def _table() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the sentences, those with most fixed words first."""
    rows: dict[str, str] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    ordered = sorted(rows, key=lambda one: -len(one.replace("{}", "")))
    return tuple((_pattern(one), rows[one]) for one in ordered)


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = sentence.replace("{{", "\0").replace("}}", "\1").split("{}")
    fixed = [re.escape(part.replace("\0", "{").replace("\1", "}")) for part in parts]
    return re.compile("(.+)".join(fixed), re.DOTALL)
