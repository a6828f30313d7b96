"""Attacks: no text of a decision hangs, fills the memory, or reaches anything behind FEEL.

Each is refused, stopped by a named limit, or has a value; all within a second or two, and never
by an exception of Python. Sizes and steps are counted, so the outcome is the same everywhere.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from engine.bpmn import decisions
from engine.bpmn.decisions import Evaluation, to_plain
from engine.bpmn.decisions.feel import limits
from engine.bpmn.decisions.feel.limits import LimitExceeded
from engine.process import checking
from tests.engine.bpmn.decisions import drawings

SECONDS = 10.0  # of a crowded machine; alone each takes less than one

DEEP = [
    "(" * 5000 + "1" + ")" * 5000,
    "[" * 2000 + "]" * 2000,
    "not(" * 1000 + "true" + ")" * 1000,
    "1" + "+1" * 3000,
    "if true then " * 500 + "1",
    "{a:" * 300 + "1" + "}" * 300,
    "a" + ".a" * 5000,
    "a" + "[1]" * 4000,
    "f" + "()" * 3000,
    "x in (" * 300 + "1" + ")" * 300,
    "for " + ", ".join(f"i{n} in [1,2]" for n in range(30)) + " return 1",
    "x instance of " + "list<" * 300 + "number" + ">" * 300,
    "9" * 10_000,
    "1e999999",
    '"' + "x" * 30_000 + '"',
]
ENDLESS = [
    "for i in 1..10**9 return i",
    "for i in -10**9..10**9 return i",
    "every i in 1..10**12 satisfies true",
    "some i in 1..20000, j in 1..20000 satisfies false",
    "for i in 1..20000 return for j in 1..20000 return 1",
    'for i in @"-999999999-01-01"..@"999999999-01-01" return i',
    "{f: function(n) f(n+1), r: f(1)}.r",
    "(function(f) f(f))(function(f) f(f))",
    "{y: function(f) f(f), r: y(function(f) [f(f), f(f)])}.r",
    "sort(for i in 1..20000 return modulo(i * 7919, 20011), function(a,b) a>b)",
    'string join(for i in 1..10000 return "' + "x" * 9000 + '")',
    'for i in 1..300 return if i = 1 then "xxxxxxxxxx" else partial[-1] + partial[-1]',
    "for i in 1..300 return if i=1 then [1,1] else concatenate(partial[-1],partial[-1])",
    'replace("' + "a" * 9000 + '","a","' + "b" * 9000 + '")',
    'replace("' + "ab" * 9000 + '","(a*)(b*)(a*)(b*)c","$1")',
]
TWICE = "for i in 1..64 return if i=1 then [1] else [partial[-1],partial[-1]]"
FOLDED = [
    f"{{a: {TWICE}, b: {TWICE}, r: is(a[-1], b[-1])}}.r",
    f"{{a: {TWICE}, b: {TWICE}, r: a[-1] = b[-1]}}.r",
    f"{{a: {TWICE}, r: string(a[-1])}}.r",
    f"{{a: {TWICE}, r: flatten(a[-1])}}.r",
    f"{{a: {TWICE}, r: a[-1] instance of {'list<' * 40}number{'>' * 40}}}.r",
]
PATTERNS = [
    'matches("' + "a" * 5000 + '","(a+)+$")',
    'matches("' + "a" * 5000 + 'b","(a|a)*$")',
    'matches("' + "a" * 15_000 + '","(a*)*b")',
    'matches("' + "a" * 9000 + '","a.*a.*a.*a.*a.*b")',
    'matches("a","(((a{1,100}){1,100}){1,100})")',
    'matches("x","(x{9999})")',
    'matches("a","' + "(" * 400 + "a" + ")" * 400 + '")',
    'split("' + "a," * 9000 + '","(,|,)*,")',
]
NUMBERS = [
    "9999999999**9999999999",
    "1.0000000001**1e6000",
    "exp(1e6000)",
    "modulo(1e6000, 0.0000001)",
    "1e6000*1e6000",
    "decimal(1e6000, 6000)",
    'duration("P999999999999D")*1e30',
    'date(999999999,12,31)+duration("P999999999Y")',
    '@"2020-01-01T00:00:00"+duration("P999999999999D")',
    'number("1e9999")',
]
PYTHON = [
    '"a".__class__',
    "date.__init__.__globals__",
    '__import__("os")',
    "[].append",
    "(1).real",
    "x.__class__.__base__",
    'time("00:00:00@../../etc/passwd")',
    'get value({a: 1}, "__class__")',
]


def outcome(text: str) -> Evaluation | str:
    """Return what comes of a text: an evaluation, or the rule that refuses it."""
    started = time.monotonic()
    data = drawings.file(drawings.decision("D", drawings.literal(text)))
    model, problems = decisions.parse(data, "t.dmn")
    errors = [one for one in problems if one.severity == "error"]
    found: Evaluation | str = errors[0].rule if errors else ""
    if not errors and model is not None:
        found = decisions.evaluate(model, "D", {})
    assert time.monotonic() - started < SECONDS
    return found


@pytest.mark.parametrize("text", DEEP, ids=lambda text: text[:24])
def test_what_is_too_deep_or_too_large_is_refused_before_anything_is_evaluated(text: str) -> None:
    assert outcome(text) == "feel-invalid"


@pytest.mark.parametrize("text", ENDLESS, ids=lambda text: text[:40])
def test_what_would_never_end_is_stopped_by_a_limit_that_names_the_decision(text: str) -> None:
    found = outcome(text)

    assert isinstance(found, Evaluation) and found.value is None
    (error,) = found.errors
    assert error.startswith("D: ") and ("too" in error)


@pytest.mark.parametrize("text", FOLDED, ids=lambda text: text[-30:])
def test_a_value_that_holds_itself_many_times_over_is_paid_for_part_by_part(text: str) -> None:
    found = outcome(text)

    assert isinstance(found, Evaluation) and (found.errors or found.value is False)


def test_a_result_that_would_unfold_to_millions_of_parts_is_not_written_out() -> None:
    found = outcome(f"{{a: {TWICE}, r: a[20]}}.r")

    assert isinstance(found, Evaluation) and not found.errors
    with pytest.raises(LimitExceeded):
        to_plain(found.value)


@pytest.mark.parametrize("text", [*PATTERNS, *NUMBERS], ids=lambda text: text[:24] + text[-12:])
def test_bombs_of_patterns_and_numbers_are_answered(text: str) -> None:
    assert isinstance(outcome(text), Evaluation)


@pytest.mark.parametrize("text", PYTHON)
def test_nothing_of_python_lies_behind_a_name(text: str) -> None:
    found = outcome(text)

    assert isinstance(found, Evaluation) and found.value in (None, [])


def test_a_circle_of_decisions_is_named_and_never_walked() -> None:
    parts = [
        drawings.decision(f"a{n}", drawings.needs(f"d_a{(n + 1) % 900}"), drawings.literal("1"))
        for n in range(900)
    ]
    model, problems = decisions.parse(drawings.file(*parts), "t.dmn")

    assert {one.rule for one in problems} == {"decision-cycle"}
    assert model is not None
    assert decisions.evaluate(model, "a1", {}).errors == ("a1: it requires itself",)


def test_a_long_chain_of_decisions_needs_no_deep_stack() -> None:
    parts = [
        drawings.decision(f"a{n}", drawings.needs(f"d_a{n + 1}"), drawings.literal(f"a{n + 1} + 1"))
        for n in range(1500)
    ]
    model = drawings.read(*parts, drawings.decision("a1500", drawings.literal("0")))

    assert decisions.evaluate(model, "a0", {}).value == 1500


HOSTILE: dict[str, bytes] = {
    "texts": drawings.file(
        *(
            drawings.decision(f"a{n}", drawings.literal("[" + "1+1," * 4000 + "1]"))
            for n in range(100)
        )
    ),
    "names": drawings.file(*(drawings.given("a " * n + "b") for n in range(1, 600))),
    "types": drawings.file(
        *(
            f'<itemDefinition name="t{n}"><typeRef>t{n + 1}</typeRef></itemDefinition>'
            for n in range(9000)
        )
    ),
    "rings of types": drawings.file(
        *(
            f'<itemDefinition name="t{n}">'
            + "".join(
                f'<itemComponent name="c{m}"><typeRef>t{m}</typeRef></itemComponent>'
                for m in range(30)
            )
            + "</itemDefinition>"
            for n in range(30)
        )
    ),
    "boxes": drawings.file(drawings.decision("c", "<list>" * 150 + "</list>" * 150)),
    "rules": drawings.file(
        drawings.given("x", "number"),
        drawings.decision(
            "R",
            drawings.needs("i_x"),
            drawings.table("x:number -> y", *(f"[{n}..{n + 3}] | 1" for n in range(2500))),
        ),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_answered_in_time(name: str) -> None:
    started = time.monotonic()

    checking.check({"t.dmn": HOSTILE[name]})

    assert time.monotonic() - started < SECONDS


def test_the_limits_stand_where_the_interpreter_does_not_yet_give_up() -> None:
    recursive = "{f: function(n) if n = 0 then 0 else 1 + f(n - 1), r: f(%d)}.r"
    found: Any = outcome(recursive % 20)

    assert found.value == 20
    assert limits.MOST_DEPTH <= 200
