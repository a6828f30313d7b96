"""Report: how a trace stands: the status line of docs/trace.md."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.problem import Problem
from engine.bpmn.errors import StepFailed
from engine.db import Database, reading
from engine.models import Incident, Instance, Job, Subscription, Task
from engine.process import incidents
from engine.process.locking import LIVE
from engine.process.trace.errors import NothingWaits
from engine.process.trace.watcher import Watcher, name_of
from engine.record import canonical

BY_HAND = ("userTask", "connector")

Line = dict[str, Any]


def status(
    database: Database,
    watcher: Watcher,
    problems: Sequence[Problem],
    failed: Mapping[str, StepFailed],
) -> Line:
    """Return the status line.

    Args:
        database: of the trace.
        watcher: what it saw.
        problems: of the files; the errors among them are told, because they forbid everything.
        failed: by process, starts that failed and left no instance.
    """
    errors = [one.as_json() for one in problems if one.severity == "error"]
    with reading(database) as session:
        rows = list(session.scalars(select(Instance).order_by(Instance.id)))
        stuck = [_incident(one) for one in incidents.list_open(session)]
        stuck += [_failed_start(key, error) for key, error in failed.items()]
        waits = _waiting(session, watcher)
        return {
            "status": _verdict(errors, stuck, rows),
            "instances": [_instance(one) for one in rows],
            "waiting": [_shown(one) for one in waits],
            "incidents": stuck,
            "problems": errors,
        }


def waiting(database: Database, watcher: Watcher) -> list[Line]:
    """Return what waits, oldest first, with the `token` that waits beside what is shown."""
    with reading(database) as session:
        return _waiting(session, watcher)


def find(database: Database, watcher: Watcher, types: Collection[str], **wanted: Any) -> Line:
    """Return the oldest that waits and fits.

    Args:
        database: of the trace.
        watcher: what it saw.
        types: which may fit; empty for anything but what is completed by hand.
        wanted: element, instance, number; None fits everything.

    Raises:
        NothingWaits: there is none.
    """
    asked = {name: value for name, value in wanted.items() if value is not None}
    for one in waiting(database, watcher):
        fits = one["type"] in types if types else one["type"] not in BY_HAND
        if fits and all(one[name] == value for name, value in asked.items()):
            return one
    raise NothingWaits(element=wanted.get("element") or f"number {wanted.get('number')}")


def _verdict(errors: Sequence[Line], stuck: Sequence[Line], rows: Sequence[Instance]) -> str:
    if errors:
        return "refused"
    if stuck:
        return "incident"
    if not rows or any(one.status in LIVE for one in rows):
        return "waiting"
    return "completed"


def _instance(row: Instance) -> Line:
    return {
        "instance": name_of(row.id),
        "process": row.process_key,
        "status": row.status,
        "ended_by": row.ended_by,
        "error_code": row.error_code,
        "variables": row.variables,
    }


def _waiting(session: Session, watcher: Watcher) -> list[Line]:
    live = select(Instance.id).where(Instance.status.in_(LIVE)).order_by(Instance.id)
    found = []
    for instance_id in session.scalars(live):
        numbers = _numbers(session, instance_id)
        found += [
            {
                "instance": name_of(instance_id),
                "element": wait.element,
                "type": wait.type,
                "name": wait.name,
                "due": None if wait.due is None else canonical.instant(wait.due),
                "number": numbers.get(wait.token),
                "token": wait.token,
            }
            for wait in watcher.waits.get(instance_id, ())
        ]
    return found


def _shown(wait: Line) -> Line:
    return {name: value for name, value in wait.items() if name != "token"}


def _numbers(session: Session, instance_id: UUID) -> dict[int | None, int]:
    """Return the numbers of what waits, by token."""
    found: dict[int | None, int] = {}
    for table in (Task, Job, Subscription):
        query = select(table.token, table.number).where(table.instance_id == instance_id)
        found |= {token: number for token, number in session.execute(query.order_by(table.number))}
    return found


def _incident(row: Incident) -> Line:
    return {"instance": name_of(row.instance_id), "element": row.element, "message": row.message}


def _failed_start(process: str, error: StepFailed) -> Line:
    return {"instance": None, "process": process, "element": error.element, "message": str(error)}
