"""Parser: files become models and problems; models become a bundle to execute.

`parse` never raises for what is wrong with a file: everything is a Problem. `bundle` takes the
same files and returns the frozen specifications of a process and of all it calls; it refuses
when an error concerns them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from catalogue.problem import Problem, in_order
from engine.bpmn import xml
from engine.bpmn.bundle import Bundle, build
from engine.bpmn.checks import calls, layout, lint, references, rules, standard, support, texts
from engine.bpmn.checks.source import NO, Source
from engine.bpmn.errors import BundleRefused, CalledProcessMissing, XMLRefused
from engine.bpmn.model import Node, Parsed, ProcessModel
from engine.bpmn.reader import Reader


def parse(
    files: Mapping[str, bytes],
    *,
    probes: frozenset[str] = frozenset(),
    drawings: bool = False,
    style: bool = False,
) -> Parsed:
    """Read BPMN files.

    Args:
        files: File names and bytes; names that do not end in `.bpmn` or `.xml` are left out.
        probes: Function names that scripts of this run may call beside the usual ones.
        drawings: Whether processes that are not marked as executable are treated as if they were,
            which is how a drawing is traced.
        style: Whether what is legal but unclear, or badly drawn, is told too.

    Returns:
        The processes by id and all problems in order of file and line.
    """
    parsed = Parsed()
    sources: dict[str, Source] = {}
    for name, data in files.items():
        if not name.lower().endswith((".bpmn", ".xml")):
            continue
        try:
            tree = xml.read(data, name)
        except XMLRefused as refused:
            parsed.problems.extend(refused.problems)
            continue
        sources[name] = _read(tree, name, parsed, probes, drawings)
    parsed.problems += references.imports(sources)
    if style:
        parsed.problems += _styles(files, sources)
    parsed.problems += calls.recursion(parsed)
    parsed.problems = in_order(parsed.problems)
    return parsed


def _styles(files: Mapping[str, bytes], sources: Mapping[str, Source]) -> list[Problem]:
    found: list[Problem] = []
    for name, source in sources.items():
        if xml.has_instruction(files[name]):
            found.append(rules.of_file("processing-instruction", name))
        found += [*lint.problems(source), *layout.problems(source)]
    return found


def bundle(
    files: Mapping[str, bytes],
    process_key: str,
    *,
    probes: frozenset[str] = frozenset(),
    drawings: bool = False,
) -> Bundle:
    """Build the specifications of a process and of every process it calls.

    Raises:
        BundleRefused: the process is not in the files, or has problems of severity error.
        CalledProcessMissing: a called process is not in the files.
    """
    parsed = parse(files, probes=probes, drawings=drawings)
    return bundle_of(parsed, process_key, probes=probes)


def bundle_of(parsed: Parsed, process_key: str, *, probes: frozenset[str] = frozenset()) -> Bundle:
    """Build from what `parse` returned; see `bundle`."""
    needed, missing = _reach(parsed, process_key)
    for model in needed.values():
        if not model.executable:
            raise BundleRefused(process_key, f"{model.id} is not marked as executable")
    concerned = {model.file for model in needed.values()}
    errors = [problem for problem in parsed.errors if problem.file in concerned]
    wrong = [p for p in errors if p.process is None or p.process in needed]
    if wrong:
        raise BundleRefused(process_key, wrong[0].message, wrong)
    if missing:
        raise CalledProcessMissing(element=missing[0].id, called=missing[0].called)
    return build(process_key, needed)


def called(parsed: Parsed, process_key: str) -> dict[str, ProcessModel]:
    """Return a process and all processes it calls, directly or through others, by id.

    Raises:
        BundleRefused: the process is not there.
        CalledProcessMissing: a called process is not there.
    """
    needed, missing = _reach(parsed, process_key)
    if missing:
        raise CalledProcessMissing(element=missing[0].id, called=missing[0].called)
    return needed


def _reach(parsed: Parsed, process_key: str) -> tuple[dict[str, ProcessModel], list[Node]]:
    """Return the processes reached by calls, and the calls that lead nowhere."""
    if process_key not in parsed.processes:
        first = parsed.errors[:1]
        reason = first[0].message if first else "there is no process with this id"
        raise BundleRefused(process_key, reason, parsed.errors)
    found: dict[str, ProcessModel] = {}
    missing: list[Node] = []
    todo = [process_key]
    while todo:
        model = parsed.processes[todo.pop()]
        if model.id in found:
            continue
        found[model.id] = model
        for node in model.calls():
            if node.called in parsed.processes:
                todo.append(str(node.called))
            else:
                missing.append(node)
    return found, missing


def _read(
    tree: Any, name: str, parsed: Parsed, probes: frozenset[str], drawings: bool = False
) -> Source:
    source = Source(tree, name, drawing=drawings)
    found = list(standard.problems(source))
    drawn = {process.id for process in source.of("process") if process.get("isExecutable") in NO}
    if not source.of("process"):
        found.append(source.problem("process-required", source.root))
    elements = [item.element for item in source.of("process")]
    for model, element in zip(Reader(tree, name).processes(), elements, strict=True):
        model = replace(model, executable=True) if drawings else model
        if model.id in parsed.processes:
            other = parsed.processes[model.id].file
            found.append(rules.of_process("duplicate-process", model, other=other))
            continue
        parsed.processes[model.id] = model
        if model.executable:
            found += [*support.refusals(model, element), *texts.problems(model, probes)]
    parsed.problems += [
        rules.as_drawing(one) if drawings or one.process in drawn else one for one in found
    ]
    return source
