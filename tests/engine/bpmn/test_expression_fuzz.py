"""Fuzzing of expressions: random texts, random syntax, random values, and a second opinion.

Properties hold whatever the text: it is refused, fails or gives plain JSON, soon. Conditions of
other languages are made as trees, written out with the brackets those languages need, and valued
by walking the tree: what is not refused gives the same. `make soak` plays the same properties
longer.
"""

from __future__ import annotations

import time
import warnings
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.bpmn import timers
from engine.bpmn.errors import ExpressionFailed, ExpressionRefused
from engine.bpmn.expressions import FUNCTIONS, compile_expression
from tests.engine.bpmn.attacks import ENVIRONMENT, attempt

PIECES = list("abnstz_.,:;()[]{}+-*/%<>=!~@^|&#$\\'\"0123459 \n\t") + sorted(FUNCTIONS)
PIECES += "__class__ __import__ ＿ ｅｖａｌ ** // == != <= >= := << -> ... and or not in is if else".split()
PIECES += (
    "lambda for while def class import from as del pass None True False f' rb' u' \u202e".split()
)
PIECES += ["事项", "\x00", "\ud800", "\u2028", "1e999", "0x", "${", "#{", "}", "&&", "||", " if "]
SOUP = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one, two = inner, st.tuples(inner, inner)
    signs = "+ - * / // % ** << >> | & ^ @ == != < <= > >= in is and or".split() + ["not in"]
    frames = ["({})", "[{}]", "[*{}]", "(*{},)", "{{{}}}", "{{'k': {}}}", "{{**{}}}", "-{}", "~{}"]
    frames += [
        "not {}",
        "f'{{{}}}'",
        "lambda: {}",
        "await {}",
        "(yield {})",
        "{}.b",
        "{}.__class__",
    ]
    frames += ["{}()", "[i for i in {}]", "{}[0]", "{}[1:]", "{}[::-1]", "(i := {})", "{}.c.d"]
    pairs = [
        "{0}[{1}]",
        "{0}({1})",
        "{0}(k={1})",
        "{0} if {1} else 0",
        "[{0}, {1}]",
        "{0}[{1}:1, 2]",
    ]
    calls = [f"{name}({{}})" for name in FUNCTIONS] + ["eval({})", "type({})", "print({})"]
    binary = [f"{name}({{0}}, {{1}})" for name in FUNCTIONS] + [f"{{0}} {s} {{1}}" for s in signs]
    return st.one_of(
        st.builds(lambda f, a: f.format(a), st.sampled_from(frames + calls), one),
        st.builds(lambda f, ab: f.format(*ab), st.sampled_from(pairs + binary), two),
    )


LEAVES = "a b n s t z i 0 1 -1 2.5 10**9 1e300 1e999 '' 'x' 'b' \"{}\" None True ... 1j b'' now()"
SYNTAX = st.recursive(st.sampled_from(LEAVES.split()), _wider, max_leaves=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("bcd"), inner),
    max_leaves=8,
)
GIVEN = st.fixed_dictionaries({name: VALUES for name in "abnstz"})


def check(text: str, is_script: bool, variables: dict[str, Any] | None) -> str:
    """The property: refused, failed or plain JSON, within a second."""
    began = time.process_time()
    verdict = attempt(text, is_script, variables)
    assert time.process_time() - began < 1
    return verdict


@settings(max_examples=300, deadline=None)
@given(SOUP, st.booleans())
def test_a_soup_of_dangerous_signs_does_no_harm(text: str, is_script: bool) -> None:
    check(text, is_script, None)


@settings(max_examples=400, deadline=None)
@given(SYNTAX, GIVEN)
def test_any_syntax_over_any_values_does_no_harm(text: str, variables: dict[str, Any]) -> None:
    finite = attempt("[a, b, n, s, t, z]", False, variables) == "ran"
    check(text, False, variables if finite else None)
    check(f"x = {text}\nif x:\n    y = {text}\n    del x", True, variables if finite else None)


# A tree is ("name", n), ("literal", value), ("not", tree), ("and" | "or", tree, tree), or a
# comparison. Every name has a value of one kind, so that trees can be made that fit together.
NAMES = {"yes": True, "no": False, "n": 3, "x.y": 2.5, "word": "abc", "void": None}
FLAGS = st.sampled_from([("name", "yes"), ("name", "no"), ("literal", True), ("literal", False)])
NUMBERS = st.sampled_from([("name", "n"), ("name", "x.y")]) | st.tuples(
    st.just("literal"), st.sampled_from([0, 3, 2.5, -3, 12])
)
WORDS = st.sampled_from([("name", "word"), ("literal", "abc"), ("literal", "b c"), ("literal", "")])
VOIDS = st.sampled_from([("name", "void"), ("literal", None)])
ORDER = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
EQUAL = st.sampled_from(["==", "!="])
Tree = tuple[Any, ...]
COMPARED: st.SearchStrategy[Tree] = st.one_of(
    st.tuples(ORDER, NUMBERS, NUMBERS),
    st.tuples(ORDER, WORDS, WORDS),
    st.tuples(EQUAL, NUMBERS | WORDS | FLAGS | VOIDS, VOIDS),
)
TREES: st.SearchStrategy[Tree] = st.recursive(
    FLAGS | COMPARED,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        st.tuples(EQUAL, inner, inner),
    ),
    max_leaves=10,
)


