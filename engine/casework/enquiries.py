"""Enquiries: operations for what is asked, looked up and answered.

A question is answered, not accepted: it gets a receipt and no acceptance notice, nobody can refuse
it, and the time promised for the answer runs from its receipt. A search that finds nothing is
answered too, by a notice of no record.
"""

from __future__ import annotations

from typing import Any

from engine import clock
from engine.casework import calls, deadlines, deciding, matters
from engine.process.operations import OperationCall
from engine.record import personal


def take_up(call: OperationCall) -> dict[str, Any]:
    """Take an enquiry up for an answer; its limits run from the receipt."""
    case = calls.case_of(call)
    limits = matters.of_case(call.session, case).limits
    case.stage = "handling"
    calls.note(call, case, "enquiry.taken-up")
    for kind, limit in (("promised", limits.promised), ("statutory", limits.statutory)):
        if limit is None or not limit.days:
            continue
        started_on = clock.local_date(case.received_at or clock.now())
        deadlines.start(call.session, case, kind, limit.days, limit.unit, started_on, by=call.by)
    return {}


def no_record(call: OperationCall) -> dict[str, Any]:
    """Answer that nothing is on record 无记录告知; the service was rendered all the same."""
    case = calls.case_of(call)
    deciding.decide(call, case, "granted")
    statement = personal.values(call.session, case.instance_id).get("result_statement")
    calls.issue(call, case, "no-record-notice", statement=statement)
    return {"decision": "granted", "outcome": "granted"}
