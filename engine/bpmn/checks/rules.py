"""Rules: every rule that a diagram or a form is held to, and the Problems made from them.

The table is in rules.yaml, support.yaml, decisions.yaml and soundness.yaml beside this module:
family, name, kind, severity and one sentence in English and in Chinese for the person who must mend
the drawing. A check names its rule and the facts of the case, and writes no sentence of its own. Rules that equal those of bpmnlint
bear its names. The document docs/bpmn-support.md is made from the same table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from catalogue.problem import KINDS, SEVERITIES, Problem

if TYPE_CHECKING:  # the model is read by what is read by xml, which makes findings too
    from engine.bpmn.model import Flow, Node, ProcessModel

NAMES = ("rules.yaml", "support.yaml", "decisions.yaml", "soundness.yaml")
TABLES = tuple(Path(__file__).with_name(name) for name in NAMES)
LONGEST_FACT = 200
# The safe loader of libyaml, where it is built in, reads the tables in a tenth of the time.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SEVERITY = {"style": "warning"}


@dataclass(frozen=True)
class Rule:
    """One rule: its name is what `check` prints and what outside programs rely on."""

    name: str
    family: str
    kind: str
    severity: str
    en: str
    zh: str
    open: bool = False  # a drawing may leave it open; what is to be executed may not

    def problem(
        self,
        *,
        file: str,
        line: int | None,
        element: str | None,
        process: str | None = None,
        elements: Iterable[str] = (),
        **facts: Any,
    ) -> Problem:
        """Return the finding that an element of a file breaks this rule.

        Args:
            file: the name of the file.
            line: where the element begins.
            element: the id of the element; None when the file as a whole is meant.
            process: the id of the process it belongs to.
            elements: others that take part; the element itself comes first by itself.
            facts: what the sentences name in braces.
        """
        known = {name: _shortened(value) for name, value in facts.items()}
        named = element or process or file
        parts = tuple(dict.fromkeys([*([element] if element else []), *elements]))
        return Problem(
            rule=self.name,
            kind=self.kind,
            file=file,
            line=line,
            element=element,
            message=f"{named}: {self.en.format_map(known)}.",
            message_zh=f"{named}：{self.zh.format_map(known)}。",
            severity=self.severity,
            process=process,
            elements=parts,
        )


def _shortened(value: Any) -> str:
    """A fact comes from the file and may be of any length and shape."""
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_FACT else text[:LONGEST_FACT] + "…"


@cache
def table() -> Mapping[str, Rule]:
    """Return all rules by name, in the order of the table.

    Raises:
        ValueError: the table holds a kind, a severity or a row that means nothing.
    """
    found: dict[str, Rule] = {}
    texts = [table.read_text(encoding="utf-8") for table in TABLES]
    families = [one for text in texts for one in yaml.load(text, _LOADER).items()]
    for family, rows in families:
        for name, row in rows.items():
            severity = row.pop("severity", _SEVERITY.get(row["kind"], "error"))
            if name in found or row["kind"] not in KINDS or severity not in SEVERITIES:
                raise ValueError(f"rules.yaml: {name} is there twice or of no known kind")
            found[name] = Rule(name, family, severity=severity, **row)
    return found


def as_drawing(problem: Problem) -> Problem:
    """Return a finding as it weighs in a drawing: what may be left open there forbids nothing."""
    known = table().get(problem.rule)
    return replace(problem, kind="house") if known is not None and known.open else problem


def rule(name: str) -> Rule:
    """Return a rule by its name."""
    return table()[name]


def of_node(name: str, model: ProcessModel, node: Node | Flow, /, **facts: Any) -> Problem:
    """Return a finding about a node or a flow of a process."""
    return table()[name].problem(
        file=model.file, line=node.line, element=node.id, process=model.id, **facts
    )


def of_process(name: str, model: ProcessModel, /, **facts: Any) -> Problem:
    """Return a finding about a process as a whole."""
    return table()[name].problem(
        file=model.file, line=model.line, element=model.id, process=model.id, **facts
    )


def of_file(name: str, file: str, line: int | None = None, /, **facts: Any) -> Problem:
    """Return a finding about a file as a whole."""
    return table()[name].problem(file=file, line=line, element=None, **facts)
