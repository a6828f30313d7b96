"""Decision tables: each hit policy, allowed values, defaults, and what is an error."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn import decisions
from engine.bpmn.decisions import DecisionModel, Evaluation, from_plain, to_plain
from tests.engine.bpmn.decisions import drawings
from tests.engine.bpmn.decisions.drawings import of_table


def ask(model: DecisionModel, **inputs: Any) -> Evaluation:
    given = {name: from_plain(value) for name, value in inputs.items()}
    return decisions.evaluate(model, "Result", given)


def value(model: DecisionModel, **inputs: Any) -> Any:
    found = ask(model, **inputs)
    assert found.errors == ()
    return to_plain(found.value)


ROWS = ('> 10 | "A"', '> 20 | "B"', '> 30 | "A"')


@pytest.mark.parametrize(
    ("policy", "heads", "expected"),
    [
        ("FIRST", "x:number -> y", "A"),
        ("RULE ORDER", "x:number -> y", ["A", "B", "A"]),
        ("COLLECT", "x:number -> y", ["A", "B", "A"]),
        ("COLLECT+COUNT", "x:number -> y", 3),
        ("PRIORITY", 'x:number -> y["B","A"]', "B"),
        ("OUTPUT ORDER", 'x:number -> y["B","A"]', ["B", "A", "A"]),
    ],
)
def test_each_hit_policy_makes_its_result_of_the_rules_that_match(
    policy: str, heads: str, expected: Any
) -> None:
    assert value(of_table(heads, *ROWS, policy=policy), x=40) == expected


@pytest.mark.parametrize(
    ("aggregation", "expected"), [("SUM", 6.5), ("MIN", 1), ("MAX", 3.5), ("COUNT", 3)]
)
def test_aggregations_are_computed_in_decimals(aggregation: str, expected: Any) -> None:
    rows = ("> 0 | 1", "> 1 | 2", "> 2 | 3.5")
    model = of_table("x:number -> y:number", *rows, policy=f"COLLECT+{aggregation}")

    assert value(model, x=3) == expected


def test_unique_refuses_two_rules_and_names_them() -> None:
    found = ask(of_table("x:number -> y", *ROWS), x=25)

    assert found.value is None
    assert found.errors == (
        "Result: the rules 1, 2 match at once, though the hit policy is UNIQUE",
    )
    assert found.steps[-1].rules == ("r1", "r2")


def test_any_takes_rules_that_agree_and_refuses_those_that_differ() -> None:
    agree = of_table("x:number -> y", "> 10 | 7", "> 20 | 3 + 4", policy="ANY")
    differ = of_table("x:number -> y", "> 10 | 7", "> 20 | 8", policy="ANY")

    assert value(agree, x=30) == 7
    assert value(differ, x=15) == 7
    assert ask(differ, x=30).errors[0].startswith("Result: the rules 1, 2 match with different")


def test_priority_compares_the_left_output_first() -> None:
    heads = 'x:number -> risk["high","low"]; rate["best","standard"]'
    rows = ('> 0 | "low" | "best"', '> 1 | "high" | "standard"', '> 2 | "high" | "best"')

    found = value(of_table(heads, *rows, policy="PRIORITY"), x=5)

    assert found == {"risk": "high", "rate": "best"}


@pytest.mark.parametrize(
    ("policy", "heads", "expected"),
    [
        ("UNIQUE", "x:number -> y", None),
        ("COLLECT", "x:number -> y", None),
        ("COLLECT+COUNT", "x:number -> y", 0),
        ("COLLECT+SUM", "x:number -> y:number", None),
        ("UNIQUE", 'x:number -> y="none"', "none"),
        ("COLLECT", 'x:number -> y="none"', ["none"]),
        ("FIRST", 'x:number -> y="none"; z=1 + 1', {"y": "none", "z": 2}),
    ],
)
def test_without_a_match_the_default_is_the_result(policy: str, heads: str, expected: Any) -> None:
    outputs = heads.count(";") + 1
    model = of_table(heads, "> 10 " + "| 1" * outputs, policy=policy)

    assert value(model, x=1) == expected


@pytest.mark.parametrize(
    ("cell", "matching", "others"),
    [
        ("-", [0, "a", None], []),
        ("", [0, None], []),
        ("5", [5, 5.0], [4, "5", None]),
        ("< 5", [4.99], [5, None, "4"]),
        ("[1..5)", [1, 4.9], [5, 0.9, None]),
        ("]1..5]", [5, 1.1], [1]),
        ("(1..5[", [2], [1, 5]),
        ("1, 3, > 10", [1, 3, 11], [2, 10]),
        ("not(1, > 10)", [2, 10], [1, 11]),
        ('"a", "b"', ["a", "b"], ["c", None, ""]),
        ('not("a")', ["b"], ["a"]),
        ("null", [None], [0, ""]),
        ("not(null)", [0, "x"], [None]),
        ("true", [True], [False, None, 1]),
        ("[1, 2, 3]", [2, [1, 2, 3]], [4]),
        ("? > 5 and ? < 10", [7], [5, 10, None]),
        ("even(?)", [2], [3, None]),
        ('contains(?, "x")', ["axb"], ["ab", None]),
        ("!= 5", [4], [5]),
        ("5 + 1", [6], [5]),
        ('date("2026-01-01")', [], ["2026-01-01"]),
    ],
)
def test_a_cell_passes_what_it_says_and_nothing_else(
    cell: str, matching: list[Any], others: list[Any]
) -> None:
    model = of_table("x -> y", f"{cell} | true", policy="FIRST")

    assert [one for one in matching if value(model, x=one) is not True] == []
    assert [one for one in others if value(model, x=one) is not None] == []


def test_dates_come_as_texts_where_the_table_wants_dates() -> None:
    model = of_table(
        "day:date -> y", '< date("2026-03-01") | "early"', '>= date("2026-03-01") | "late"'
    )
    (day,) = [one for one in model.inputs_of(model.decisions[0])]

    found = [
        decisions.evaluate(model, "Result", {"day": from_plain(text, day.type)}).value
        for text in ("2026-02-28", "2026-03-01")
    ]

    assert found == ["early", "late"]


@pytest.mark.parametrize(
    ("heads", "given", "reason"),
    [
        ('x:string["a","b"] -> y', "c", "the input x is not among the values allowed for it"),
        ("x:number -> y", "c", "the input x: a string is not of the type number"),
        ('x -> y["ok"]', "c", "rule 1: y is not among the values allowed for it"),
        ("x -> y:number", "c", "rule 1: y: a string is not of the type number"),
    ],
)
def test_what_is_not_allowed_is_an_error_and_no_null(heads: str, given: str, reason: str) -> None:
    model = of_table(heads, '- | "no"', policy="FIRST")

    found = ask(model, x=given)

    assert found.value is None
    assert reason in found.errors[0]


def test_priority_without_an_order_is_an_error() -> None:
    assert "no output values" in ask(of_table("x -> y", "- | 1", policy="PRIORITY"), x=1).errors[0]


def test_money_is_never_counted_in_binary() -> None:
    model = of_table("x:number -> y:number", "- | x * 3", "- | 0.1 + 0.2", policy="COLLECT")

    assert [str(one) for one in ask(model, x=0.1).value] == ["0.3", "0.3"]


def test_the_record_tells_inputs_rules_and_outputs_of_every_decision() -> None:
    model = drawings.read(
        drawings.given("amount", "number"),
        drawings.decision(
            "Size",
            drawings.needs("i_amount"),
            drawings.table("amount:number -> size", '< 100 | "small"', '>= 100 | "large"'),
        ),
        drawings.decision(
            "Fee",
            drawings.needs("d_Size"),
            drawings.table("Size -> fee:number", '"large" | 9', prefix="f_"),
        ),
    )

    found = decisions.evaluate(model, "Fee", {"amount": from_plain(150)})

    told = [(one.decision, to_plain(dict(one.inputs)), one.rules) for one in found.steps]
    assert to_plain(found.value) == 9
    assert told == [("d_Size", {"amount": 150}, ("r2",)), ("d_Fee", {"Size": "large"}, ("f_r1",))]
