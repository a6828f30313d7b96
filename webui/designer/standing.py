"""Standing: what is deployed, who calls whom, and at which elements running cases wait.

A task names the element it waits at, and the process its instance was started with; an element
of a called process is therefore looked for in every process that the started one calls. On the
calling diagram it is counted at the call.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn import parser, soundness
from engine.bpmn.model import Node, Parsed, ProcessModel
from engine.bpmn.soundness import Proof
from engine.models import Definition, Deployment, Instance, SourceFile, Task
from webui import diagram_names

WAITING = ("open", "claimed")
PATIENCE = 1.0  # seconds that a page waits for a proof


@dataclass(frozen=True)
class Line:
    """One process of the list, in its newest version."""

    definition: Definition
    deployment: Deployment
    running: int
    callers: tuple[str, ...]
    name: str

    @property
    def shared(self) -> bool:
        """Whether other processes call it."""
        return bool(self.callers)


@dataclass(frozen=True)
class Place:
    """An element of a process and how many tasks wait there."""

    element: str
    name: str
    count: int


def newest(session: Session) -> list[tuple[Definition, Deployment]]:
    """Return the newest version of every process with its deployment, by key."""
    last = (
        select(Definition.key, func.max(Definition.version).label("version"))
        .where(Definition.kind == "process")
        .group_by(Definition.key)
        .subquery()
    )
    found = session.execute(
        select(Definition, Deployment)
        .join(Deployment, Deployment.id == Definition.deployment_id)
        .join(last, (last.c.key == Definition.key) & (last.c.version == Definition.version))
        .where(Definition.kind == "process")
        .order_by(Definition.key)
    )
    return [(definition, deployment) for definition, deployment in found]


def versions(session: Session, key: str) -> list[tuple[Definition, Deployment, int]]:
    """Return all versions of a process, newest first, with the cases that run on each."""
    running = _pairs(
        session.execute(
            select(Instance.version, func.count())
            .where(Instance.process_key == key, Instance.ended_at.is_(None))
            .group_by(Instance.version)
        )
    )
    found = session.execute(
        select(Definition, Deployment)
        .join(Deployment, Deployment.id == Definition.deployment_id)
        .where(Definition.kind == "process", Definition.key == key)
        .order_by(Definition.version.desc())
    )
    return [(one, deployment, running.get(one.version, 0)) for one, deployment in found]


def models(session: Session) -> Parsed:
    """Return the newest diagram of every process, read together so that calls are known."""
    found = newest(session)
    contents = _pairs(
        session.execute(
            select(SourceFile.sha256, SourceFile.content).where(
                SourceFile.sha256.in_({definition.sha256 for definition, _ in found})
            )
        )
    )
    # Two processes may come from files of one name; the fingerprint tells those apart.
    files = {f"{one.sha256}.bpmn": contents[one.sha256] for one, _ in found}
    return parser.parse(files)


def lines(session: Session) -> list[Line]:
    """Return the list of processes; a called one counts no cases of its own."""
    parsed = models(session)
    running = _pairs(
        session.execute(
            select(Instance.process_key, func.count())
            .where(Instance.ended_at.is_(None))
            .group_by(Instance.process_key)
        )
    )
    return [
        Line(
            definition,
            deployment,
            running.get(definition.key, 0),
            callers(parsed, definition.key),
            _name(parsed, definition),
        )
        for definition, deployment in newest(session)
    ]


def _name(parsed: Parsed, definition: Definition) -> str:
    model = parsed.processes.get(definition.key)
    return diagram_names.shown(model) if model else definition.name or definition.key


def proof(parsed: Parsed, model: ProcessModel) -> Proof:
    """Return what is known of the soundness of a process, with the newest of those it calls."""
    return soundness.prove({**parsed.processes, model.id: model}, model.id, seconds=PATIENCE)


def callers(parsed: Parsed, key: str) -> tuple[str, ...]:
    """Return the processes that call a process, in the order of their keys."""
    return tuple(
        sorted(
            model.id
            for model in parsed.processes.values()
            if any(node.called == key for node in model.calls())
        )
    )


def steps(model: ProcessModel) -> list[Node]:
    """Return the elements with a name, in the order of the file, which is that of the drawing."""
    return [node for node in model.nodes.values() if node.name]


def waiting(session: Session, parsed: Parsed, model: ProcessModel) -> list[Place]:
    """Return the elements of a process at which tasks wait, in the order of the file."""
    found: Counter[str] = Counter()
    rows: Any = session.execute(
        select(Task.process_key, Task.element, func.count())
        .where(Task.state.in_(WAITING))
        .group_by(Task.process_key, Task.element)
    )
    for root, element, count in rows:
        if model.id not in _reached(parsed, root):
            continue
        if element in model.nodes:
            found[element] += count
            continue
        calls = [
            node.id
            for node in model.calls()
            if any(
                element in parsed.processes[key].nodes
                for key in _reached(parsed, str(node.called))
                if key in parsed.processes
            )
        ]
        if len(calls) == 1:  # two calls of one process cannot be told apart from the task alone
            found[calls[0]] += count
    return [
        Place(node.id, diagram_names.shown(node), found[node.id])
        for node in model.nodes.values()
        if found[node.id]
    ]


def _pairs(rows: Any) -> dict[Any, Any]:
    return {key: value for key, value in rows}


def _reached(parsed: Parsed, root: str) -> set[str]:
    seen: set[str] = set()
    todo = [root]
    while todo:
        key = todo.pop()
        if key not in seen:
            seen.add(key)
            model = parsed.processes.get(key)
            todo += [str(node.called) for node in model.calls()] if model else []
    return seen
