"""Tolerance 容缺受理: a case is accepted though a material of no weight is still missing.

Only materials that the catalogue marks as tolerable may follow, on the applicant's written promise
and within a limit. The result waits for them: what lapses is decided by a person, once with more
time, else with a refusal. No rule of law gives the number of days.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.casework import calls, deadlines, materials, matters
from engine.casework.materials import MaterialsMissing
from engine.errors import Conflict, Invalid
from engine.models import Case
from engine.process.operations import OperationCall

KIND = "tolerance"
DAYS = 10  # working days to supply what was promised; confidence C, to be confirmed by the city
MOST_EXTRA = 10  # working days that the handling office may add, once; confidence C


class ToleranceExtended(Conflict):
    """Refuse, or wait no longer: more time was given once already."""

    code = "tolerance-extended"
    message = "The time to supply what is missing was extended before."


class ToleranceTooLong(Invalid):
    """Give fewer days."""

    code = "tolerance-too-long"
    message = "The applicant may be given 1 to {most} more working days, not {days}."


def begin(call: OperationCall, case: Case) -> dict[str, Any]:
    """Start the limit of what was promised, and issue the promise 容缺受理承诺书."""
    matter = matters.of_case(call.session, case)
    open_keys = materials.tolerated(call.session, case)
    if not open_keys:
        return {}
    row = deadlines.start(call.session, case, KIND, DAYS, by=call.by)
    names = [one.name for one in matter.materials if one.key in open_keys]
    calls.note(call, case, "tolerance.promised", materials=names, due_on=row.due_on)
    calls.issue(call, case, "tolerance-promise", items=names, due_on=row.due_on)
    return {"tolerance_due_at": _due_at(row.due_on)}


def check(call: OperationCall) -> dict[str, Any]:
    """Say whether anything that was promised is still missing before the result may be issued."""
    case = calls.case_of(call)
    row = deadlines.find(call.session, case, KIND)
    if row is None or call.variables.get("review") == "reject":  # a refusal waits for nothing
        return {"tolerance": "none"}
    if materials.tolerated(call.session, case):
        return {"tolerance": "open", "tolerance_due_at": _due_at(row.due_on)}
    deadlines.meet(call.session, case, KIND, by=call.by)
    return {"tolerance": "supplied"}


def take(call: OperationCall) -> dict[str, Any]:
    """Take in what was promised.

    Raises:
        MaterialsMissing: something of it is not there.
    """
    case = calls.case_of(call)
    open_keys = materials.tolerated(call.session, case)
    if open_keys:
        matter = matters.of_case(call.session, case)
        names = [one.name for one in matter.materials if one.key in open_keys]
        raise MaterialsMissing(materials="、".join(names))
    deadlines.meet(call.session, case, KIND, by=call.by)
    calls.note(call, case, "tolerance.supplied")
    return {"tolerance": "supplied"}


def lapse(call: OperationCall) -> dict[str, Any]:
    """Note that the promise was not kept; a person decides what follows.

    What came meanwhile and was only not confirmed is no lapse.
    """
    case = calls.case_of(call)
    if not materials.tolerated(call.session, case):
        return take(call)
    calls.note(call, case, "tolerance.lapsed")  # the limit stays overdue until it is decided
    return {"tolerance": "open", "lapsed_choice": None}


def extend(call: OperationCall) -> dict[str, Any]:
    """Give the applicant more time, once.

    Raises:
        ToleranceExtended, ToleranceTooLong: not again, or not so much.
    """
    if call.variables.get("tolerance_extended"):
        raise ToleranceExtended()
    days = int(call.variables.get("tolerance_days") or 0)
    if not 1 <= days <= MOST_EXTRA:
        raise ToleranceTooLong(days=days, most=MOST_EXTRA)
    case = calls.case_of(call)
    deadlines.meet(call.session, case, KIND, by=call.by)
    row = deadlines.start(call.session, case, KIND, days, by=call.by)
    reason = call.variables.get("tolerance_reason")
    calls.note(call, case, "tolerance.extended", days=days, due_on=row.due_on, reason=reason)
    return {"tolerance_extended": True, "tolerance_due_at": _due_at(row.due_on)}


def refuse(call: OperationCall) -> dict[str, Any]:
    """Let the decision be a refusal, because what was promised never came."""
    case, reason = calls.case_of(call), str(call.variables.get("tolerance_reason") or "")
    deadlines.meet(call.session, case, KIND, by=call.by)
    calls.note(call, case, "tolerance.refused", reason=reason)
    return {"tolerance": "lapsed", "review": "reject", "review_opinion": reason}


def settle(session: Session, case: Case, *, by: Any) -> None:
    """Meet the limit when nothing that was promised is missing, or let it run on when it is again."""
    row = deadlines.find(session, case, KIND)
    if row is None:
        return
    missing = bool(materials.tolerated(session, case))
    if missing and row.met_on is not None:  # a mark that was set by mistake
        deadlines.start(session, case, KIND, row.days, row.unit, row.started_on, by=by)
    elif not missing and row.met_on is None:
        deadlines.meet(session, case, KIND, by=by)


def _due_at(due_on: Any) -> str:
    return clock.start_of(due_on + timedelta(days=1)).isoformat()
