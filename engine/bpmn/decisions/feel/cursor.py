"""Cursor: the tokens of one text and the place in them, with what is known there.

What every part of the parser needs: looking ahead, taking and expecting tokens, going into brackets
and scopes, and putting words together into names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.lexer import Token, tokens
from engine.bpmn.decisions.feel.names import PROPERTIES, STOPS, Names, Vocabulary, key_of
from engine.bpmn.decisions.feel.types import Type

MOST_NESTED = 45
_PROPERTIES = Vocabulary(PROPERTIES)


class Cursor:
    """One text being read, from left to right."""

    def __init__(
        self,
        text: str,
        known: Iterable[Vocabulary],
        members: Vocabulary,
        types: Mapping[tuple[str, ...], Type],
    ) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.names = Names([*known, Vocabulary()])
        self.members = Names([_PROPERTIES, members, Vocabulary()])
        self.types = types
        self.unknown: set[str] = set()  # names that nothing gives
        self.unread: set[str] = set()  # literals of dates that are none
        self.restart()

    def restart(self) -> None:
        """Go back to the beginning."""
        self.at = 0
        self.nested = 0
        self.in_filter = 0
        self.questions = 0

    @property
    def here(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def ahead(self, steps: int) -> Token:
        """Return a later token, or the end."""
        return self.tokens[min(self.at + steps, len(self.tokens) - 1)]

    def next(self) -> Token:
        """Take a token."""
        token = self.here
        self.at += 1
        return token

    def take(self, text: str) -> bool:
        """Take a sign or a word if it is next."""
        if self.here.text == text and self.here.kind in ("sign", "name"):
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Take a sign or a word that has to be next."""
        if not self.take(text):
            found = self.here.text[:40] or "the end"
            raise FeelRefused(
                f"{text} is expected at character {self.here.start + 1}, not {found}",
                f"第 {self.here.start + 1} 个字符处应为 {text}，而不是 {self.here.text[:40] or '结尾'}",
            )

    def expect_end(self) -> None:
        """Make sure that nothing is left."""
        if self.here.kind != "end":
            raise self.unexpected()

    def unexpected(self) -> FeelRefused:
        """Return the refusal of the next token."""
        found, place = self.here.text[:40], self.here.start + 1
        if self.here.kind == "end":
            return FeelRefused("it ends too early", "表达式不完整")
        return FeelRefused(
            f"{found} at character {place} is not understood",
            f"第 {place} 个字符处的 {found} 无法识别",
        )

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Go one level into brackets or forms."""
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise FeelRefused("it is nested too deep", "嵌套过深")
        yield
        self.nested -= 1

    @contextmanager
    def inside_filter(self) -> Iterator[None]:
        """Read a place where the entries of an item are names too."""
        self.in_filter += 1
        self.names.push(["item"])
        yield
        self.names.pop()
        self.in_filter -= 1

    @contextmanager
    def scope(self, known: Iterable[str] = ()) -> Iterator[None]:
        """Read a place with more names."""
        self.names.push(known)
        yield
        self.names.pop()

    def until(self, stop: str) -> str:
        """Take a new name: everything up to a word or sign, and that."""
        start = self.at
        while self.here.text != stop:
            if self.here.kind not in ("name", "number", "sign") or self.here.text in "()[]{},":
                raise self.unexpected()
            self.at += 1
        if self.at == start:
            raise self.unexpected()
        name = key_of(self.text[self.tokens[start].start : self.tokens[self.at - 1].end])
        self.at += 1
        return name

    def member_name(self) -> str:
        """Take the name of an entry after a point."""
        size = self.members.longest(self.tokens, self.at)
        if self.here.kind != "name":
            raise self.unexpected()
        return self.joined(size or self.unknown_size())

    def joined(self, size: int) -> str:
        """Take so many tokens as one name."""
        first, last = self.tokens[self.at], self.tokens[self.at + size - 1]
        self.at += size
        name = key_of(self.text[first.start : last.end])
        self.questions += name == "?"
        return name

    def unknown_size(self) -> int:
        """Return how many words here are one name that nobody knows."""
        size = 1
        while self.ahead(size).kind == "name" and self.ahead(size).text not in STOPS:
            size += 1
        return size
