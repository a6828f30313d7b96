"""Parts: what the files of one check name of one another, and what nobody has plugged in.

A form that is missing, an operation that nobody knows, a called process or a decision that is not
there. What may have been deployed before is asked; where nobody can be asked it is a rule of the
house, because the files may be deployed elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from catalogue.problem import Problem
from engine.bpmn.checks.rules import of_node, of_process
from engine.bpmn.decisions import DecisionModel
from engine.bpmn.model import Node, ProcessModel
from engine.process import decision_keys

LONGEST_ID = 120
Known = Callable[[str], bool]


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


def decisions_of(model: ProcessModel) -> list[str]:
    """Return the keys of the decisions that the tasks of a process ask."""
    return [str(one.extensions.decision) for one in model.nodes.values() if asks_decision(one)]


def asks_decision(node: Node) -> bool:
    """Tell whether a node asks a decision."""
    more = node.extensions
    return node.kind == "businessRuleTask" and bool(
        more.decision and not (more.operation or more.connector)
    )


def ids(model: ProcessModel) -> Iterator[Problem]:
    """Ids, and names of what events wait for, that the tables have no room for."""
    if len(model.id) > LONGEST_ID:
        yield of_process("id-too-long", model, limit=LONGEST_ID)
    for node in model.nodes.values():
        if len(node.id) > LONGEST_ID:
            yield of_node("id-too-long", model, node, limit=LONGEST_ID)
        for event in (node.event, *node.event.parts):
            if max(len(event.name or ""), len(event.code or "")) > LONGEST_ID:
                yield of_node("name-too-long", model, node, limit=LONGEST_ID)


def operations(model: ProcessModel, plugged: frozenset[str] | None) -> Iterator[Problem]:
    """Operations that nobody plugged in; None leaves that unasked."""
    for node in model.nodes.values():
        call = node.extensions.operation
        if call is not None and plugged is not None and call.name not in plugged:
            yield of_node("operation-unknown", model, node, name=call.name)


def forms(model: ProcessModel, names: Mapping[str, Any]) -> Iterator[Problem]:
    """Forms that are not among the files."""
    for node in model.nodes.values():
        key = node.extensions.form
        if key and form_file(model.file, key, names) is None:
            yield of_node("form-missing", model, node, form=key)


def called(
    model: ProcessModel, there: Mapping[str, ProcessModel], known: Known | None
) -> Iterator[Problem]:
    """Called processes that are neither among the files nor deployed."""
    for node in model.calls():
        if node.called not in there and not (known is not None and known(str(node.called))):
            found = of_node("called-process-missing", model, node, called=node.called)
            yield found if known is None else replace(found, kind="invalid")


def asked(
    model: ProcessModel, decisions: Mapping[str, DecisionModel], decided: Known | None
) -> Iterator[Problem]:
    """Decisions that are neither among the files nor deployed."""
    there = decision_keys.by_key(decisions)
    for node in filter(asks_decision, model.nodes.values()):
        key = str(node.extensions.decision)
        if key not in there and not (decided is not None and decided(key)):
            found = of_node("decision-missing", model, node, decision=key)
            yield found if decided is None else replace(found, kind="invalid")
