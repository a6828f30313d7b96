"""Steps: one durable step against bare statements, and against saving the whole workflow.

The naive way is what the library's own documentation shows: restore the workflow from its JSON,
complete the task, run on, serialise everything again; with the same history rows as ours.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from sqlalchemy import insert, select, text, update

from bench import place
from bench.place import CASEWORK, HERE, LOOP, MANY, Place, cpu_ms
from engine import garbage
from engine.db import transaction
from engine.models import CalendarDay, Instance, SourceFile
from engine.process.tasks import TaskKey
from engine.record import history
from engine.record.history import Entry, Value

ROUNDS, STEPS = 5, 60
OLD = 100  # rounds of the loop after which a case counts as old
PATH = [["completed", "A", "P"], ["taken", "f1", "P"], ["entered", "B", "P"], ["taken", "f2", "P"]]


def report() -> Iterator[str]:
    """Measure both databases, then how a case ages."""
    for name, opened in (("SQLite", place.sqlite), ("PostgreSQL", place.postgresql)):
        with opened() as here:
            yield from _one(name, here)
    with place.sqlite() as here:
        yield from _ages(here)
        yield from _many(here)


def _one(name: str, here: Place) -> Iterator[str]:
    ours, floor, naive = [], [], []
    for number in range(ROUNDS):
        keys = [here.start() for _ in range(STEPS)]
        stored = _Naive(here, CASEWORK, keys[0])
        ours.append(cpu_ms(lambda: [here.complete(key) for key in keys]) / STEPS)
        floor.append(cpu_ms(lambda: [_floor(here, number, i) for i in range(STEPS)]) / STEPS)
        naive.append(cpu_ms(lambda: [stored.step() for _ in range(STEPS // 4)]) / (STEPS // 4))
    step, bare, whole = (statistics.median(side) for side in (ours, floor, naive))
    yield (
        f"| durable step, {name} | {step:.2f} ms CPU | five bare statements {bare:.2f} ms"
        f" ({step / bare:.1f}×); whole workflow saved {whole:.2f} ms ({whole / step:.1f}× ours) |"
    )


def _ages(here: Place) -> Iterator[str]:
    todo, early, late = [here.start(LOOP)], [], []
    for count in range(1, 1011):
        before = todo
        took = cpu_ms(lambda: before.__setitem__(slice(None), here.complete(before[0])))
        if 5 <= count < 25:
            early.append(took)
        elif count > 990:
            late.append(took)
    ratio = statistics.median(late) / statistics.median(early)
    yield f"| completion no. 1,000 against no. 10 of one case | {ratio:.2f}× | medians of 20 |"
    old = _Naive(here, LOOP, here.start(LOOP))
    for _ in range(4 * OLD):
        old.step(keep=True)
    whole = statistics.median(cpu_ms(lambda: old.step()) for _ in range(10))
    ours = statistics.median(late)
    yield (
        f"| whole workflow saved after {OLD} rounds of a loop | {whole:.2f} ms CPU |"
        f" {whole / ours:.1f}× ours |"
    )


def _many(here: Place) -> Iterator[str]:
    todo = here.complete(here.start(MANY))
    size = len(todo)
    garbage.settle()  # as the programs do it
    took = [cpu_ms(partial(here.complete, key)) for key in todo[:20]]
    yield (
        f"| one completion in a call activity of {size + 1} instances |"
        f" {statistics.median(took):.0f} ms CPU | medians of {len(took)} |"
    )


def _floor(here: Place, number: int, step: int) -> None:
    """Five statements in one transaction that no durable step can do without."""
    key = f"{number}-{step}"
    with transaction(here.database) as session:
        session.execute(insert(SourceFile), [{"sha256": key, "content": b"x" * 700}])
        session.execute(select(SourceFile.content).where(SourceFile.sha256 == key)).one()
        session.execute(
            update(SourceFile).where(SourceFile.sha256 == key).values(content=b"y" * 700)
        )
        session.execute(select(CalendarDay.day).limit(1)).all()
        session.execute(text("select count(*) from office")).one()


@dataclass
class _Naive:
    """A workflow that is stored whole, specifications and finished tasks included."""

    here: Place
    process_key: str
    key: TaskKey

    def __post_init__(self) -> None:
        parser = BpmnParser()
        name = "loop.bpmn" if self.process_key == LOOP else "casework.bpmn"
        parser.add_bpmn_xml(etree.fromstring((HERE / name).read_bytes()), filename=name)
        spec = parser.get_spec(self.process_key)
        workflow = BpmnWorkflow(spec, parser.get_subprocess_specs(self.process_key))
        workflow.data.update(amount=150, applicant="bench")
        workflow.do_engine_steps()
        self.serializer = BpmnWorkflowSerializer()
        self.text = self.serializer.serialize_json(workflow)

    def step(self, keep: bool = False) -> None:
        """Restore, complete one task, run on, and store; the same step again unless kept."""
        workflow = self.serializer.deserialize_json(self.text)
        ready: Any = next(
            t for t in workflow.get_tasks(state=TaskState.READY) if t.task_spec.manual
        )
        ready.data.update(amount=150, applicant="bench")
        ready.run()
        workflow.do_engine_steps()
        after = self.serializer.serialize_json(workflow)
        entries = [
            Entry("task.completed", "bench", "A", fields={"amount": Value(150, 150)}),
            Entry("process.moved", "bench", fields={"path": Value(after=PATH)}),
        ]
        with transaction(self.here.database) as session:
            instance = session.get_one(Instance, self.key.instance_id, with_for_update=True)
            instance.steps += 1
            session.execute(
                update(Instance)
                .where(Instance.id == instance.id)
                .values(state=after.encode())
                .execution_options(synchronize_session=False)
            )
            history.append(session, instance, entries)
        if keep:
            self.text = after
