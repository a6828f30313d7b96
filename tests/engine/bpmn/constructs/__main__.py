"""The document: `python -m tests.engine.bpmn.constructs` writes docs/bpmn-support.md.

What is executed and refused comes from the rows, which are tested; the rules come from the table
that the checks use. A test fails when the document on disk says something else.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.bpmn.checks import rules
from tests.engine.bpmn.constructs import (
    activities,
    drawn,
    flow,
    handlers,
    happenings,
    refused,
    repetitions,
)

DOCUMENT = Path(__file__).parents[4] / "docs" / "bpmn-support.md"
HEAD = """# What of BPMN 2.0 is executed, what is refused, and by which rules

Written by `make docs` from tests/engine/bpmn/constructs and the tables of rules in
engine/bpmn/checks; do not edit. Every row of the tables before the rules is a diagram that the tests run.

Whatever stands in none of them only draws (annotations, groups, pools without a process, data
objects) and changes nothing. `tongban check FILE` names file, line, element and rule.
"""
KIND_HEADS = {
    "unreadable": "the file cannot be read",
    "invalid": "it breaks the standard",
    "unsupported": "it is legal and not executed here",
    "unsafe": "an expression or a size that is not allowed",
    "unsound": "the process can get stuck, never end, or holds what is never reached",
    "unproven": "soundness could not be decided within the limits",
    "style": "a warning or a hint",
    "house": "a rule of this domain, or what a drawing leaves open: an error in a release only",
}


def write() -> str:
    """Return the document."""
    parts = [HEAD, "## Executed\n", _table(("", "construct", "note"), _executed())]
    rows = [(row.name, f"`{row.open}`", row.note) for row in drawn.ROWS]
    parts += ["## Traced, not deployed: what a drawing may leave open\n"]
    parts += [_table(("construct", "rule", "note"), rows)]
    parts += ["## Refused\n", _table(("", "construct", "rule", "why"), _refused())]
    parts += ["## All rules by kind\n"]
    table = rules.table().values()
    for kind, head in KIND_HEADS.items():
        rows = [
            (f"`{one.name}`", one.en[:1].upper() + one.en[1:]) for one in table if one.kind == kind
        ]
        if rows:
            parts += [f"### {kind}: {head}\n", _table(("rule", "sentence"), rows)]
    return "\n".join(parts)


def _executed() -> Iterable[tuple[str, ...]]:
    rows = flow.ROWS + happenings.ROWS + handlers.ROWS + activities.ROWS + repetitions.ROWS
    families = list(dict.fromkeys(row.family for row in rows))
    for row in sorted(rows, key=lambda row: families.index(row.family)):
        yield row.family, row.name, row.note


def _refused() -> Iterable[tuple[str, ...]]:
    for row in refused.ROWS:
        yield row.family, row.name, f"`{row.rule}`", row.why


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    DOCUMENT.write_text(write(), encoding="utf-8")
