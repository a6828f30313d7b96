"""Rectifications 核实整改: what the handling office does about a poor evaluation, and by when.

It looks into every one, rectifies or says why not, and calls the applicant back. What it writes is
the office's own word and names nobody; what the applicant says then is kept encrypted by the form.
"""

from __future__ import annotations

from typing import Any

from engine import clock
from engine.casework import calls, deadlines, evaluations
from engine.process.operations import OperationCall

# No rule of law gives this number; it is confidence C, to be confirmed by the city.
RECTIFY_DAYS = 15  # working days in which a poor evaluation is verified, rectified and told


def rectify(call: OperationCall) -> dict[str, Any]:
    """Begin the time in which a poor evaluation is rectified 核实整改."""
    case = calls.case_of(call)
    calls.note(call, case, "evaluation.to-rectify", office=case.handling_office_id)
    deadlines.start(call.session, case, "rectify", RECTIFY_DAYS, by=call.by)
    return {}


def rectified(call: OperationCall) -> dict[str, Any]:
    """Keep what was found and done, and that the applicant was called back 回访."""
    case = calls.case_of(call)
    row = evaluations.latest(call.session, case)
    assert row is not None
    row.rectified_at = clock.now()
    row.finding = call.variables.get("evaluation_finding")
    row.call_back = call.variables.get("call_back")
    deadlines.meet(call.session, case, "rectify", by=call.by)
    calls.note(
        call,
        case,
        "evaluation.rectified",
        finding=row.finding,
        measures=call.variables.get("rectification"),
        call_back=row.call_back,
    )
    return {}
