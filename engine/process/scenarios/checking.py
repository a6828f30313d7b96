"""Checking scenarios: every scenario of a set of files, played, and what they cover together.

The answer is for whoever draws the process: which scenario differs from what it says, at which
step, what was expected and what was got; and which elements no scenario passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from catalogue.problem import Problem, in_order
from engine.bpmn import parser
from engine.bpmn.activities import OperationContext
from engine.bpmn.bundle import Bundle
from engine.bpmn.model import Parsed
from engine.bpmn.waits import ReadyTask
from engine.errors import EngineError
from engine.process import checking, decisions
from engine.process.checking import Report
from engine.process.decisions import Pinned
from engine.process.forms import Form
from engine.process.scenarios import coverage, playing, reading
from engine.process.scenarios.coverage import Coverage
from engine.process.scenarios.playing import Played
from engine.process.scenarios.reading import Placed


@dataclass
class ScenarioReport:
    """What became of the scenarios of a set of files."""

    played: list[Played] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)  # of the scenario files
    coverage: list[Coverage] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all could be read and came out as they say."""
        return not self.problems and all(one.ok for one in self.played)

    def as_json(self) -> dict[str, Any]:
        """Return what `check --scenarios --json` adds to its object."""
        return {
            "scenarios": [_as_json(one) for one in self.played],
            "coverage": [one.as_json() for one in self.coverage],
        }

    def __str__(self) -> str:
        lines = []
        for one in self.played:
            if not one.ok:
                lines.append(f"FAILED {_named(one.placed)}")
                lines += [str(difference) for difference in one.differences]
        lines += [f"coverage: {one}" for one in self.coverage]
        failed = sum(not one.ok for one in self.played)
        lines.append(f"scenarios: {len(self.played)} played, {failed} failed")
        return "\n".join(lines)


def check(files: Mapping[str, bytes], models: Report) -> ScenarioReport:
    """Play the scenarios of a set of files.

    Args:
        files: names and bytes of the scenario files.
        models: the diagrams and decisions, as `engine.process.checking.check` returns them.
    """
    report = ScenarioReport()
    parsed, decide, form_of = models.parsed, partial(_decide, models), partial(_form_of, models)
    bundles: dict[str, Bundle | None] = {}
    concerned: set[str] = set()
    for name, data in sorted(files.items()):
        scenarios, problems = reading.parse(data, name)
        report.problems += problems
        for placed in scenarios:
            if placed.process not in bundles:
                bundles[placed.process] = _bundle(placed, parsed, report)
            bundle = bundles[placed.process]
            if bundle is not None:
                concerned |= set(bundle.models)
                report.problems += _unknown(placed, bundle)
                report.played.append(playing.play(placed, bundle, decide, form_of))
    passed = [parsed.processes[key] for key in concerned]
    report.coverage = coverage.measure(passed, report.played)
    report.problems = in_order(report.problems)
    return report


def _decide(models: Report, context: OperationContext) -> Mapping[str, Any]:
    """Make a decision with the table that lies among the files."""
    for name, model in models.decisions.items():
        decision = model.decision(context.name)
        if decision is not None:
            digest = checking.sha256(models.files[name])
            return decisions.decide(Pinned(model, decision, digest), context).variables
    return decisions.decide(None, context).variables


def _form_of(models: Report, task: ReadyTask) -> Form | None:
    """Return the form of a task, when it lies among the files."""
    if task.extensions.form is None:
        return None
    file = models.parsed.processes[task.process].file
    return models.forms.get(checking.form_file(file, task.extensions.form, models.forms) or "")


def _bundle(placed: Placed, parsed: Parsed, report: ScenarioReport) -> Bundle | None:
    try:
        return parser.bundle_of(parsed, placed.process)
    except EngineError as error:
        message = f"process: {placed.process} cannot be played: {error}"
        report.problems.append(placed.source.problem("scenario-process", ("process",), message))
        return None


def _unknown(placed: Placed, bundle: Bundle) -> list[Problem]:
    """Return a problem for each element that a scenario names and no diagram has."""
    known = {name for model in bundle.models.values() for name in (*model.nodes, *model.flows)}
    found = []
    for at, name in reading.elements(placed.scenario):
        if name not in known:
            place = ("scenarios", placed.number, *at)
            message = f"{'.'.join(map(str, place))}: no process here has an element {name}"
            found.append(placed.source.problem("scenario-element", place, message))
    return found


def _as_json(one: Played) -> dict[str, Any]:
    return {
        "file": one.placed.source.file,
        "line": one.placed.line(),
        "process": one.placed.process,
        "name": one.placed.scenario.name,
        "ok": one.ok,
        "steps": len(one.placed.scenario.steps),
        "differences": [difference.as_json() for difference in one.differences],
    }


def _named(placed: Placed) -> str:
    place = f"{placed.source.file}:{placed.line()}"
    return f"{placed.process}: {placed.scenario.name} ({place})"
