"""Pattern class reader: escapes and classes in brackets, with ranges and subtraction.

It keeps the place in the pattern and gives, for each class, a test of one character. What XPath
does not know is refused, never taken literally.
"""

from __future__ import annotations

from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.pattern_classes import ESCAPES, Accepts, category, one_of
from engine.bpmn.decisions.feel.values import Unfit

_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_SIGNS = set("\\|.?*+(){}-[]^$/")
MOST_CLASSES = 100


class ClassReader:
    """A pattern and the place in it."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.classes = 0

    def escape(self) -> Accepts:
        """Read an escape after its backslash."""
        sign = self.pattern[self.at : self.at + 1]
        self.at += 1
        if sign in ESCAPES and sign:
            return ESCAPES[sign]
        if sign in ("p", "P"):
            return self.category(sign == "P")
        if sign in _PLAIN_ESCAPES:
            return one_of(_PLAIN_ESCAPES[sign])
        if sign not in _SIGNS:
            raise Unfit("an escape of the pattern is not understood")
        return one_of(sign)

    def category(self, negated: bool) -> Accepts:
        """Read the name of a Unicode category."""
        end = self.pattern.find("}", self.at)
        name = self.pattern[self.at + 1 : end]
        if self.pattern[self.at : self.at + 1] != "{" or end < 0:
            raise Unfit("an escape of the pattern is not understood")
        self.at = end + 1
        if name.startswith("Is"):
            raise FeelRefused(
                "Unicode blocks in patterns are not evaluated here",
                "不支持正则表达式中的 Unicode 区块",
                unsupported=True,
            )
        accepts = category(name)
        return (lambda c: not accepts(c)) if negated else accepts

    def char_class(self) -> Accepts:
        """Read a class after its opening bracket."""
        self.classes += 1
        if self.classes > MOST_CLASSES:
            raise Unfit("the pattern has too many classes")
        negated = self.take("^")
        parts: list[Accepts] = []
        first = True
        without: Accepts | None = None
        while first or not self.pattern.startswith("]", self.at):
            if self.at >= len(self.pattern):
                raise Unfit("a class of the pattern is not closed")
            if not first and self.pattern.startswith("-[", self.at):
                self.at += 2
                without = self.char_class()
                continue
            parts.append(self.member())
            first = False
        self.at += 1
        return _joined(parts, negated, without)

    def take(self, sign: str) -> bool:
        """Take a sign if it is next."""
        found = self.pattern.startswith(sign, self.at)
        self.at += found
        return found

    def member(self) -> Accepts:
        """Read a character, a range or an escape of a class."""
        low = self.member_sign()
        ranged = self.pattern[self.at : self.at + 1] == "-" and (
            self.pattern[self.at + 1 : self.at + 2] not in ("]", "[", "")
        )
        if not isinstance(low, str) or not ranged:
            return one_of(low) if isinstance(low, str) else low
        self.at += 1
        high = self.member_sign()
        if not isinstance(high, str) or high < low:
            raise Unfit("a range of the pattern is not understood")
        first, last = low, high
        return lambda c: first <= c <= last

    def member_sign(self) -> str | Accepts:
        """Read one end of a range, or an escape that stands for many."""
        sign = self.pattern[self.at : self.at + 1]
        self.at += 1
        if sign == "[":
            raise Unfit("a class of the pattern is not understood")
        if sign != "\\":
            return sign
        escaped = self.pattern[self.at : self.at + 1]
        if escaped in _PLAIN_ESCAPES or escaped in _SIGNS:
            self.at += 1
            return _PLAIN_ESCAPES.get(escaped, escaped)
        return self.escape()


def _joined(parts: list[Accepts], negated: bool, without: Accepts | None) -> Accepts:
    def accepts(c: str) -> bool:
        inside = any(part(c) for part in parts) is not negated
        return inside and not (without is not None and without(c))

    return accepts
