"""Functions of texts: parts, case, search, and regular expressions.

Characters are code points, counted from 1, or from -1 backwards. Patterns are those of XPath and
are run by `patterns`, which no text can make run away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.decisions.feel import patterns
from engine.bpmn.decisions.feel.builtins.signature import Builtin, Signature, items, text, whole
from engine.bpmn.decisions.feel.values import Unfit, number

if TYPE_CHECKING:
    from engine.bpmn.decisions.feel.evaluator import Evaluator


def _substring(run: Evaluator, string: Any, start: Any, length: Any) -> str:
    value, place = text(string), whole(start)
    if place == 0 or abs(place) > len(value):
        raise Unfit("the text has no such place")
    first = place - 1 if place > 0 else len(value) + place
    if length is None:
        return value[first:]
    size = whole(length)
    if size < 1:
        raise Unfit("the length has to be one at least")
    return value[first : first + size]


def _length(run: Evaluator, string: Any) -> Any:
    return number(len(text(string)))


def _upper(run: Evaluator, string: Any) -> str:
    return text(string).upper()


def _lower(run: Evaluator, string: Any) -> str:
    return text(string).lower()


def _before(run: Evaluator, string: Any, match: Any) -> str:
    value, wanted = text(string), text(match)
    place = value.find(wanted)
    return value[:place] if place > 0 else ""


def _after(run: Evaluator, string: Any, match: Any) -> str:
    value, wanted = text(string), text(match)
    place = value.find(wanted)
    return value[place + len(wanted) :] if place >= 0 else ""


def _contains(run: Evaluator, string: Any, match: Any) -> bool:
    return text(match) in text(string)


def _starts(run: Evaluator, string: Any, match: Any) -> bool:
    return text(string).startswith(text(match))


def _ends(run: Evaluator, string: Any, match: Any) -> bool:
    return text(string).endswith(text(match))


def _flags(flags: Any) -> str:
    return "" if flags is None else text(flags)


def _matches(run: Evaluator, input_: Any, pattern: Any, flags: Any) -> bool:
    compiled = patterns.compile_pattern(text(pattern), _flags(flags))
    return compiled.search(text(input_), 0, run.budget) is not None


def _replace(run: Evaluator, input_: Any, pattern: Any, replacement: Any, flags: Any) -> str:
    compiled = patterns.compile_pattern(text(pattern), _flags(flags))
    return compiled.replace(text(input_), text(replacement), run.budget)


def _split(run: Evaluator, string: Any, delimiter: Any) -> list[Any]:
    return patterns.compile_pattern(text(delimiter), "").split(text(string), run.budget)


def _join(run: Evaluator, list_: Any, delimiter: Any) -> str:
    between = "" if delimiter is None else text(delimiter)
    parts = [text(one) for one in items(list_) if one is not None]
    run.budget.spend(sum(map(len, parts)) // 64 + len(parts) * len(between) // 64)
    return between.join(parts)


_STRING = ("string",)
_PAIR = ("string", "match")
FUNCTIONS = (
    Builtin("substring", Signature(_substring, ("string", "start position", "length"), 2)),
    Builtin("string length", Signature(_length, _STRING, 1)),
    Builtin("upper case", Signature(_upper, _STRING, 1)),
    Builtin("lower case", Signature(_lower, _STRING, 1)),
    Builtin("substring before", Signature(_before, _PAIR, 2)),
    Builtin("substring after", Signature(_after, _PAIR, 2)),
    Builtin("contains", Signature(_contains, _PAIR, 2)),
    Builtin("starts with", Signature(_starts, _PAIR, 2)),
    Builtin("ends with", Signature(_ends, _PAIR, 2)),
    Builtin("matches", Signature(_matches, ("input", "pattern", "flags"), 2)),
    Builtin("replace", Signature(_replace, ("input", "pattern", "replacement", "flags"), 3)),
    Builtin("split", Signature(_split, ("string", "delimiter"), 2)),
    Builtin("string join", Signature(_join, ("list", "delimiter"), 1)),
)
