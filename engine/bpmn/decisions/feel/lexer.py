"""Lexer: a FEEL text as a flat list of tokens, each with its place.

Names of FEEL may hold spaces and signs, and only the scope can tell where one ends; so a name is
several tokens here, and the parser puts them together. The same function cuts the names that are
known, which is why `monthly-income` in a scope and in a text are cut alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.limits import LONGEST_SOURCE

_START = (
    r"?A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF"
    r"\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD"
    "\U00010000-\U000effff"
)
_PART = _START + r"0-9\u00B7\u0300-\u036F\u203F-\u2040"
_TOKEN = re.compile(
    rf"(?P<space>\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)"
    rf"|(?P<name>[{_START}][{_PART}]*)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r'|(?P<string>@?"(?:[^"\\]|\\.)*")'
    r"|(?P<sign>\.\.|\*\*|->|<=|>=|!=|.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:U([0-9A-Fa-f]{6})|u([0-9A-Fa-f]{4})|([nrt\"'\\]))")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign; `value` is the content of a string."""

    kind: str  # name | number | string | at | sign | end
    text: str
    start: int
    end: int
    value: Any = None


def tokens(text: str) -> list[Token]:
    """Cut a text.

    Raises:
        FeelRefused: it is too long, or a string is not closed.
    """
    if len(text) > LONGEST_SOURCE:
        raise FeelRefused(
            f"it is longer than {LONGEST_SOURCE} characters", f"超过 {LONGEST_SOURCE} 个字符"
        )
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:  # pragma: no cover - the last alternative takes any character
            raise FeelRefused("it cannot be read", "无法读取")
        at = match.end()
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(_token(kind, match))
    found.append(Token("end", "", len(text), len(text)))
    return found


def _token(kind: str, match: re.Match[str]) -> Token:
    text = match[0]
    if kind == "string":
        at = text[0] == "@"
        value = unescape(text[2:-1] if at else text[1:-1])
        return Token("at" if at else "string", text, match.start(), match.end(), value)
    if kind == "sign" and text == '"':
        raise FeelRefused("a string is not closed", "字符串没有结束引号")
    return Token(kind, text, match.start(), match.end())


def unescape(text: str) -> str:
    """Return a string literal's content; a backslash that begins no escape stays as it is."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_character, text)
    # Two escapes may be the halves of one character beyond the basic plane.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _character(match: re.Match[str]) -> str:
    if match[1]:
        code = int(match[1], 16)
        return chr(code) if code <= 0x10FFFF else match[0]
    return chr(int(match[2], 16)) if match[2] else _SIMPLE[match[3]]


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name as `tokens` would cut it."""
    try:
        return tuple(token.text for token in tokens(name) if token.kind != "end")
    except FeelRefused:
        return (name,)
