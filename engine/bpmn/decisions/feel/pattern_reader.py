"""Pattern reader: a regular expression of XPath into the program that `patterns` runs.

Alternatives, groups, greedy and reluctant repetition, classes with subtraction, the escapes
`\\d \\s \\w \\i \\c \\p{…}`, anchors, and the flags s, m, i, x, q. A program has a largest size, which
bounds nested counted repetition.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.decisions.feel.pattern_class_reader import ClassReader
from engine.bpmn.decisions.feel.pattern_classes import Accepts, one_of
from engine.bpmn.decisions.feel.values import Unfit

CHARACTER, SPLIT, JUMP, SAVE, ANY_START, ANY_END, MATCH, BACK = range(8)
LARGEST = 3000
LONGEST = 1000
DEEPEST = 30
_DIGITS = frozenset("123456789")


@dataclass
class Program:
    """Steps `(kind, …)`; `groups` counts the captures, `looks_back`: one refers to another."""

    code: list[tuple[Any, ...]] = field(default_factory=list)
    groups: int = 0
    lines: bool = False
    looks_back: bool = False


def read(pattern: str, flags: str) -> Program:
    """Read a pattern.

    Raises:
        Unfit: it is not a regular expression of XPath.
        FeelRefused: it uses what is not evaluated here.
    """
    if len(pattern) > LONGEST:
        raise Unfit("the pattern is too long")
    if "x" in flags and "q" not in flags:
        pattern = _unspaced(pattern)
    reader = _Reader(pattern, flags)
    body = reader.alternatives()
    if reader.at < len(pattern):
        raise Unfit("a bracket of the pattern is not opened")
    code = [(SAVE, 0), *body, (SAVE, 1), (MATCH,)]
    return Program(_placed(code), reader.groups, "m" in flags, reader.back_references)


def _unspaced(pattern: str) -> str:
    """Take out the spaces that the flag x lets an author write: all outside of classes."""
    made, depth, escaped = [], 0, False
    for sign in pattern:
        if depth == 0 and sign in " \t\n\r":
            continue
        made.append(sign)
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign in "[]":
            depth = max(0, depth + (1 if sign == "[" else -1))
    return "".join(made)


# While reading, jumps are relative, so that a piece of code can be copied.
Code = list[tuple[Any, ...]]


def _placed(code: Code) -> Code:
    made: Code = []
    for at, step in enumerate(code):
        if step[0] in (JUMP, SPLIT):
            made.append((step[0], *(at + way for way in step[1:])))
        else:
            made.append(step)
    return made


class _Reader(ClassReader):
    def __init__(self, pattern: str, flags: str) -> None:
        super().__init__(pattern)
        self.groups = 0
        self.depth = 0
        self.closed: set[int] = set()
        self.back_references = False
        self.literal = "q" in flags
        self.fold = "i" in flags
        self.dot: Accepts = (lambda c: True) if "s" in flags else (lambda c: c not in "\n\r")

    def peek(self) -> str:
        """Return the next sign of the pattern."""
        return self.pattern[self.at : self.at + 1]

    def alternatives(self) -> Code:
        """Read pieces with `|` between them."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unfit("the pattern is nested too deep")
        made = self.sequence()
        while self.peek() == "|" and not self.literal:
            self.at += 1
            other = self.sequence()
            made = [(SPLIT, 1, len(made) + 2), *made, (JUMP, len(other) + 1), *other]
            self.small(len(made))
        self.depth -= 1
        return made

    def sequence(self) -> Code:
        """Read pieces one after the other."""
        made: Code = []
        while self.peek() and (self.literal or self.peek() not in "|)"):
            made += self.repeated(self.piece())
            self.small(len(made))
        return made

    @staticmethod
    def small(size: int) -> None:
        """Make sure that a program is not too large."""
        if size > LARGEST:
            raise Unfit("the pattern is too large")

    def repeated(self, piece: Code) -> Code:
        """Read how often a piece is repeated."""
        sign = self.peek()
        if self.literal or sign not in ("?", "*", "+", "{"):
            return piece
        least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(sign, (0, 0))
        if sign == "{":
            least, most = self.counts()
        else:
            self.at += 1
        lazy = self.peek() == "?"
        self.at += lazy
        if self.peek() in ("?", "*", "+", "{") and self.peek():
            raise Unfit("a repetition of the pattern repeats nothing")
        self.small(len(piece) * (max(least, most or 0) + 1))
        return _repeat(piece, least, most, lazy)

    def counts(self) -> tuple[int, int | None]:
        """Read `{n}`, `{n,}` or `{n,m}`."""
        end = self.pattern.find("}", self.at)
        parts = self.pattern[self.at + 1 : end].split(",") if end > 0 else []
        good = [part.isdecimal() and part.isascii() and len(part) < 5 for part in parts]
        if len(parts) == 2 and good[0] and not parts[1]:
            good[1] = True
        if not parts or len(parts) > 2 or not all(good):
            raise Unfit("a repetition of the pattern is not understood")
        self.at = end + 1
        least = int(parts[0])
        most = least if len(parts) == 1 else int(parts[1]) if parts[1] else None
        if most is not None and most < least:
            raise Unfit("a repetition of the pattern ends before it begins")
        return least, most

    def piece(self) -> Code:
        """Read one piece."""
        sign = self.peek()
        self.at += 1
        if self.literal:
            return [self.accept(one_of(sign))]
        if sign == "(":
            return self.group()
        if sign == "[":
            return [self.accept(self.char_class())]
        if sign == ".":
            return [(CHARACTER, self.dot)]
        if sign == "^":
            return [(ANY_START,)]
        if sign == "$":
            return [(ANY_END,)]
        if sign == "\\":
            if self.pattern[self.at : self.at + 1] in _DIGITS:
                return self.back()
            return [self.accept(self.escape())]
        if sign in "?*+{}]":
            raise Unfit("a sign of the pattern is out of place")
        return [self.accept(one_of(sign))]

    def accept(self, accepts: Accepts) -> tuple[Any, ...]:
        """Return a step that takes a character, in either case where the flag i asks for it."""
        if not self.fold:
            return (CHARACTER, accepts)
        return (CHARACTER, lambda c: accepts(c) or accepts(c.lower()[:1]) or accepts(c.upper()[:1]))

    def group(self) -> Code:
        """Read what stands in brackets, after the opening one."""
        captures = True
        if self.pattern.startswith("?:", self.at):
            self.at += 2
            captures = False
        elif self.peek() == "?":
            raise Unfit("a group of the pattern is not understood")
        if captures:
            self.groups += 1
        number = self.groups
        body = self.alternatives()
        if self.peek() != ")":
            raise Unfit("a bracket of the pattern is not closed")
        self.at += 1
        if not captures:
            return body
        self.closed.add(number)
        return [(SAVE, 2 * number), *body, (SAVE, 2 * number + 1)]

    def back(self) -> Code:
        """Read a back-reference: as many digits as there are groups closed before it."""
        size = 1
        while self.pattern[self.at : self.at + size + 1].isdecimal() and (
            len(self.pattern) > self.at + size
            and int(self.pattern[self.at : self.at + size + 1]) <= self.groups
        ):
            size += 1
        number = int(self.pattern[self.at : self.at + size])
        self.at += size
        if number not in self.closed:
            raise Unfit("the pattern refers back to a group that is not there")
        self.back_references = True
        return [(BACK, number)]


def _repeat(piece: Code, least: int, most: int | None, lazy: bool) -> Code:
    def choice(into: int, past: int) -> tuple[Any, ...]:
        return (SPLIT, past, into) if lazy else (SPLIT, into, past)

    made = piece * least
    if most is None:
        return [*made, choice(1, len(piece) + 2), *piece, (JUMP, -len(piece) - 1)]
    for left in range(most - least, 0, -1):
        made += [choice(1, left * (len(piece) + 1)), *piece]
    return made