def value_of(tree: Tree) -> Any:
    """The second opinion: walk the tree."""
    if tree[0] in ("name", "literal"):
        return NAMES[tree[1]] if tree[0] == "name" else tree[1]
    parts = [value_of(part) for part in tree[1:]]
    if tree[0] == "not":
        return not parts[0]
    left, right = parts
    return {
        "and": lambda: left and right,
        "or": lambda: left or right,
        "==": lambda: left == right,
        "!=": lambda: left != right,
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
    }[tree[0]]()


JUEL = {"and": "&&", "or": "||"}
LEVELS = {"or": 1, "and": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "not": 5}


def juel(tree: Tree, least: int = 0) -> str:
    """Write a tree with no more brackets than that language needs."""
    if tree[0] in ("name", "literal"):
        return _leaf(tree)
    level = LEVELS[tree[0]]
    if tree[0] == "not":
        text = "!" + juel(tree[1], level)
    else:
        sign = JUEL.get(tree[0], tree[0])
        text = f"{juel(tree[1], level)} {sign} {juel(tree[2], level + 1)}"
    return f"({text})" if level < least else text


def feel(tree: Tree) -> str:
    """Write a tree with all brackets; `not` is a function there."""
    if tree[0] in ("name", "literal"):
        return _leaf(tree)
    if tree[0] == "not":
        return f"not({feel(tree[1])})"
    sign = "=" if tree[0] == "==" else tree[0]
    return f"({feel(tree[1])} {sign} {feel(tree[2])})"


def _leaf(tree: Tree) -> str:
    if tree[0] == "name":
        return str(tree[1])
    words: dict[Any, str] = {True: "true", False: "false", None: "null"}
    if isinstance(tree[1], (bool, type(None))):
        return words[tree[1]]
    return f'"{tree[1]}"' if isinstance(tree[1], str) else str(tree[1])


def _evaluated(text: str) -> Any:
    variables = {k: v for k, v in NAMES.items() if "." not in k} | {"x": {"y": NAMES["x.y"]}}
    return ENVIRONMENT.evaluate(text, variables)


def check_foreign(tree: Tree) -> None:
    """The property: bracketed conditions give the tree's value; others that, or are refused."""
    assert _evaluated("=" + feel(tree)) is value_of(tree)
    try:
        assert _evaluated("${" + juel(tree) + "}") is value_of(tree)
    except ExpressionRefused as refused:
        assert "chain" in str(refused), juel(tree)


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_foreign_conditions_mean_what_their_trees_mean(tree: Tree) -> None:
    check_foreign(tree)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["${", "=", "#{"]), SOUP)
def test_a_foreign_soup_is_refused_or_gives_what_a_condition_may_give(mark, text) -> None:
    text = mark + text + ("}" if mark != "=" else "")
    try:
        code = compile_expression(text)
        ENVIRONMENT.evaluate(text, dict.fromkeys(code.reads, True))
    except (ExpressionRefused, ExpressionFailed):
        return
    assert not set(text) & set("[{;:,%*/@^~#+").difference(mark) or '"' in text or "'" in text


def _benign(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = "+ - * / // % == != < <= > >= in and or".split() + ["not in"]
    frames = ["({})", "-({})", "not ({})", "len({})", "sum({})", "sorted({})", "abs({})", "str({})"]
    pairs = [f"({{0}}) {sign} ({{1}})" for sign in signs] + ["[{0}, {1}]", "({0})[{1}]"]
    pairs += [
        "min({0}, {1})",
        "max({0}, {1})",
        "({0} if {1} else 0)",
        "({0})[{1}:]",
        "round({0}, {1})",
    ]
    return st.one_of(
        st.builds(lambda f, a: f.format(a), st.sampled_from(frames), inner),
        st.builds(lambda f, ab: f.format(*ab), st.sampled_from(pairs), st.tuples(inner, inner)),
    )


BENIGN = st.recursive(
    st.sampled_from("a b n s t z 0 1 2 7 2.5 'x' 'abc' [] [1,2,3] True None".split()),
    _benign,
    max_leaves=8,
)
ORDINARY = {"a": 5, "b": [3, 1, 2], "n": -2.5, "s": "text", "t": False, "z": None}
PYTHON = {f.__name__: f for f in (len, sum, sorted, abs, str, min, max, round)}


def check_benign(text: str) -> bool:
    """The property: what is computed is what Python computes; tell whether it was computed."""
    try:
        value = ENVIRONMENT.evaluate(text, ORDINARY)
    except (ExpressionFailed, ExpressionRefused):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # of `0[a:]`, which is never come to
        expected = eval(text, {"__builtins__": {}, **PYTHON}, ORDINARY)
    assert value == expected, text
    return True


@settings(max_examples=400, deadline=None)
@given(BENIGN)
def test_what_is_computed_is_what_python_computes(text: str) -> None:
    check_benign(text)


@pytest.mark.parametrize("text", ["a + n", "b[0] * 2", "s + 'x'", "sorted(b)[1:]", "a // 2 % 2"])
def test_ordinary_expressions_are_computed(text: str) -> None:
    assert check_benign(text)


TIMES = st.lists(st.sampled_from(list("PTRYMWDHS/0123456789.,:-+Z ") + ["P1D", "2026-01-01"]))


@settings(max_examples=300, deadline=None)
@given(TIMES.map("".join) | st.text(max_size=20) | st.just("P" + "9" * 5000 + "D"))
@example("R/PT0S")
@example("R9/2026-01-01/P0D")
def test_any_text_is_a_time_or_is_none(text: str) -> None:
    try:
        plan = timers.schedule(text, datetime(2026, 1, 5, tzinfo=UTC))
    except ValueError:
        return
    assert plan.due.tzinfo is not None
    if plan.every is not None:
        assert plan.every.after(plan.due) > plan.due, "it would fire without an end"
