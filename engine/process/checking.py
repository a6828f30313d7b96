"""Checking: everything that is wrong with a set of files, before any of it is deployed.

Diagrams, forms and what they name of one another are looked at together: a form that is missing,
an operation that nobody plugged in, a called process that is not there. The first four kinds of
problem forbid a deployment; the profile `release` adds the rules of this domain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from catalogue.problem import Problem, in_order
from engine.bpmn import decisions, parser
from engine.bpmn.decisions import DecisionModel
from engine.bpmn.model import Node, Parsed, ProcessModel
from engine.bpmn.soundness import Proof
from engine.process import decision_keys, forms, proving
from engine.process.forms import Form

PROFILES = ("bpmn", "release")
TYPES = {".bpmn": "bpmn", ".xml": "bpmn", ".form": "form", ".dmn": "dmn"}
LONGEST_ID = 120
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
    """
    report = Report(profile, files, parser.parse(files, probes=probes, drawings=drawings))
    found = list(report.parsed.problems)
    for name, data in files.items():
        kind = type_of(name)
        if kind == "form":
            form, problems = forms.parse(data, name)
            found += problems
            if form is not None:
                report.forms[name] = form
        elif kind not in ("bpmn", "dmn"):
            found.append(_unknown_file(name))
        if len(name) > LONGEST_FILE:
            found.append(
                _file_problem("file-name", "invalid", name, "its name is too long", "文件名过长")
            )
    found += _decisions(report)
    for model in report.parsed.processes.values():
        if model.executable:
            found += _references(model, report, operations, known)
            found += _asked(model, report, decided)
    report.proofs = proving.prove_all(report.parsed.processes)
    found += [one for proof in report.proofs.values() for one in proof.problems]
    report.problems = in_order(dict.fromkeys(_graded(one, profile) for one in found))
    return report


def type_of(name: str) -> str | None:
    """Return what a file is by its name: bpmn, form, dmn, or None."""
    return TYPES.get(PurePosixPath(name.lower()).suffix)


def sha256(data: bytes) -> str:
    """Return the name of a content."""
    return hashlib.sha256(data).hexdigest()


def form_file(process_file: str, key: str, names: Mapping[str, Any]) -> str | None:
    """Return the file of a form: beside the process, else the only one of that name.

    Args:
        process_file: the name of the file of the process that asks.
        key: what the task calls the form.
        names: the files to choose from.
    """
    wanted = f"{key}.form"
    beside = str(PurePosixPath(process_file).parent / wanted)
    if beside in names:
        return beside
    same = [name for name in names if PurePosixPath(name).name == PurePosixPath(wanted).name]
    return same[0] if len(same) == 1 else None


def _references(
    model: ProcessModel,
    report: Report,
    operations: frozenset[str] | None,
    known: Callable[[str], bool] | None,
) -> Iterator[Problem]:
    if len(model.id) > LONGEST_ID:
        yield _problem(model, None, "id-too-long", "unsupported", "its id is too long", "标识过长")
    for node in model.nodes.values():
        more = node.extensions
        if len(node.id) > LONGEST_ID:
            yield _problem(
                model, node, "id-too-long", "unsupported", "its id is too long", "标识过长"
            )
        if more.operation and operations is not None and more.operation.name not in operations:
            name = more.operation.name
            en, zh = f"there is no operation {name}", f"没有操作 {name}"
            yield _problem(model, node, "operation-unknown", "unsupported", en, zh)
        if more.form and form_file(model.file, more.form, report.files) is None:
            en, zh = f"there is no form {more.form}", f"没有表单 {more.form}"
            yield _problem(model, node, "form-missing", "house", en, zh)
        if node.kind == "callActivity" and node.called not in report.parsed.processes:
            yield from _missing_process(model, node, known)


def decisions_of(model: ProcessModel) -> list[str]:
    """Return the keys of the decisions that the tasks of a process ask."""
    return [str(one.extensions.decision) for one in model.nodes.values() if _asks_decision(one)]


def _asks_decision(node: Node) -> bool:
    more = node.extensions
    return node.kind == "businessRuleTask" and bool(
        more.decision and not (more.operation or more.connector)
    )


def _decisions(report: Report) -> Iterator[Problem]:
    """Read the files of decisions together, and say what is wrong with them."""
    files = {name: data for name, data in report.files.items() if type_of(name) == "dmn"}
    report.decisions, problems = decisions.parse_all(files)
    yield from problems
    for key, found in decision_keys.by_key(report.decisions).items():
        if len(key) > LONGEST_ID:
            en, zh = f"the id {key[:40]}… is too long", f"标识 {key[:40]}… 过长"
            yield _file_problem("id-too-long", "unsupported", found.file, en, zh, found.element)
    for model in report.decisions.values():
        yield from decisions.check_tables(model)


def _asked(
    model: ProcessModel, report: Report, decided: Callable[[str], bool] | None
) -> Iterator[Problem]:
    there = decision_keys.by_key(report.decisions)
    for node in filter(_asks_decision, model.nodes.values()):
        key = str(node.extensions.decision)
        if key in there or (decided is not None and decided(key)):
            continue
        en, zh = f"there is no decision {key}", f"没有决策 {key}"
        kind = "house" if decided is None else "invalid"
        yield _problem(model, node, "decision-missing", kind, en, zh)


def _missing_process(
    model: ProcessModel, node: Node, known: Callable[[str], bool] | None
) -> Iterator[Problem]:
    if known is not None and known(str(node.called)):
        return
    en, zh = f"the called process {node.called} is not here", f"没有被调流程 {node.called}"
    kind = "house" if known is None else "invalid"
    yield _problem(model, node, "called-process-missing", kind, en, zh)


def _graded(problem: Problem, profile: str) -> Problem:
    """An error for one profile may be a warning for another; hints stay hints."""
    errors = _RELEASE_ERRORS if profile == "release" else _ALWAYS_ERRORS
    if problem.kind in errors or problem.severity != "error":
        return problem
    return replace(problem, severity="warning")


def _unknown_file(name: str) -> Problem:
    en = "only .bpmn, .xml, .dmn and .form files are read"
    zh = "只读取 .bpmn、.xml、.dmn、.form 文件"
    return _file_problem("file-type", "unreadable", name, en, zh)


def _file_problem(
    rule: str, kind: str, name: str, en: str, zh: str, element: str | None = None
) -> Problem:
    return Problem(rule, kind, name, None, element, f"{name}: {en}.", f"{name}：{zh}。")


def _problem(
    model: ProcessModel, node: Node | None, rule: str, kind: str, en: str, zh: str
) -> Problem:
    element = node.id if node else model.id
    return Problem(
        rule=rule,
        kind=kind,
        file=model.file,
        line=node.line if node else model.line,
        element=element,
        message=f"{element}: {en}.",
        message_zh=f"{element}：{zh}。",
        process=model.id,
        elements=(element,),
    )
