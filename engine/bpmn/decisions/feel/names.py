"""Names: which words together are one name, as the scope of a text knows it.

FEEL lets a name be `Monthly income` or `debt-to-income`. A text is read with the names that are
known at that place; the longest that fits is meant. Words that no known name begins are taken
together as one unknown name, so that the reader is told the name and not a syntax error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.bpmn.decisions.feel.lexer import Token, words

KEYWORDS = frozenset(
    "if then else for in return some every satisfies and or between instance function null"
    " true false external".split()
)
# Words that end a name no scope knows.
STOPS = frozenset("then else in return satisfies and or between instance".split())
_IN_NAMES = frozenset(("name", "number", "sign"))
_END = ""  # no word is empty
MOST_WORDS = 40
PROPERTIES = ("time offset", "start included", "end included")


class Vocabulary:
    """A set of names, by their words: a tree, so that looking one up costs its length only."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._root: dict[str, Any] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make a name known."""
        at = self._root
        for word in words(name)[:MOST_WORDS]:
            at = at.setdefault(word, {})
        if at is not self._root:
            at[_END] = True

    def longest(self, tokens: Sequence[Token], start: int) -> int:
        """Return how many tokens the longest name at a place takes; 0 if there is none."""
        best, at = 0, self._root
        for place in range(start, len(tokens)):
            token = tokens[place]
            found = at.get(token.text) if token.kind in _IN_NAMES else None
            if found is None:
                return best
            at = found
            if _END in at:
                best = place - start + 1
        return best


class Names:
    """The names of nested scopes, innermost last."""

    def __init__(self, layers: Iterable[Vocabulary]) -> None:
        self._layers = list(layers)

    def push(self, known: Iterable[str] = ()) -> None:
        """Open a scope."""
        self._layers.append(Vocabulary(known))

    def pop(self) -> None:
        """Close the innermost scope."""
        self._layers.pop()

    def add(self, name: str) -> None:
        """Make a name known in the innermost scope."""
        self._layers[-1].add(name)

    def longest(self, tokens: Sequence[Token], at: int) -> int:
        """Return how many tokens the longest known name at a place takes; 0 if none does."""
        return max(layer.longest(tokens, at) for layer in self._layers)


def normal(name: str) -> str:
    """Return a name with single spaces, as it is kept in scopes."""
    return " ".join(name.split())


def key_of(name: str) -> str:
    """Return the form under which a name is looked up: `a - b` and `a-b` are one name."""
    parts = words(name)
    if len(parts) < 2:
        return normal(name)
    made = parts[0]
    for before, part in zip(parts, parts[1:], strict=False):
        both = _is_wordy(before[-1]) and _is_wordy(part[0])
        made += f" {part}" if both else part
    return made


def _is_wordy(character: str) -> bool:
    return character == "_" or character.isalnum() or ord(character) > 127
