"""Gaps and overlaps: what the analysis says is true, and what it does not say is not so.

Random small tables are judged by brute force: every combination of values around every constant is
put through the evaluation itself. Tables that cannot be reasoned about are said to be so.
"""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn import decisions
from engine.bpmn.decisions import DecisionModel
from engine.bpmn.decisions.boxes import TableBox
from engine.bpmn.decisions.checks.columns import NotAnalysed
from engine.bpmn.decisions.checks.tables import Analysis, analyse, check_tables
from engine.bpmn.decisions.feel.limits import LimitExceeded
from tests.engine.bpmn.decisions import drawings
from tests.engine.bpmn.decisions.drawings import of_table

NUMBERS = st.integers(0, 4)
NUMBER_CELLS = st.one_of(
    st.just("-"),
    NUMBERS.map(str),
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "!="]), NUMBERS).map(
        lambda p: f"{p[0]} {p[1]}"
    ),
    st.tuples(st.sampled_from("[]("), NUMBERS, NUMBERS, st.sampled_from("][)")).map(
        lambda p: f"{p[0]}{min(p[1:3])}..{max(p[1:3])}{p[3]}"
    ),
    st.tuples(NUMBERS, NUMBERS).map(lambda p: f"{p[0]}, >= {p[1]}"),
    st.tuples(NUMBERS, NUMBERS).map(lambda p: f"not({p[0]}, < {p[1]})"),
)
WORD_CELLS = st.sampled_from(['"a"', '"b"', '"a", "c"', 'not("a")', "-", 'not("b", "c")', '"d"'])
FLAG_CELLS = st.sampled_from(["true", "false", "-", "not(true)"])
ROWS = st.lists(st.tuples(NUMBER_CELLS, WORD_CELLS, FLAG_CELLS), min_size=1, max_size=6)
AROUND = [Decimal(n) / 2 for n in range(-3, 12)]
EVERY = list(itertools.product(AROUND, ["a", "b", "c", "d", "zz"], [True, False]))
HEADS = "x:number; word:string; flag:boolean -> y"


def table_of(model: DecisionModel) -> TableBox:
    logic = model.decisions[0].logic
    assert isinstance(logic, TableBox)
    return logic


def matching(model: DecisionModel, example: tuple[Any, ...]) -> tuple[str, ...]:
    """Return the rules that really match, by the evaluation."""
    inputs = dict(zip(("x", "word", "flag"), example, strict=False))
    return decisions.evaluate(model, "Result", inputs).steps[-1].rules


@settings(max_examples=120, deadline=None)
@given(ROWS)
def test_what_is_told_of_random_tables_is_what_brute_force_finds(
    rows: list[tuple[str, str, str]],
) -> None:
    model = of_table(HEADS, *(" | ".join((*row, "1")) for row in rows), policy="RULE ORDER")
    table = table_of(model)
    unique = TableBox(table.id, 1, table.inputs, table.outputs, table.rules, "UNIQUE")

    told = analyse(unique)
    seen = [matching(model, example) for example in EVERY]

    assert bool(told.gaps) == any(not rules for rules in seen)
    assert bool(told.overlaps) == any(len(rules) > 1 for rules in seen)
    assert all(matching(model, example) == () for example in told.gaps)
    for first, second, example in told.overlaps:
        assert {f"r{first}", f"r{second}"} <= set(matching(model, example))
    fired = {rule for rules in seen for rule in rules}
    assert {f"r{rule}" for rule in told.dead} == {rule.id for rule in table.rules} - fired


def analysed(heads: str, *rows: str, policy: str = "UNIQUE") -> Analysis:
    return analyse(table_of(of_table(heads, *rows, policy=policy)))


def test_a_gap_between_two_ranges_is_shown_by_a_value_in_it() -> None:
    told = analysed("age:number -> y", "< 18 | 1", "> 18 | 2")

    assert told.gaps == ((Decimal(18),),)
    assert told.overlaps == ()


def test_ranges_that_meet_in_one_point_overlap_there() -> None:
    told = analysed("age:number -> y", "<= 18 | 1", ">= 18 | 2")

    assert told.gaps == ()
    assert told.overlaps == ((1, 2, (Decimal(18),)),)


