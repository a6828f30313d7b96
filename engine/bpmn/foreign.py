"""Foreign: conditions written `${…}` or `=…`, translated where both languages agree.

Names, literals, comparisons, and, or, not and brackets mean the same in those languages and
here; comparisons are then made only between values of one kind, because the other engines
convert. Anything else is refused by name.
"""

from __future__ import annotations

import keyword
import re

from engine.bpmn.errors import ExpressionRefused

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>\"[^\"\\]*\"|'[^'\\]*')"
    r"|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)|(?P<sign>&&|\|\||==|!=|<=|>=|[<>!()=-])|(?P<other>\S))",
)
_WORDS = {
    "true": "True",
    "false": "False",
    "null": "None",
    "and": "and",
    "or": "or",
    "not": "not",
}
_JUEL_WORDS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_JUEL_SIGNS = {"&&": "and", "||": "or", "!": "not", "==": "=="}
_FEEL_SIGNS = {"=": "=="}
_SHARED_SIGNS = {s: s for s in ("!=", "<", "<=", ">", ">=", "(", ")", "-")}
_RESERVED = {"empty", "instanceof", "div", "mod", "for", "if", "some", "every", "in", "between"}
_RESERVED |= set(keyword.kwlist)
_PREFIXES = {"not", "-", "("}
_INFIXES = {"and", "or", "==", "!=", "<", "<=", ">", ">=", ")"}
_DIFFERS = "{!r} may mean something else in the other language"


def is_foreign(text: str) -> bool:
    """Tell whether a text is marked as an expression of another language."""
    return text.startswith(("${", "#{")) or (text.startswith("=") and not text.startswith("=="))


def translate(text: str) -> str:
    """Return the same expression in our subset.

    Raises:
        ExpressionRefused: it uses something that differs between the languages.
    """
    if text.startswith("="):
        return _translate(text[1:], {**_FEEL_SIGNS, **_SHARED_SIGNS}, _WORDS)
    if not text.endswith("}"):
        raise ExpressionRefused("text around ${…}")
    return _translate(text[2:-1], {**_JUEL_SIGNS, **_SHARED_SIGNS}, {**_WORDS, **_JUEL_WORDS})


def _translate(text: str, signs: dict[str, str], words: dict[str, str]) -> str:
    parts: list[str] = []
    complete = False  # whether an operand stands before: only then may an operator follow
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionRefused(f"{text[at : at + 20]!r}")
        at = match.end()
        kind, value = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "other" or value in _RESERVED - words.keys():
            raise ExpressionRefused(_DIFFERS.format(value))
        if kind == "sign" and value not in signs:
            raise ExpressionRefused(_DIFFERS.format(value))
        if kind == "text" and value[0] == "'" and "&&" not in signs:
            raise ExpressionRefused("a text in single quotation marks")
        part = signs[value] if kind == "sign" else words.get(value, value)
        complete = _follows(part, kind, complete, parts[-1] if parts else "")
        parts.append(part)
    return " ".join(_bracket_not(parts))


def _follows(part: str, kind: str, complete: bool, before: str) -> bool:
    """Tell whether an operand is complete after this part; refuse a part that cannot stand here.

    Two operands in a row, a call, and a minus between operands are not the same everywhere.
    """
    if part == "(" and complete:
        raise ExpressionRefused(f"a call of {before!r} in the other language")
    starts = part not in _INFIXES
    if starts == complete:
        raise ExpressionRefused(_DIFFERS.format(part))
    return part == ")" or (starts and part not in _PREFIXES)


def _bracket_not(parts: list[str]) -> list[str]:
    """`!a == b` is `(!a) == b` there: put brackets around each `not` and its operand."""
    result: list[str] = []
    closing: list[int] = []  # depths at which a bracket must be added
    depth = 0
    for index, part in enumerate(parts):
        if part == "not":
            result.append("(not")
            if index + 1 >= len(parts):
                raise ExpressionRefused("`not` without anything after it")
            closing.append(depth)
            continue
        result.append(part)
        depth += (part == "(") - (part == ")")
        while closing and depth == closing[-1] and part not in ("(", "-"):
            result.append(")")
            closing.pop()
    return result
