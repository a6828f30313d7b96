"""Fuzzing FEEL: any text is refused or has a value; nothing else ever comes out.

Texts are strung together from the words, signs and literals of the language, and from anything at
all, so that they reach deep into the parser and the functions.
"""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.decisions.exchange import from_plain, to_plain
from engine.bpmn.decisions.feel import tree
from engine.bpmn.decisions.feel.builtins import NAMES
from engine.bpmn.decisions.feel.compiling import compile_expression, compile_tests
from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.evaluator import Evaluator
from engine.bpmn.decisions.feel.limits import Budget, LimitExceeded
from engine.bpmn.decisions.feel.patterns import compile_pattern
from engine.bpmn.decisions.feel.scope import Scope
from engine.bpmn.decisions.feel.values import Unfit

WORDS = (
    "if then else for in return some every satisfies and or between instance of function null true"
    " false not item partial ? x y number string list context date time"
).split()
SIGNS = "+ - * / ** ( ) [ ] { } , : . .. < <= > >= = != -> ]( [( @ // /* */".split()
LITERALS = [
    "0",
    "1",
    "2.5",
    "-1",
    "1e400",
    '"a"',
    '"2026-01-01"',
    '@"2026-02-29"',
    '@"P1Y"',
    '@"PT1H"',
    '@"10:00:00@Asia/Shanghai"',
    "[1,2,3]",
    "[1..5)",
    '{a: 1, "b c": 2}',
    "(function(a, b) a)",
    '"(a|b)*"',
]
PIECES = st.sampled_from([*WORDS, *SIGNS, *LITERALS, *sorted(NAMES)])
TEXTS = st.one_of(st.lists(PIECES, max_size=14).map(" ".join), st.text(max_size=20))
ARGUMENTS = st.lists(st.sampled_from(LITERALS), max_size=4).map(", ".join)
CALLS = st.tuples(st.sampled_from(sorted(NAMES)), ARGUMENTS).map(lambda one: f"{one[0]}({one[1]})")


def try_out(text: str) -> None:
    run = Evaluator(datetime(2026, 1, 5, tzinfo=UTC), Budget(20_000))
    try:
        node = compile_expression(text).node
        to_plain(run.value(node, Scope({"x": from_plain([1]), "y": None})))
    except (FeelRefused, LimitExceeded):
        pass
    try:
        tests = compile_tests(text).node
        assert isinstance(tests, tree.Tests)
        assert run.tests(tests, "a", Scope({})) in (True, False, None)
    except (FeelRefused, LimitExceeded):
        pass


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text_is_refused_or_has_a_value(text: str) -> None:
    try_out(text)


@settings(max_examples=400, deadline=None)
@given(CALLS)
def test_any_function_takes_any_arguments(text: str) -> None:
    try_out(text)


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="ab\\d[]()^$.*+?{1,}|-pL:", max_size=14), st.text(alphabet="ab1-", max_size=8)
)
def test_any_pattern_is_refused_or_answers(pattern: str, text: str) -> None:
    try:
        compiled = compile_pattern(pattern, "")
        compiled.search(text, 0, Budget(20_000))
        compiled.replace(text, "$1", Budget(20_000))
    except (FeelRefused, LimitExceeded, Unfit):
        pass
