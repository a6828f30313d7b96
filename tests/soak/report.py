"""The report of a soak: when, on what machine, how much of what, from which seed, how long."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "soak"


@dataclass
class Line:
    """One test: what it did and how it ended."""

    name: str
    facts: dict[str, object] = field(default_factory=dict)
    seconds: float = 0.0
    outcome: str = "not finished"


@dataclass
class Report:
    """All lines of one run."""

    seed: int
    share: float
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    lines: dict[str, Line] = field(default_factory=dict)

    def line(self, name: str) -> Line:
        """Return the line of a test, made when it is asked for first."""
        return self.lines.setdefault(name, Line(name))

    def text(self) -> str:
        """Return the report as Markdown."""
        spent = sum(line.seconds for line in self.lines.values())
        head = [
            f"# Soak of {self.began:%Y-%m-%d %H:%M} UTC",
            "",
            f"Revision {revision()}.",
            "",
            f"Machine: {machine()}.",
            f"Seed {self.seed} (`SOAK_SEED={self.seed} make soak` repeats the random choices), "
            f"{self.share:.0%} of the counts, {spent / 60:.1f} minutes.",
            "",
            "| what | how much | seconds | outcome |",
            "| --- | --- | ---: | --- |",
        ]
        for line in self.lines.values():
            name = line.name.removeprefix("test_").replace("_", " ")
            facts = ", ".join(f"{what} {count}" for what, count in line.facts.items())
            head.append(f"| {name} | {facts} | {line.seconds:.0f} | {line.outcome} |")
        return "\n".join(head) + "\n"

    def write(self, folder: Path) -> Path:
        """Write the report under its date and return where."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.began:%Y-%m-%d-%H%M}.md"
        path.write_text(self.text(), "utf-8")
        return path


def machine() -> str:
    """Say on what this ran."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    parts = [f"{platform.machine()}, {os.cpu_count()} cores", f"{memory:.0f} GiB"]
    parts += [f"{platform.system()} {platform.release()}", f"Python {platform.python_version()}"]
    parts += [f"SQLAlchemy {version('SQLAlchemy')}", f"load {load:.1f} at the end"]
    return ", ".join(parts)


def revision() -> str:
    """Say what was tested."""
    command = ["git", "describe", "--always", "--dirty"]
    found = subprocess.run(command, cwd=FOLDER.parents[1], capture_output=True, text=True)
    return found.stdout.strip() or "unknown"
