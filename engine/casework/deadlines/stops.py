"""Stops: a correction or a special procedure (特别程序) halts the clocks of a case.

Procedures may overlap: the clocks go on when the last of them has ended. The reason is kept for
good. Stops may begin before the limits do; the caller holds the lock of the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.casework.deadlines import counting
from engine.casework.deadlines.noting import note
from engine.errors import Conflict, Invalid
from engine.models import Case, ClockStop, Instance
from engine.people.identity import Actor
from engine.record.history import Value

# 行政许可法 art. 45 names the procedures whose time is not counted; the time in which the
# applicant corrects the application (补正) is not the office's either.
STOP_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "correction": "补正",
        "hearing": "听证",
        "bidding": "招标",
        "auction": "拍卖",
        "inspection": "检验",
        "testing": "检测",
        "quarantine": "检疫",
        "appraisal": "鉴定",
        "expert-review": "专家评审",
        "department-review": "主管部门复核",
        # 公证法 art. 30 (verification, force majeure); the others are in the catalogue, B or C.
        "verification": "核实",
        "force-majeure": "不可抗力",
        "public-notice": "公示",
        "guarantee": "缴费和提供担保",
    }
)


class StopInvalid(Invalid):
    """Name one of the procedures whose time the law does not count, and say why."""

    code = "stop-invalid"
    message = "The clock cannot be stopped so: {problem}."


class ClockAlreadyStopped(Conflict):
    """Wait until this procedure has ended; another one may stop the clock meanwhile."""

    code = "clock-already-stopped"
    message = "The clock is already stopped for {kind}."


class ClockNotStopped(Conflict):
    """Load the page again: the procedure has ended or never began."""

    code = "clock-not-stopped"
    message = "The clock is not stopped for {kind}."


def stop(
    session: Session, case: Case, *, kind: str, reason: str, by: Actor | None = None
) -> ClockStop:
    """Stop the clocks of a case today; tomorrow is the first day that does not count.

    Args:
        session: an open transaction.
        case: the case.
        kind: one of STOP_KINDS.
        reason: kept in the record; not empty.
        by: who stops it, the system by default.

    Raises:
        StopInvalid: an unknown kind or no reason.
        ClockAlreadyStopped: this procedure already stops it.
    """
    if kind not in STOP_KINDS:
        raise StopInvalid(problem="the law knows no such procedure")
    if not reason.strip():
        raise StopInvalid(problem="the reason is missing")
    if _open(counting.stops_of(session, case), kind) is not None:
        raise ClockAlreadyStopped(kind=kind)
    instance = session.get_one(Instance, case.instance_id)
    instance.counter += 1
    row = ClockStop(
        instance_id=case.instance_id,
        number=instance.counter,
        kind=kind,
        reason=reason.strip(),
        stopped_on=clock.today(),
    )
    session.add(row)
    facts = {"kind": kind, "reason": row.reason, "stopped_on": row.stopped_on}
    note(session, case, "clock.stopped", by or Actor.system(), facts)
    return row


def resume(session: Session, case: Case, *, kind: str, by: Actor | None = None) -> ClockStop:
    """End a procedure today; tomorrow counts again unless another procedure goes on.

    Args:
        session: an open transaction.
        case: the case.
        kind: the procedure given to `stop`.
        by: who ended it, the system by default.

    Raises:
        ClockNotStopped: this procedure does not stop the clock.
    """
    stops = counting.stops_of(session, case)
    row = _open(stops, kind)
    if row is None:
        raise ClockNotStopped(kind=kind)
    row.resumed_on = clock.today()
    fields: dict[str, Any] = {"kind": kind, "resumed_on": row.resumed_on}
    for deadline in counting.deadlines_of(session, case):
        if deadline.kind in counting.STOPPABLE and deadline.met_on is None:
            before = deadline.due_on
            deadline.due_on = counting.end_on(session, deadline, stops)
            fields[f"{deadline.kind}_due_on"] = Value(before=before, after=deadline.due_on)
    note(session, case, "clock.resumed", by or Actor.system(), fields)
    return row


def is_stopped(session: Session, case: Case) -> bool:
    """Return whether any procedure stops the clocks of a case now."""
    return any(row.resumed_on is None for row in counting.stops_of(session, case))


def _open(stops: list[ClockStop], kind: str) -> ClockStop | None:
    return next((row for row in stops if row.kind == kind and row.resumed_on is None), None)
