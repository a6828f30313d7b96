"""FEEL: what expressions mean, from the clauses of DMN 1.5 and not from any suite.

Values are written as FEEL too: each row says that two texts have the same value, or that one is
null for a reason that is noted.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.decisions.exchange import from_plain, to_plain
from engine.bpmn.decisions.feel.comparing import same
from engine.bpmn.decisions.feel.compiling import Words, compile_expression
from engine.bpmn.decisions.feel.evaluator import Evaluator
from engine.bpmn.decisions.feel.limits import Budget
from engine.bpmn.decisions.feel.scope import Scope
from engine.bpmn.decisions.feel.temporal import Date

NOW = datetime(2026, 1, 4, 17, 30, tzinfo=UTC)  # the fifth in Chongqing


def feel(text: str, **names: Any) -> Any:
    return evaluated(text, **names)[0]


def evaluated(text: str, **names: Any) -> tuple[Any, list[str]]:
    given = {name.replace("_", " "): from_plain(value) for name, value in names.items()}
    node = compile_expression(text, Words().with_known(given)).node
    run = Evaluator(NOW)
    return run.value(node, Scope(given)), run.notes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("-3 ** 2", "9"),
        ("2 ** 3 ** 2", "64"),
        ("10 - 2 - 3", "5"),
        ("0.1 + 0.2", "0.3"),
        ("1 / 3 * 3 < 1", "true"),
        ("1e2 + .5", "100.5"),
        ('"a" + "b"', '"ab"'),
        ("1 < 2 and 2 < 3", "true"),
        ("5 between 1 and 5", "true"),
        ("3 in (1, > 2)", "true"),
        ("3 in [1..3)", "false"),
        ("(< 5) = (< 5)", "true"),
        ('"b" in ["a".."c"]', "true"),
        ("if 1 > 2 then 1 else 2", "2"),
        ("if null then 1 else 2", "2"),
        ("for x in [1,2], y in [10,20] return x + y", "[11,21,12,22]"),
        ("for i in 3..1 return i", "[3,2,1]"),
        ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", "[1,2,6,24]"),
        ("some x in [1,2] satisfies x > 1", "true"),
        ("every x in [] satisfies false", "true"),
        ("[1,2,3,4][item > 2]", "[3,4]"),
        ("[1,2,3][-1]", "3"),
        ("[{a: 1}, {a: 2}][a = 2].a", "[2]"),
        ("{a: 1, b: a + 1}.b", "2"),
        ('{"a b": 1}.a b', "1"),
        ("(function(x, y) x - y)(y: 1, x: 3)", "2"),
        ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r", "120"),
        ("[[1],[2,[3]]] = [[1],[2,[3]]]", "true"),
        ("not(1 > 2)", "true"),
        ("1 instance of number", "true"),
        ("[1, 2] instance of list<number>", "true"),
        ("{a: 1} instance of context<a: number>", "true"),
        ("null instance of Any", "false"),
    ],
)
def test_expressions_mean_what_the_grammar_says(text: str, expected: str) -> None:
    value, notes = evaluated(text)

    assert same(value, feel(expected), Budget()), value
    assert notes == []


@pytest.mark.parametrize(
    ("left", "right", "conjunction", "disjunction"),
    [
        ("true", "null", None, True),
        ("false", "null", False, None),
        ("null", "null", None, None),
        ("true", "false", False, True),
        ('"x"', "false", False, None),
        ("true", "1", None, True),
    ],
)
def test_and_and_or_know_a_third_value(
    left: str, right: str, conjunction: bool | None, disjunction: bool | None
) -> None:
    for one, other in ((left, right), (right, left)):
        assert feel(f"{one} and {other}") is conjunction
        assert feel(f"{one} or {other}") is disjunction


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"2026-01-31" + @"P1M"', '@"2026-02-28"'),
        ('@"2024-02-29" + @"P1Y"', '@"2025-02-28"'),
        ('@"2026-03-01" - @"2026-02-01"', '@"P28D"'),
        ('@"2026-01-01" - @"PT1S"', '@"2025-12-31"'),
        ('@"2026-01-01T23:00:00" + @"PT2H"', '@"2026-01-02T01:00:00"'),
        ('@"23:30:00" + @"PT1H"', '@"00:30:00"'),
        ('@"P1Y" / 5', '@"P2M"'),
        ('@"PT36H"', '@"P1DT12H"'),
        ('@"2026-01-01T08:00:00+08:00" = @"2026-01-01T00:00:00Z"', "true"),
        ('is(@"08:00:00+08:00", @"00:00:00Z")', "false"),
        ('@"2026-01-01T08:00:00@Asia/Shanghai".time offset', '@"PT8H"'),
        # The clock goes forward on this night: twenty-four hours later it is an hour later.
        (
            '@"2026-03-28T12:00:00@Europe/Paris" + @"PT24H"',
            '@"2026-03-29T13:00:00@Europe/Paris"',
        ),
        ('@"2026-01-05".weekday', "1"),
        ('day of week(@"2026-01-05")', '"Monday"'),
        ('week of year(@"2027-01-01")', "53"),
        ('day of year(@"2024-12-31")', "366"),
        ('date("-2026-01-01").year', "-2026"),
        ('years and months duration(@"2026-01-31", @"2026-03-01")', '@"P1M"'),
        ('duration("P1DT2H").hours', "2"),
        ('string(@"-P14M")', '"-P1Y2M"'),
        ('string(time("10:00:00.50+05:30"))', '"10:00:00.5+05:30"'),
        ("today()", 'date("2026-01-05")'),
        ("now().hour", "1"),
    ],
)
def test_dates_times_and_durations_are_counted_as_the_calendar_has_it(
    text: str, expected: str
) -> None:
    value = feel(text)

    assert value is not None and same(value, feel(expected), Budget()), value


@pytest.mark.parametrize(
    "text",
    [
        "1 + null",
        '1 + "1"',
        "1 / 0",
        "true * 2",
        '@"P1Y" + @"P1D"',
        '@"2026-01-01" + 1',
        '@"2026-01-01T00:00:00" - @"2026-01-01T00:00:00Z"',
        'date("2026-02-29")',
        'date("2026-1-1")',
        'time("25:00:00")',
        'duration("P1Y1D")',
        "[1,2][3]",
        "{a: 1}.b",
        "{a: 1, a: 2}",
        "nobody",
        "nobody(1)",
        "abs()",
        "abs(1, 2)",
        "abs(x: 1)",
        'substring("abc", 0)',
        'number("1,5")',
        'matches("a", "(")',
        'replace("abc", "x*", "-")',
        "min([])",
        'min([1, "a"])',
        "sqrt(-1)",
        "modulo(1, 0)",
        "for i in null return i",
        '[1.."a"]',
        "context put({}, [], 1)",
        'range("1..2")',
    ],
)
def test_what_has_no_value_is_null_and_the_reason_is_noted(text: str) -> None:
    value, notes = evaluated(text)

    assert value is None
    assert notes


@pytest.mark.parametrize(
    "text", ['1 = "1"', "null < 1", "1 in null", "1 between null and 2", '@"P1Y" = @"P12D"']
)
def test_what_cannot_be_compared_is_unknown(text: str) -> None:
    assert feel(text) in (None, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('substring("重庆市渝中区", 4)', '"渝中区"'),
        ('string length("🐎")', "1"),
        (r'"\u91cd\u5e86 \U01F40E"', '"重庆 🐎"'),
        ('upper case("aé")', '"AÉ"'),
        ('split("a, b,c", ",\\s*")', '["a","b","c"]'),
        ('replace("2026-01-05", "(\\d+)-(\\d+)-(\\d+)", "$3.$2.$1")', '"05.01.2026"'),
        ('matches("aXb", "^a.b$", "i")', "true"),
        ('matches("abab", "^(ab)\\1$")', "true"),
        ('matches("é", "\\p{Ll}")', "true"),
        ('matches("x\ny", "^y$", "m") and matches("abc", "$")', "true"),
        ('matches("hello world", "hello\\ sworld", "x")', "true"),
        ("count(for i in 1..20000 return i * 2)", "20000"),
        ('matches("b", "[a-z-[aeiou]]") and not(matches("e", "[a-z-[aeiou]]"))', "true"),
        ('string join(["a", null, "b"], "-")', '"a-b"'),
        ('number("1.234,5", ".", ",")', "1234.5"),
        ('string([1, "a", null])', '"[1, \\"a\\", null]"'),
        ("round half up(2.5, 0)", "3"),
        ("decimal(2.5, 0)", "2"),
        ("round up(-1.11, 1)", "-1.2"),
        ("floor(-1.5)", "-2"),
        ("modulo(-7, 3)", "2"),
        ("median([4, 1, 3, 2])", "2.5"),
        ("stddev([2, 4, 4, 4, 5, 5, 7, 9]) > 2.13", "true"),
        ("mode([1, 2, 2, 1, 3])", "[1, 2]"),
        ("concatenate([[1]], [2])", "[[1], 2]"),
        ("union([1, 2], [2, 3])", "[1, 2, 3]"),
        ("flatten([[1, [2]], 3])", "[1, 2, 3]"),
        ("insert before([1, 3], 2, 2)", "[1, 2, 3]"),
        ("list replace([1, 2, 3], function(item, new) item > 1, 0)", "[1, 0, 0]"),
        ("sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"),
        ("index of([1, 2, 1], 1)", "[1, 3]"),
        ('context put({a: {b: 1}}, ["a", "b"], 2)', "{a: {b: 2}}"),
        ("context merge([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}"),
        ('get value({"a b": 5}, "a b")', "5"),
        ("before([1..5), 5) and meets([1..5], [5..9])", "true"),
        ("overlaps before([1..5], (1..5])", "true"),
        ('3 in range("[1..3]") and not(3 in range("[1..3)"))', "true"),
        ("[1..3].end included", "true"),
        ("all([true, null])", "null"),
        ("any([true, null])", "true"),
    ],
)
def test_functions_give_what_the_standard_says(text: str, expected: str) -> None:
    assert same(feel(text), feel(expected), Budget()), feel(text)


def test_names_may_hold_spaces_and_signs_and_the_longest_known_is_meant() -> None:
    names = {"Monthly income": 1, "Monthly income tax": 2, "debt-to-income": 3, "debt": 9}
    known = Words().with_known(names)
    scope = Scope({name: Decimal(value) for name, value in names.items()})

    def read(text: str) -> Any:
        return Evaluator(NOW).value(compile_expression(text, known).node, scope)

    assert read("Monthly income + Monthly  income\n tax") == 3
    assert read("debt-to-income + debt") == 12
    assert read("debt - 1") == 8


def test_a_name_that_nothing_gives_is_told_when_compiling() -> None:
    made = compile_expression("known + Un known * other", Words().with_known(["known"]))

    assert made.unknown == {"Un known", "other"}


def test_comments_are_no_part_of_an_expression() -> None:
    assert feel("1 /* one\n */ + // two\n 2") == 3


@given(st.integers(-800_000, 3_000_000))
def test_every_day_number_is_the_day_it_came_from(number: int) -> None:
    day = Date.of_ordinal(number)

    assert day.ordinal == number
    assert Date.of_ordinal(number + 1) > day


@given(st.dates())
def test_days_agree_with_the_calendar_of_python(day: Any) -> None:
    ours = Date(day.year, day.month, day.day)

    assert ours.ordinal == day.toordinal() - datetime(1970, 1, 1).toordinal()
    assert ours.weekday == day.isoweekday()


@given(st.decimals(-(10**12), 10**12, allow_nan=False, places=6))
def test_numbers_come_back_from_a_process_as_they_went_in(value: Decimal) -> None:
    assert from_plain(to_plain(from_plain(value))) in (value, format(value.normalize(), "f"))


PATTERNS = [
    "a*b",
    "(a|b)*a",
    "a+?b?",
    "(ab)+",
    "^a|b$",
    "$",
    "(a)(b)\\2",
    "^(a*)b\\1$",
    "[^a]{2,3}",
]


@given(st.text(alphabet="ab", max_size=12), st.sampled_from(PATTERNS))
def test_patterns_agree_with_those_of_python(text: str, pattern: str) -> None:
    expected = re.search(pattern, text) is not None

    assert feel("matches(t, p)", t=text, p=pattern) is expected