def test_days_that_follow_one_another_leave_no_gap() -> None:
    told = analysed("day:date -> y", '<= date("2026-01-31") | 1', '>= @"2026-02-01" | 2')
    hole = analysed("day:date -> y", '< @"2026-01-31" | 1', '>= @"2026-02-01" | 2')

    assert (told.gaps, told.overlaps) == ((), ())
    assert len(hole.gaps) == 1


def test_allowed_values_close_what_they_rule_out() -> None:
    rows = ('"low" | 1', '"high" | 2')

    assert analysed("risk:string -> y", *rows).gaps == (("other",),)
    assert analysed('risk:string["low","high"] -> y', *rows).gaps == ()
    assert analysed('risk:string["low","high","none"] -> y', *rows).gaps == (("none",),)


def test_null_is_an_input_only_where_a_cell_speaks_of_it() -> None:
    plain = analysed("flag:boolean -> y", "true | 1", "false | 2")
    spoken = analysed("flag:boolean; x:number -> y", "true | null | 1", "false | - | 2")

    assert plain.gaps == ()
    assert (True, Decimal(0)) in spoken.gaps


def test_two_columns_that_ask_the_same_are_one_input() -> None:
    told = analysed("x:number; x:number -> y", ">= 0 | < 10 | 1", "< 0 | - | 2", ">= 10 | - | 3")

    assert (told.labels, told.gaps, told.overlaps) == (("x",), (), ())


@pytest.mark.parametrize(
    ("heads", "row", "reason"),
    [
        ("x:number -> y", "< limit | 1", "more than constants"),
        ("x:number -> y", "? > 1 | 1", "more than constants"),
        ("x:number -> y", '< date("2026-01-01") | 1', "different kinds"),
        ("x -> y", '"a", 1 | 1', "different kinds"),
        ("x -> y", '< @"2026-01-01T00:00:00Z" | 1', "no order"),
        ("string length(x) -> y", "> -1 | 1", "is computed"),
        ("p; p.a -> y", "1 | 2 | 3", "a part of another"),
        ("x -> y", "< today() | 1", "more than constants"),
    ],
)
def test_what_cannot_be_reasoned_about_is_said_to_be_not_analysed(
    heads: str, row: str, reason: str
) -> None:
    inputs = [drawings.given(name) for name in ("x", "p", "limit")]
    needs = drawings.needs("i_x", "i_p", "i_limit")
    model = drawings.read(*inputs, drawings.decision("D", needs, drawings.table(heads, row)))

    with pytest.raises(NotAnalysed, match=reason):
        analyse(table_of(model))
    (told,) = check_tables(model)
    assert (told.rule, told.severity) == ("table-not-analysed", "hint")
    assert reason in told.message and told.message_zh


def test_overlaps_are_told_only_where_the_policy_forbids_them() -> None:
    rows = ("> 1 | 1", "> 2 | 2")

    assert len(analysed("x:number -> y", *rows, policy="UNIQUE").overlaps) == 1
    assert len(analysed("x:number -> y", *rows, policy="ANY").overlaps) == 1
    assert analysed("x:number -> y", "> 1 | 1", "> 2 | 2 - 1", policy="ANY").overlaps == ()
    assert analysed("x:number -> y", *rows, policy="FIRST").overlaps == ()


def test_a_default_output_fills_every_gap() -> None:
    assert list(check_tables(of_table('x:number -> y="none"', "> 1 | 1"))) == []


def test_a_problem_shows_the_example_in_both_languages() -> None:
    told = list(check_tables(of_table("x:number; who:string -> y", '> 1 | "a" | 1')))

    assert {one.rule for one in told} == {"table-gap"}
    assert told[0].message == 'table: Result: no rule matches x = 0, who = "a".'
    assert told[0].message_zh == 'table：Result：没有规则匹配 x = 0, who = "a"。'
    assert told[0].element == "table" and told[0].line


def test_a_large_regular_table_is_analysed_and_an_irregular_one_says_so() -> None:
    ranges = [f"[{n}..{n + 1}) | {n}" for n in range(200)]
    heads = "; ".join(f"x{n}:number" for n in range(16))
    mixed = [
        " | ".join([f"> {(7 * row + 13 * n) % 31}" for n in range(16)] + ["1"]) for row in range(60)
    ]

    told = analysed("x:number -> y", *ranges)

    assert told.gaps == ((Decimal(-1),),) and told.overlaps == ()
    with pytest.raises((NotAnalysed, LimitExceeded), match="too many"):
        analysed(f"{heads} -> y", *mixed, "- |" * 16 + "1", policy="FIRST")
