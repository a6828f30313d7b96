"""Findings: what a check of uploaded files found, grouped by file, in the reader's language.

A diagram that can be drawn comes with its findings, so that the page can mark them at their
elements. Nothing of a refused upload is stored: the drawing travels in the page itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalogue.problem import SEVERITIES, Problem
from engine.bpmn import xml
from engine.bpmn.errors import XMLRefused
from webui import i18n

LARGEST_DRAWING = 400_000  # characters; a page with more would be slow to open
MOST_DRAWINGS = 5
MOST_TOLD = 200  # of one file
_MARKS = {"error": "bad", "warning": "now"}


@dataclass(frozen=True)
class Line:
    """One finding in words."""

    problem: Problem
    text: str


@dataclass(frozen=True)
class Found:
    """What was found in one file."""

    file: str
    lines: tuple[Line, ...]
    more: int  # that are not told
    drawing: str | None = None

    @property
    def marks(self) -> str:
        """The elements to mark in the drawing, as its script reads them.

        The path to the first fault that has one is drawn as the way that a case has gone.
        """
        marks: dict[str, str] = {}
        for line in reversed(self.lines):  # the gravest are first, and win
            how = _MARKS.get(line.problem.severity)
            marks |= dict.fromkeys(line.problem.elements, how) if how else {}
        path = next((line.problem.path for line in self.lines if line.problem.path), ())
        for element in {one for step in path for one in step.values() if one}:
            marks[element] = f"passed {marks[element]}" if element in marks else "passed"
        return json.dumps({"marks": marks})


def by_file(problems: Iterable[Problem], files: Mapping[str, bytes]) -> list[Found]:
    """Return the findings of each file that has some, the gravest first."""
    chinese = i18n.language() == "zh"
    groups: dict[str, list[Line]] = {}
    for one in sorted(problems, key=lambda one: (SEVERITIES.index(one.severity), one.line or 0)):
        text = one.message_zh if chinese and one.message_zh else one.message
        groups.setdefault(one.file, []).append(Line(one, text))
    found: list[Found] = []
    for file in sorted(groups, key=lambda file: (-_errors(groups[file]), file)):
        lines = groups[file]
        drawn = len([one for one in found if one.drawing]) < MOST_DRAWINGS
        drawing = _drawing(files.get(file, b""), file) if drawn else None
        found.append(Found(file, tuple(lines[:MOST_TOLD]), len(lines[MOST_TOLD:]), drawing))
    return found


def _errors(lines: list[Line]) -> int:
    return sum(line.problem.severity == "error" for line in lines)


def _drawing(data: bytes, file: str) -> str | None:
    """Return the text of a diagram that has a drawing; None when there is nothing to show."""
    if not file.lower().endswith((".bpmn", ".xml")) or b"BPMNShape" not in data:
        return None
    try:
        text = xml.rewritten(data, file)
    except XMLRefused:
        return None
    return text if len(text) <= LARGEST_DRAWING else None
