"""Approvals: a licence to build first, whose certificate follows when what was built is accepted.

The decision approves; within a year the holder asks for the acceptance (验收), and what passes gets
the certificate. An approval not used lapses. Who accepts, and that two do, is the diagram's
business; the limits of the decision itself are met before any of this begins.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from engine import clock
from engine.casework import calls, deciding
from engine.process.operations import OperationCall

LAPSED = "批准之日起一年内没有申请验收，批准文件失效"


def await_acceptance(call: OperationCall) -> dict[str, Any]:
    """Say until when the holder of an approval may ask for the acceptance of what was built.

    One year (海关总署令第105号、第133号, confidence B); the day itself still counts.
    """
    last = year_later(clock.today())
    due_at = clock.start_of(last + timedelta(days=1))
    return {"acceptance_due_at": due_at.isoformat(), "acceptance": None}


def certify(call: OperationCall) -> dict[str, Any]:
    """Issue the certificate of what was accepted; the decision itself stands as it was made."""
    deciding.issue_paper_of_result(call, calls.case_of(call))
    return {}


def lapse(call: OperationCall) -> dict[str, Any]:
    """Note that an approval was not used in time, so that the case ends without a certificate."""
    calls.case_of(call).outcome_reason = LAPSED
    return {"outcome": "terminated"}


def year_later(day: date) -> date:
    """Return the same day of the next year, the last of February after a leap day."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 2, 28)
