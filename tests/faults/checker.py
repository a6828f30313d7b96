"""The checker: what the database says, against the journal and an interpreter of its own.

The interpreter knows the laps of `rig.diagram` as a small table and nothing of the engine. It
replays the events of a case; at the end, tasks, variables and journal must agree: what was
answered is there once, and nothing is there that was not asked for.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select

from engine.db import Database, reading
from engine.models import Event, Instance, Job, Task
from engine.record import history
from engine.record.verify import verify
from tests.faults.rig import LAPS


class Laps:
    """A case as the diagram means it: which tasks are open, how many laps are done."""

    def __init__(self) -> None:
        self.open = {"A"}
        self.laps = 0
        self.pausing = self.ended = False

    def complete(self, element: str) -> None:
        """Take a completion; it must be one that is open."""
        assert element in self.open, f"{element} was completed while {self.open} were open"
        self.open.remove(element)
        if element == "A":
            self.open = {"B", "C"}
        elif not self.open:
            self.laps += 1
            self.pausing = True

    def fire(self) -> None:
        """Take the timer."""
        assert self.pausing, "the timer fired while nothing waited for it"
        self.pausing = False
        self.open = {"A"} if self.laps < LAPS else set()
        self.ended = self.laps == LAPS


def check(database: Database, journal: list[dict[str, Any]]) -> dict[str, int]:
    """Compare every case with the journal.

    Returns:
        What was compared, counted.

    Raises:
        AssertionError: something acknowledged is lost, or something was applied twice.
    """
    answered = [line for line in journal if line["state"] == "answered"]
    keys = Counter(line["key"] for line in answered)
    assert max(keys.values()) == 1
    assert {line["key"] for line in journal} == set(keys), "a request was never answered"
    started = {line["case"] for line in answered if line["what"] == "start"}
    done = Counter((line["case"], line["number"]) for line in answered if line["what"] != "start")
    assert max(done.values()) == 1, "two requests were told that they completed one task"
    with reading(database) as session:
        cases = list(session.scalars(select(Instance)))
        assert {str(case.id) for case in cases} == started
        seen = set()
        for case in cases:
            seen |= _case(session, case)
        assert session.scalars(select(Job)).all() == []
    assert seen == set(done), "tasks completed and completions answered differ"
    return {"cases": len(cases), "acknowledged requests": len(answered)}


def _case(session: Any, case: Instance) -> set[tuple[str, int]]:
    assert verify(session, case.id).first_bad is None
    numbers = list(
        session.scalars(
            select(Event.sequence).where(Event.instance_id == case.id).order_by("sequence")
        )
    )
    assert numbers == list(range(1, len(numbers) + 1)), "the record has gaps"
    walk = Laps()
    cursor = 0
    while events := history.events(session, case.id, cursor=cursor, limit=500):
        cursor = events[-1].sequence
        for event in events:
            if event.type == "task.completed":
                walk.complete(str(event.element))
            for change in event.changes:
                if change.field == "path":
                    for passed in change.after:
                        if passed[:2] == ["timer", "Pause"]:
                            walk.fire()
    assert walk.ended and case.status == "completed", (case.id, case.status, walk.open)
    assert case.variables == {"laps": LAPS} | {f"by_{name}": 1 for name in "ABC"}
    rows = session.scalars(select(Task).where(Task.instance_id == case.id)).all()
    assert Counter(row.element for row in rows) == dict.fromkeys("ABC", LAPS)
    assert {row.state for row in rows} == {"completed"}
    return {(str(case.id), row.number) for row in rows}
