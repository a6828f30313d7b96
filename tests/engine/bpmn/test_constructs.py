"""Constructs: every row of the table of support is run, and the document says what the rows say."""

from __future__ import annotations

import pytest

from engine.bpmn import parser
from engine.bpmn.errors import BundleRefused
from tests.engine.bpmn.constructs import (
    Executed,
    Refused,
    activities,
    drawn,
    flow,
    handlers,
    happenings,
    play,
)
from tests.engine.bpmn.constructs import refused as refusals
from tests.engine.bpmn.constructs import repetitions, staged
from tests.engine.bpmn.constructs.__main__ import DOCUMENT, write
from tests.engine.bpmn.diagrams import document

EXECUTED = flow.ROWS + happenings.ROWS + handlers.ROWS + activities.ROWS + repetitions.ROWS


@pytest.mark.parametrize("row", EXECUTED, ids=lambda row: f"{row.family}: {row.name}")
def test_what_is_said_to_be_executed_runs_as_the_standard_says(row: Executed) -> None:
    assert parser.parse({"row.bpmn": document(row.xml)}).errors == []
    assert play(row) == row.entered


@pytest.mark.parametrize("row", EXECUTED + drawn.ROWS, ids=lambda row: f"{row.family}: {row.name}")
def test_saving_and_loading_at_every_wait_changes_nothing(row: Executed) -> None:
    kept = list(staged(row, saved=False))

    for stage, other in zip(staged(row, saved=True), kept, strict=True):
        assert stage == other


@pytest.mark.parametrize("row", drawn.ROWS, ids=lambda row: row.name)
def test_what_a_drawing_leaves_open_is_traced_and_not_deployed(row: Executed) -> None:
    files = {"row.bpmn": document(row.xml)}

    assert {(p.rule, p.kind) for p in parser.parse(files).errors} == {(row.open, "unsupported")}
    assert parser.parse(files, drawings=True).errors == []
    assert play(row) == row.entered


@pytest.mark.parametrize("row", refusals.ROWS, ids=lambda row: row.name)
def test_what_is_said_to_be_refused_is_refused_by_name_element_and_line(row: Refused) -> None:
    data = document(row.xml)
    found = [p for p in parser.parse({"row.bpmn": data}).errors if p.rule == row.rule]

    assert {(p.element, p.kind) for p in found} == {(row.element, "unsupported")}
    at = data.index(f'id="{row.element}"'.encode())
    assert found[0].line == data[:at].count(b"\n") + 1
    assert row.element in found[0].message and row.element in found[0].message_zh
    with pytest.raises(BundleRefused):
        parser.bundle({"row.bpmn": data}, "p")


def test_the_document_is_what_the_rows_and_the_rules_say() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == write(), "run `make docs`"
