"""Duties: until when the applicant had to report or declare, and whether it was done in time.

A late report is taken all the same (重庆市优化营商环境条例 art. 41); the person who checks it is told, and
the receipt reminds of what may follow. Being late is a hint for that person and decides nothing
by itself: notices that put off a limit are not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine import clock
from engine.calendar import workdays
from engine.casework import calls, intake, matters
from engine.process.operations import OperationCall


def due_on(session: Session, matter: Matter, answers: Mapping[str, Any]) -> date | None:
    """Return the last day of the applicant's duty; None where nothing can be computed.

    A last day that is no working day is put off to the next one (税收征收管理法实施细则 art. 109).
    Holidays of three days and more within the limit are left to the person who checks.

    Args:
        answers: the answers of the form, by field key.
    """
    due = matter.duty.due if matter.duty else None
    told = answers.get(due.after) if due else None
    if due is None or not told:
        return None
    last = date.fromisoformat(str(told)) + timedelta(days=due.days)
    try:
        return workdays.next_workday(session, last)
    except workdays.CalendarEnds:
        return last


def check(call: OperationCall) -> dict[str, Any]:
    """Compute the last day of the duty and say whether the application came later."""
    case = calls.case_of(call)
    matter = matters.of_case(call.session, case)
    last = due_on(call.session, matter, intake.answers_of(call.session, case))
    received_on = clock.local_date(case.received_at or clock.now())
    late = last is not None and received_on > last
    if late:
        calls.note(call, case, "duty.late", due_on=last)
    return {"duty_due_on": last and last.isoformat(), "is_late": late}
