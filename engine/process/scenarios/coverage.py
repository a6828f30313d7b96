"""Coverage: which elements and flows of a process its scenarios have passed, and how often.

A process is covered by whatever passes it: also by the scenarios of those that call it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.bpmn.model import ProcessModel
from engine.process.scenarios.playing import Played


@dataclass(frozen=True)
class Share:
    """How much of one kind was passed."""

    total: int
    missing: tuple[str, ...]

    @property
    def value(self) -> float:
        """The share, from 0 to 1."""
        return 1.0 if not self.total else 1 - len(self.missing) / self.total

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `check --scenarios --json` prints."""
        passed = self.total - len(self.missing)
        share = round(self.value, 4)
        return {"total": self.total, "passed": passed, "share": share, "missing": [*self.missing]}

    def __str__(self) -> str:
        return f"{self.total - len(self.missing)} of {self.total} ({self.value:.0%})"


@dataclass(frozen=True)
class Coverage:
    """One process: what was passed, and how often each element and flow."""

    process: str
    file: str
    elements: Share
    flows: Share
    counts: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `check --scenarios --json` prints."""
        return {
            "process": self.process,
            "file": self.file,
            "elements": self.elements.as_json(),
            "flows": self.flows.as_json(),
            "counts": self.counts,
        }

    def __str__(self) -> str:
        text = f"{self.process}: {self.elements} elements, {self.flows} flows"
        missing = [*self.elements.missing, *self.flows.missing]
        return f"{text}; not passed: {', '.join(missing)}" if missing else text


def measure(models: Iterable[ProcessModel], played: Iterable[Played]) -> list[Coverage]:
    """Return the coverage of processes by scenarios that were played."""
    passed: Counter[tuple[str, str]] = Counter()
    for one in played:
        passed.update(one.path)
    return [_of(model, passed) for model in sorted(models, key=lambda model: model.id)]


def _of(model: ProcessModel, passed: Counter[tuple[str, str]]) -> Coverage:
    names = [*model.nodes, *model.flows]
    counts = {name: passed[model.id, name] for name in names}
    return Coverage(
        model.id,
        model.file,
        Share(len(model.nodes), tuple(name for name in model.nodes if not counts[name])),
        Share(len(model.flows), tuple(name for name in model.flows if not counts[name])),
        counts,
    )
