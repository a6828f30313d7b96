"""Patterns: the regular expressions of XPath, matched within counted steps.

A pattern becomes a small program whose threads all go through the text at once, so no pattern can
make the search run away as backtracking does. Only one with back-references is tried step by step;
every step is paid for there too. Named Unicode blocks are refused by name.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from engine.bpmn.decisions.feel.limits import Budget
from engine.bpmn.decisions.feel.pattern_reader import (
    ANY_START,
    BACK,
    CHARACTER,
    JUMP,
    MATCH,
    SAVE,
    SPLIT,
    Program,
    read,
)
from engine.bpmn.decisions.feel.values import Unfit

Captures = tuple[int, ...]
_NONE = -1


class Pattern:
    """A compiled pattern."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.groups = program.groups

    def search(self, text: str, start: int, budget: Budget) -> Captures | None:
        """Return where the first match lies, as pairs of places; None if there is none.

        Raises:
            LimitExceeded: it takes too many steps.
        """
        if self.program.looks_back:
            return self._search_back(text, start, budget)
        code = self.program.code
        threads: list[tuple[int, Captures]] = []
        seen: set[int] = set()
        empty = (_NONE,) * (2 * self.groups + 2)
        found: Captures | None = None
        for place in range(start, len(text) + 1):
            if found is None:
                self._follow(threads, seen, 0, place, empty, text, budget)
            if not threads and found is not None:
                break
            after: list[tuple[int, Captures]] = []
            seen = set()
            budget.spend(len(threads))
            for at, captures in threads:
                step = code[at]
                if step[0] == MATCH:
                    found = captures
                    break  # threads after this one are less wanted
                if place < len(text) and step[1](text[place]):
                    self._follow(after, seen, at + 1, place + 1, captures, text, budget)
            threads = after
        return found

    def _search_back(self, text: str, start: int, budget: Budget) -> Captures | None:
        """Search by trying, because a back-reference depends on what was captured; all is paid."""
        empty = (_NONE,) * (2 * self.groups + 2)
        for begin in range(start, len(text) + 1):
            todo = [(0, begin, empty)]
            seen: set[tuple[int, int, Captures]] = set()
            while todo:
                state = todo.pop()
                if state in seen:
                    continue
                seen.add(state)
                budget.spend()
                at, place, captures = state
                step = self.program.code[at]
                if step[0] == MATCH:
                    return captures
                todo += self._tried(step, at, place, captures, text)
        return None

    def _tried(
        self, step: tuple[Any, ...], at: int, place: int, captures: Captures, text: str
    ) -> list[tuple[int, int, Captures]]:
        """Return the states after a step, the most wanted last."""
        if step[0] == CHARACTER:
            fits = place < len(text) and step[1](text[place])
            return [(at + 1, place + 1, captures)] if fits else []
        if step[0] == BACK:
            first, last = captures[2 * step[1]], captures[2 * step[1] + 1]
            piece = "" if _NONE in (first, last) else text[first:last]
            found = text.startswith(piece, place)
            return [(at + 1, place + len(piece), captures)] if found else []
        if step[0] == JUMP:
            return [(step[1], place, captures)]
        if step[0] == SPLIT:
            return [(step[2], place, captures), (step[1], place, captures)]
        if step[0] == SAVE:
            slot = step[1]
            return [(at + 1, place, (*captures[:slot], place, *captures[slot + 1 :]))]
        return [(at + 1, place, captures)] if self._is_at(step[0], place, text) else []

    def _follow(
        self,
        threads: list[tuple[int, Captures]],
        seen: set[int],
        at: int,
        place: int,
        captures: Captures,
        text: str,
        budget: Budget,
    ) -> None:
        """Add the threads that a step leads to without reading a character."""
        todo = [(at, captures)]
        while todo:
            at, captures = todo.pop()
            if at in seen:
                continue
            seen.add(at)
            budget.spend()
            step = self.program.code[at]
            if step[0] in (CHARACTER, MATCH):
                threads.append((at, captures))
            elif step[0] == JUMP:
                todo.append((step[1], captures))
            elif step[0] == SPLIT:
                todo += [(step[2], captures), (step[1], captures)]
            elif step[0] == SAVE:
                slot = step[1]
                todo.append((at + 1, (*captures[:slot], place, *captures[slot + 1 :])))
            elif self._is_at(step[0], place, text):
                todo.append((at + 1, captures))

    def _is_at(self, kind: int, place: int, text: str) -> bool:
        if kind == ANY_START:
            return place == 0 or (self.program.lines and text[place - 1] == "\n")
        return place == len(text) or (self.program.lines and text[place] == "\n")

    def spans(self, text: str, budget: Budget) -> list[Captures]:
        """Return all matches one after the other.

        Raises:
            Unfit: the pattern matches the empty text, for which the standard gives no result.
        """
        if self.search("", 0, budget) is not None:
            raise Unfit("the pattern matches an empty text")
        made, at = [], 0
        while at <= len(text):
            found = self.search(text, at, budget)
            if found is None:
                break
            made.append(found)
            at = found[1] if found[1] > found[0] else found[1] + 1
        return made

    def replace(self, text: str, replacement: str, budget: Budget) -> str:
        """Replace all matches; `$1` stands for a group, `$0` for the whole match."""
        parts = _pieces(replacement, self.groups)
        made: list[str] = []
        at = 0
        for found in self.spans(text, budget):
            made.append(text[at : found[0]])
            for part in parts:
                if isinstance(part, str):
                    made.append(part)
                elif found[2 * part] != _NONE:
                    made.append(text[found[2 * part] : found[2 * part + 1]])
                budget.spend(1 + len(made[-1]) // 64)
            at = found[1]
        return "".join([*made, text[at:]])

    def split(self, text: str, budget: Budget) -> list[str]:
        """Return what lies between the matches."""
        made, at = [], 0
        for found in self.spans(text, budget):
            made.append(text[at : found[0]])
            at = found[1]
        return [*made, text[at:]]


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> Pattern:
    """Read a pattern.

    Raises:
        Unfit: it is not a regular expression of XPath, or a flag is unknown.
        FeelRefused: it uses what is not evaluated here.
    """
    if not set(flags) <= set("smixq"):
        raise Unfit("a flag is unknown")
    return Pattern(read(pattern, flags))


def _pieces(replacement: str, groups: int) -> list[str | int]:
    """Cut a replacement into texts and numbers of groups."""
    made: list[str | int] = []
    at = 0
    while at < len(replacement):
        sign, after = replacement[at], replacement[at + 1 : at + 2]
        if sign == "\\" and after in ("\\", "$") and after:
            made.append(after)
            at += 2
        elif sign == "$" and after.isdecimal() and after.isascii():
            size = 1
            while size < 3 and replacement[at + 1 + size : at + 2 + size].isdecimal():
                if int(replacement[at + 1 : at + 2 + size]) > groups:
                    break
                size += 1
            number = int(replacement[at + 1 : at + 1 + size])
            made.append(number if number <= groups else "")
            at += 1 + size
        elif sign in "\\$":
            raise Unfit("the replacement has a sign that stands for nothing")
        else:
            made.append(sign)
            at += 1
    return made
