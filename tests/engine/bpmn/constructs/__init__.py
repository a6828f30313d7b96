"""Constructs: what of BPMN is executed here and what is refused, each row a diagram that is run.

A row holds the smallest diagram with the construct. An executed one is played: what is entered, in
order, must be what the row says. A refused one must be refused by the rule, at the element.
docs/bpmn-support.md is written from these rows and from the table of rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from engine.bpmn import parser, timers, workflow
from engine.bpmn.journal import Entry
from engine.bpmn.waits import ReadyTask, Waiting
from engine.bpmn.workflow import Run
from tests.engine.bpmn.diagrams import Hands, document


@dataclass(frozen=True)
class Executed:
    """A construct that is executed as the standard says.

    `moves` are separated by blanks: an id completes the task, `!id` fires what waits at it,
    `m:name` and `s:name` bring a message or a signal, `+PT1H` lets time pass; a first move
    `@gateway:flow` chooses a flow. `entered` are the elements entered, in order; a dot says that
    the instance has ended.
    """

    family: str
    name: str
    xml: str
    entered: str
    moves: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    start: str | None = None
    open: str = ""  # the rule that keeps it from deployment: it is only traced


@dataclass(frozen=True)
class Stage:
    """What there is of an instance at one of its waits."""

    happened: list[Entry]  # since the wait before
    variables: dict[str, Any]
    blobs: dict[int, bytes]
    ready: list[ReadyTask]
    waiting: list[Waiting]
    ended: bool


@dataclass(frozen=True)
class Refused:
    """A construct that is refused by name: the rule, the element and why."""

    family: str
    name: str
    xml: str
    rule: str
    element: str
    why: str


def play(row: Executed) -> str:
    """Run the diagram of a row, saving and loading before every move; return what was entered."""
    stages = list(staged(row, saved=True))
    entered = [e.element for stage in stages for e in stage.happened if e.event == "entered"]
    return " ".join(entered + (["."] if stages[-1].ended else []))


def staged(row: Executed, saved: bool) -> Iterator[Stage]:
    """Run the diagram of a row and yield what there is at each wait.

    Args:
        row: what is run.
        saved: whether the instance is saved and loaded before every move, or stays in memory.
    """
    hands = Hands()
    made = parser.bundle({"row.bpmn": document(row.xml)}, "p", drawings=bool(row.open))
    run = workflow.start(made, row.variables, now=hands, element=row.start, operations=_operate)
    moves = row.moves.split()
    if moves and moves[0][0] == "@":
        gateway, flow = moves.pop(0)[1:].split(":")
        run.choose(gateway, [flow])
    run.advance()
    seen = 0
    yield _stage(run, seen)
    for move in moves:
        seen = 0 if saved else len(run.journal)
        if saved:
            run = workflow.load(made, run.dump(), now=hands, operations=_operate)
        _move(run, hands, move)
        run.advance()
        yield _stage(run, seen)


def _stage(run: Run, seen: int) -> Stage:
    blobs, ended = run.dump(), run.is_completed()
    return Stage(run.journal[seen:], run.variables, blobs, run.ready_tasks(), run.waiting(), ended)


def _operate(context: Any) -> dict[str, Any]:
    return {"called": context.name}


def _move(run: Run, hands: Hands, move: str) -> None:
    if move[0] == "+":
        hands.at += timedelta(seconds=timers.duration(move[1:]).rest.total_seconds())
        run.fire_timers(hands.at)
    elif move[0] == "!":
        assert run.fire(next(w.id for w in run.waiting() if w.element == move[1:]))
    elif move[:2] == "m:":
        assert run.deliver(move[2:])
    elif move[:2] == "s:":
        assert run.signal(move[2:])
    elif any(task.element == move for task in run.service_tasks()):
        run.complete(next(task.id for task in run.service_tasks() if task.element == move))
    else:
        run.complete(next(task.id for task in run.ready_tasks() if task.element == move))
