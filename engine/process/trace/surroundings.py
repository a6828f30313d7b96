"""Surroundings: what takes the place of the program around a traced diagram.

Operations do nothing and return what was prepared for their element; offices that variables name
are made, so that tasks can belong to them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine.bpmn.model import ProcessModel
from engine.models import Office
from engine.process.operations import Operation, OperationCall

Variables = Mapping[str, Any]
Results = Mapping[str, deque[Variables]]
Note = Callable[[str, Sequence[Any]], None]


def operations(
    models: Mapping[str, ProcessModel], note: Note, results: Results
) -> dict[str, Operation]:
    """Return a stand-in for each operation that some diagrams name.

    Args:
        models: the processes.
        note: takes down each call, with its parameters.
        results: what to return, by element, oldest first; used up one by one.
    """
    nodes = [node for model in models.values() for node in model.nodes.values()]
    named = {node.extensions.operation.name for node in nodes if node.extensions.operation}
    return {name: _operation(name, note, results) for name in sorted(named)}


def _operation(name: str, note: Note, results: Results) -> Operation:
    def operation(call: OperationCall) -> Variables | None:
        note(name, [dict(call.parameters)])
        prepared = results.get(call.element)
        return prepared.popleft() if prepared else None

    return operation


def make_offices(session: Session, variables: Variables) -> None:
    """Make the offices that variables name."""
    for name, value in variables.items():
        wanted = name.endswith("_office") and isinstance(value, str) and 0 < len(value) <= 40
        if wanted and session.get(Office, value) is None:
            names = {"name": value, "name_en": value, "short_name": value}
            session.add(Office(id=value, **names, level="district", roles=[]))
    session.flush()
