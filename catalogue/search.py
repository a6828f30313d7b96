"""Search: find a matter by name, pinyin, initials, number or department.

Clerks type what is quickest: 增值税, zengzhishui, zzs, 39. Every character counts with all its
readings (行 is hang and xing), so nobody has to know which one is right. All words typed must
fit; the best fit comes first.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from catalogue.directory import Department
from catalogue.matter import Matter

# Characters are looked up one by one: the dictionary of phrases would only delay every start.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import Style, pinyin  # noqa: E402

TWO_LETTER_INITIALS = ("zh", "ch", "sh")
Spelling = tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Entry:
    """What can be searched of one matter."""

    matter: Matter
    name: str
    name_en: str
    spelling: Spelling
    department: str
    department_spelling: Spelling


def index(matters: Iterable[Matter], departments: Mapping[str, Department]) -> tuple[Entry, ...]:
    """Return the searchable form of matters, to be kept by the caller."""
    return tuple(_entry(matter, departments.get(matter.department)) for matter in matters)


def find(entries: Iterable[Entry], text: str) -> list[Matter]:
    """Return the matters that fit all words of a text, best first; all of them for no text."""
    words = _folded(text).split()
    ranked = []
    for entry in entries:
        ranks = [_rank(entry, word) for word in words]
        if None not in ranks:
            ranked.append((sum(rank or 0 for rank in ranks), entry.matter.no, entry.matter))
    return [matter for _, _, matter in sorted(ranked, key=lambda one: one[:2])]


def _entry(matter: Matter, department: Department | None) -> Entry:
    label = department.name if department else matter.department
    names = " ".join((matter.name, *matter.platform_names, *matter.sub_items))
    return Entry(
        matter=matter,
        name=_folded(names),
        name_en=_folded(matter.name_en),
        spelling=_spelling(matter.name),
        department=_folded(f"{label} {department.name_en if department else ''}"),
        department_spelling=_spelling(label),
    )


def _rank(entry: Entry, word: str) -> int | None:
    """Return how well one word fits, 0 best, None not at all."""
    if word.isdigit() and int(word) == entry.matter.no:
        return 0
    if entry.name.startswith(word):
        return 1
    if word in entry.name:
        return 2
    if _spelt(entry.spelling, word, anywhere=False):
        return 3
    if _spelt(entry.spelling, word, anywhere=True):
        return 4
    if any(part.startswith(word) for part in entry.name_en.split()):
        return 5
    in_department = word in entry.department or _spelt(entry.department_spelling, word, True)
    return 6 if in_department else None


def _spelt(spelling: Spelling, word: str, anywhere: bool) -> bool:
    """Return whether a word spells consecutive characters, each in full or by its initial."""
    if not word.isascii():
        return False
    return any(_spells(spelling[at:], word) for at in range(len(spelling) if anywhere else 1))


def _spells(spelling: Spelling, word: str) -> bool:
    open_ends = {0}
    for readings in spelling:
        reached: set[int] = set()
        for start in open_ends:
            rest = word[start:]
            for reading in readings:
                if reading.startswith(rest):
                    return True  # The last syllable may be half typed.
                reached.update(
                    start + len(part) for part in _short_forms(reading) if rest.startswith(part)
                )
        if not reached:
            return False
        open_ends = reached
    return False


@cache
def _short_forms(reading: str) -> tuple[str, ...]:
    return (reading, reading[0], *(two for two in TWO_LETTER_INITIALS if reading.startswith(two)))


def _spelling(name: str) -> Spelling:
    return tuple(_readings(char) for char in _folded(name) if char.isalnum())


@cache
def _readings(char: str) -> frozenset[str]:
    if char.isascii():
        return frozenset({char})
    return frozenset(pinyin(char, style=Style.NORMAL, heteronym=True, v_to_u=False)[0])


def _folded(text: str) -> str:
    """Full-width brackets and letters count as their plain forms, capitals as small ones."""
    return unicodedata.normalize("NFKC", text).casefold()
