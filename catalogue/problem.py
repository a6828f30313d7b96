"""Problem: what every checker of files and diagrams returns.

A checker never stops at the first fault: it returns all of them, each with a rule that has a
name, a place that can be shown, and a sentence for the person who must mend it. The shape of
`as_json` is a promise to outside programs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = frozenset(
    {"unreadable", "invalid", "unsupported", "unsafe", "unsound", "unproven", "style", "house"}
)
SEVERITIES = ("error", "warning", "hint")


@dataclass(frozen=True)
class Problem:
    """One fault of one file.

    `element` is what the rule points at, `elements` all that take part, `path` the steps that
    lead there, each `{"element": …, "flow": …}`.
    """

    rule: str
    kind: str
    file: str
    line: int | None
    element: str | None
    message: str
    message_zh: str = ""
    severity: str = "error"
    process: str | None = None
    elements: tuple[str, ...] = ()
    path: tuple[Mapping[str, str | None], ...] = field(default=(), hash=False)

    def as_json(self) -> dict[str, Any]:
        """Return the fixed shape that `check --json` prints."""
        return {
            "file": self.file,
            "process": self.process,
            "element": self.element,
            "elements": list(self.elements),
            "line": self.line,
            "rule": self.rule,
            "kind": self.kind,
            "severity": self.severity,
            "message": self.message,
            "message_zh": self.message_zh,
            "path": [dict(step) for step in self.path],
        }

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.rule}: {self.message}"


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems by file, then line, then rule, as a reader goes through them."""
    return sorted(problems, key=lambda one: (one.file, one.line or 0, one.rule, one.element or ""))
