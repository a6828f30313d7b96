"""Checking: everything that is wrong with a set of files, before any of it is deployed.

Diagrams, forms and decisions are looked at together; `parts` says what they name of one another.
The first four kinds of problem forbid a deployment; the profile `release` adds soundness and the
rules of this domain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from catalogue.problem import Problem, in_order
from engine.bpmn import decisions, parser
from engine.bpmn.checks import house, names
from engine.bpmn.checks.house import BY_HAND
from engine.bpmn.checks.rules import of_file, of_process, rule
from engine.bpmn.decisions import DecisionModel
from engine.bpmn.model import Node, Parsed, ProcessModel
from engine.bpmn.soundness import Proof
from engine.process import archives, decision_keys, forms, parts, proving
from engine.process.forms import Form
from engine.process.parts import LONGEST_ID, decisions_of, form_file

__all__ = ["PROFILES", "Report", "check", "decisions_of", "form_file", "sha256", "type_of"]

PROFILES = ("bpmn", "release")
TYPES = {".bpmn": "bpmn", ".xml": "bpmn", ".form": "form", ".dmn": "dmn", ".zip": "archive"}
LONGEST_FILE = 200
_ALWAYS_ERRORS = frozenset({"unreadable", "invalid", "unsupported", "unsafe"})
_RELEASE_ERRORS = _ALWAYS_ERRORS | {"unsound", "unproven", "house"}


@dataclass
class Report:
    """What was found in a set of files."""

    profile: str
    files: Mapping[str, bytes]
    parsed: Parsed
    forms: dict[str, Form] = field(default_factory=dict)  # by file
    decisions: dict[str, DecisionModel] = field(default_factory=dict)  # by file
    problems: list[Problem] = field(default_factory=list)
    proofs: dict[str, Proof] = field(default_factory=dict)  # by process

    @property
    def errors(self) -> list[Problem]:
        """The problems that forbid a deployment."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def ok(self) -> bool:
        """Whether the files may be deployed."""
        return not self.errors

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `check --json` promises."""
        return {
            "profile": self.profile,
            "ok": self.ok,
            "files": [
                {"file": name, "type": type_of(name), "sha256": sha256(data)}
                for name, data in self.files.items()
            ],
            "processes": [
                {
                    "file": model.file,
                    "process": model.id,
                    "executable": model.executable,
                    "soundness": self.proofs.get(model.id, proving.NOT_ASKED).as_json(),
                }
                for model in self.parsed.processes.values()
            ],
            "problems": [problem.as_json() for problem in self.problems],
        }


def check(
    files: Mapping[str, bytes],
    *,
    profile: str = "bpmn",
    operations: frozenset[str] | None = None,
    known: Callable[[str], bool] | None = None,
    decided: Callable[[str], bool] | None = None,
    probes: frozenset[str] = frozenset(),
    drawings: bool = False,
    style: bool = False,
) -> Report:
    """Check files together.

    Args:
        files: names, with folders where they come from some, and bytes.
        profile: `bpmn` or `release`.
        operations: what is plugged in; None leaves that unasked.
        known: tells whether a process that is not in the files was deployed before; without it a
            missing process is a warning, because it may be deployed elsewhere.
        decided: the same for decisions.
        probes: functions that scripts may call beside the usual ones; for `trace` only.
        drawings: whether processes run that are not marked as executable; for `trace` only.
        style: whether what is unclear or badly drawn is told too; it forbids nothing.
    """
    parsed = parser.parse(files, probes=probes, drawings=drawings, style=style)
    report = Report(profile, files, parsed)
    found = [*parsed.problems, *_files(report), *_decisions(report)]
    people = {
        n.id for m in parsed.processes.values() for n in m.nodes.values() if n.kind in BY_HAND
    }
    for model in parsed.processes.values():
        if not model.executable:
            found.append(of_process("drawing-only", model))
            continue
        found += parts.ids(model)
        found += parts.operations(model, operations)
        found += parts.forms(model, files)
        found += parts.called(model, parsed.processes, known)
        found += parts.asked(model, report.decisions, decided)
        found += house.problems(model, people)
    if style:
        found += names.problems(parsed.processes, partial(_fields, report))
    report.proofs = proving.prove_all(parsed.processes)
    found += [one for proof in report.proofs.values() for one in proof.problems]
    told = (one for one in found if style or one.severity != "hint")
    report.problems = in_order(dict.fromkeys(_graded(one, profile) for one in told))
    return report


def _fields(report: Report, model: ProcessModel, node: Node) -> frozenset[str]:
    """Return what the form of a task writes; of a form that is not here nobody knows."""
    key = node.extensions.form
    if not key:
        return frozenset()
    file = form_file(model.file, key, report.forms)
    return frozenset(report.forms[file].fields) if file else frozenset({names.ANYTHING})


def _files(report: Report) -> Iterator[Problem]:
    """Read the forms, and name the files that are nothing known."""
    for name, data in report.files.items():
        kind = type_of(name)
        if kind == "form":
            form, problems = forms.parse(data, name)
            yield from problems
            if form is not None:
                report.forms[name] = form
        elif kind == "archive":
            yield from _archive(name, data)
        elif kind not in ("bpmn", "dmn"):
            yield of_file("file-type", name)
        if len(name) > LONGEST_FILE:
            yield of_file("file-name", name)


def type_of(name: str) -> str | None:
    """Return what a file is by its name: bpmn, form, dmn, or None."""
    return TYPES.get(PurePosixPath(name.lower()).suffix)


def sha256(data: bytes) -> str:
    """Return the name of a content."""
    return hashlib.sha256(data).hexdigest()


def _archive(name: str, data: bytes) -> Iterator[Problem]:
    """Say why an archive was not opened; one that can be is opened before files are checked."""
    try:
        archives.unpack(data)
    except archives.ArchiveRefused as refused:
        yield of_file("archive", name, reason=refused)
    else:
        yield of_file("file-type", name)


def _decisions(report: Report) -> Iterator[Problem]:
    """Read the files of decisions together, and say what is wrong with them."""
    files = {name: data for name, data in report.files.items() if type_of(name) == "dmn"}
    report.decisions, problems = decisions.parse_all(files)
    yield from problems
    for key, found in decision_keys.by_key(report.decisions).items():
        if len(key) > LONGEST_ID:
            yield rule("id-too-long").problem(
                file=found.file, line=None, element=found.element, limit=LONGEST_ID
            )
    for model in report.decisions.values():
        yield from decisions.check_tables(model)


def _graded(problem: Problem, profile: str) -> Problem:
    """An error for one profile may be a warning for another; hints stay hints."""
    errors = _RELEASE_ERRORS if profile == "release" else _ALWAYS_ERRORS
    if problem.kind in errors or problem.severity != "error":
        return problem
    return replace(problem, severity="warning")
