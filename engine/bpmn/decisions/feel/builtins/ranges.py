"""Functions of ranges: the relations between points and intervals of DMN 1.5, table 78.

An end that is open lies just inside its value: so an end becomes a pair of the value and -1, 0 or
1, and pairs are compared. An end that is not given is beyond every value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import total_ordering
from typing import TYPE_CHECKING, Any, cast

from engine.bpmn.decisions.feel import tree
from engine.bpmn.decisions.feel.builtins.signature import (
    Body,
    Builtin,
    Signature,
    text,
    unwrapped,
)
from engine.bpmn.decisions.feel.comparing import order
from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.names import Vocabulary
from engine.bpmn.decisions.feel.parser import Parser
from engine.bpmn.decisions.feel.scope import Scope
from engine.bpmn.decisions.feel.values import Range, Unfit, kind

if TYPE_CHECKING:
    from engine.bpmn.decisions.feel.evaluator import Evaluator


@total_ordering
@dataclass(frozen=True, eq=False)
class End:
    """One end of an interval, comparable with others."""

    value: Any
    shift: int = 0  # -1 just below the value, 1 just above it; 2 and -2: beyond all values

    def _sign(self, other: End) -> int:
        if abs(self.shift) == 2 or abs(other.shift) == 2:
            one, two = self.shift // 2, other.shift // 2
            mine = one if abs(self.shift) == 2 else 0
            theirs = two if abs(other.shift) == 2 else 0
            return (mine > theirs) - (mine < theirs)
        found = order(self.value, other.value)
        if found is None:
            raise Unfit(f"a {kind(self.value)} and a {kind(other.value)} cannot be compared")
        return found or (self.shift > other.shift) - (self.shift < other.shift)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, End) and self._sign(other) == 0

    def __lt__(self, other: End) -> bool:
        return self._sign(other) < 0


@dataclass(frozen=True)
class Span:
    """An interval by its two ends; a point has one end twice."""

    low: End
    high: End
    is_point: bool


def span(value: Any) -> Span:
    """Return a point or a range as a span."""
    value = unwrapped(value)
    if value is None:
        raise Unfit("a point or a range is needed, not null")
    if not isinstance(value, Range):
        return Span(End(value), End(value), True)
    low = End(None, -2) if value.low is None else End(value.low, 0 if value.low_closed else 1)
    high = End(None, 2) if value.high is None else End(value.high, 0 if value.high_closed else -1)
    return Span(low, high, False)


def _before(a: Span, b: Span) -> bool:
    return a.high < b.low


def _after(a: Span, b: Span) -> bool:
    return a.low > b.high


def _meets(a: Span, b: Span) -> bool:
    return a.high.shift == 0 == b.low.shift and a.high == b.low


def _overlaps(a: Span, b: Span) -> bool:
    return a.low <= b.high and b.low <= a.high


def _overlaps_before(a: Span, b: Span) -> bool:
    return a.low < b.low <= a.high <= b.high


def _finishes(a: Span, b: Span) -> bool:
    return a.high == b.high and a.low >= b.low


def _includes(a: Span, b: Span) -> bool:
    return a.low <= b.low and a.high >= b.high


def _starts(a: Span, b: Span) -> bool:
    return a.low == b.low and a.high <= b.high


def _coincides(a: Span, b: Span) -> bool:
    return a.low == b.low and a.high == b.high


def _turned(relation: Callable[[Span, Span], bool]) -> Callable[[Span, Span], bool]:
    return lambda a, b: relation(b, a)


def _body(relation: Callable[[Span, Span], bool]) -> Body:
    def asked(run: Evaluator, one: Any, other: Any) -> bool:
        return relation(span(one), span(other))

    return asked


def _range(run: Evaluator, from_: Any) -> Range:
    """Read a range from a text such as `[1..5)` or `["a".."c"]`, with literals as its ends."""
    source = text(from_)
    try:
        node = Parser(source, (), Vocabulary(), {}).whole_expression()
    except (FeelRefused, RecursionError) as error:
        raise Unfit("the text is no range") from error
    if not isinstance(node, tree.RangeNode):
        raise Unfit("the text is no range")
    ends = [one for one in (node.low, node.high) if one is not None]
    if not all(_is_literal(one) for one in ends):
        raise Unfit("the ends of the range are no literals")
    return cast(Range, run.value(node, Scope({})) or _none())


def _is_literal(node: tree.Node) -> bool:
    if isinstance(node, tree.Invoke):
        named = isinstance(node.function, tree.Name) and node.function.name in _MAKERS
        return named and all(isinstance(one, tree.Literal) for one in node.arguments)
    return isinstance(node, tree.Literal) and node.value is not None


def _none() -> Range:
    raise Unfit("the ends of the range do not fit together")


_MAKERS = ("date", "time", "date and time", "duration")
_RELATIONS: tuple[tuple[str, Callable[[Span, Span], bool], tuple[tuple[str, str], ...]], ...] = (
    ("before", _before, (("point1", "point2"), ("point", "range"), ("range", "point"))),
    ("after", _after, (("point1", "point2"), ("point", "range"), ("range", "point"))),
    ("meets", _meets, ()),
    ("met by", _turned(_meets), ()),
    ("overlaps", _overlaps, ()),
    ("overlaps before", _overlaps_before, ()),
    ("overlaps after", _turned(_overlaps_before), ()),
    ("finishes", _finishes, (("point", "range"),)),
    ("finished by", _turned(_finishes), (("range", "point"),)),
    ("includes", _includes, (("range", "point"),)),
    ("during", _turned(_includes), (("point", "range"),)),
    ("starts", _starts, (("point", "range"),)),
    ("started by", _turned(_starts), (("range", "point"),)),
    ("coincides", _coincides, (("point1", "point2"),)),
)
FUNCTIONS = (
    Builtin("range", Signature(_range, ("from",), 1)),
    *(
        Builtin(
            name,
            *(Signature(_body(relation), names, 2) for names in (("range1", "range2"), *more)),
        )
        for name, relation, more in _RELATIONS
    ),
)
