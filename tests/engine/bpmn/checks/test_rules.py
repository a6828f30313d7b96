"""Each rule is broken by a smallest bad file and kept by a smallest good one."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from catalogue.problem import KINDS
from engine.bpmn.checks import rules
from engine.process import checking
from tests.engine.bpmn.checks import (
    rows_of_data,
    rows_of_files,
    rows_of_style,
    rows_of_the_standard,
)
from tests.engine.bpmn.checks.rows import Files, Row

ROWS = rows_of_the_standard.ROWS + rows_of_data.ROWS + rows_of_files.ROWS + rows_of_style.ROWS
TABLE = yaml.safe_load(rules.TABLES[0].read_text(encoding="utf-8"))
NAMES = [name for family in TABLE.values() for name in family]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def found(files: Files, rule: str) -> list[Any]:
    report = checking.check(files, operations=frozenset({"known"}), style=True)
    return [one for one in report.problems if one.rule == rule]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_a_bad_file_breaks_the_rule_and_is_told_where(row: Row) -> None:
    problems = found(row.bad, row.rule)

    assert problems, "the rule is not told"
    text = b"".join(row.bad.values()).decode()
    for one in problems:
        assert one.file in row.bad and one.kind in KINDS
        assert one.element is None or f'"{one.element}"' in text
        assert one.message.endswith(".") and "{" not in one.message
        assert CHINESE.search(one.message_zh) and one.message_zh.endswith("。")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_a_good_file_keeps_the_rule(row: Row) -> None:
    assert [str(one) for one in found(row.good, row.rule)] == []


def test_every_rule_of_the_table_has_a_row() -> None:
    assert sorted({row.rule for row in ROWS}) == sorted(NAMES)


def test_a_fact_from_the_file_is_shortened_and_never_formatted() -> None:
    made = rules.rule("schema").problem(
        file="t.bpmn", line=1, element="a", reason="{0.__class__}" + "x" * 500
    )

    assert "{0.__class__}" in made.message and len(made.message) < 300
    assert made.elements == ("a",)
