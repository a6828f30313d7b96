"""Duties: until when the applicant had to report or declare, and whether it was done in time.

A late report is taken all the same (重庆市优化营商环境条例 art. 41); the person who checks it is told, and
the receipt reminds of what may follow. Being late is a hint for that person and decides nothing
by itself: notices that put off a limit are not known here. Late payment 滞纳金 is reckoned in whole
fen 分: tax × rate × days, rounded once at the end, half a fen up, so that no day's rounding adds up.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine import clock
from engine.calendar import workdays
from engine.casework import calls, intake, matters
from engine.process.operations import OperationCall


@dataclass(frozen=True)
class Lateness:
    """How late an applicant is, and what that costs.

    Attributes:
        due_on: the last day of the duty.
        days: calendar days after it, up to and including the day looked at; 0 in time.
        rate_per_myriad: ten-thousandths a day, None where nothing is charged.
        amount: what it is charged on, in fen; None where it is not known.
        penalty: what is charged so far, in fen.
    """

    due_on: date
    days: int
    rate_per_myriad: int | None = None
    amount: int | None = None
    penalty: int | None = None


def lateness(
    session: Session, matter: Matter, answers: Mapping[str, Any], *, on: date
) -> Lateness | None:
    """Return where an applicant stands on a day; None where nothing can be computed.

    税收征收管理法 art. 32: five ten-thousandths of the tax for every day from the day after the last.

    Args:
        answers: the answers of the form, by field key; amounts in fen.
        on: the day of payment, or the day looked at.
    """
    last = due_on(session, matter, answers)
    if last is None or matter.duty is None:
        return None
    days = max(0, (on - last).days)
    late = matter.duty.late
    amount = answers.get(late.of) if late else None
    if late is None or not isinstance(amount, int) or amount <= 0:
        return Lateness(last, days, late.rate_per_myriad if late else None)
    penalty = late_payment(amount, late.rate_per_myriad, days)
    return Lateness(last, days, late.rate_per_myriad, amount, penalty)


def late_payment(amount: int, rate_per_myriad: int, days: int) -> int:
    """Return amount × rate / 10000 × days in whole fen, rounded once, half a fen up."""
    return (amount * rate_per_myriad * days + 5_000) // 10_000


def due_on(session: Session, matter: Matter, answers: Mapping[str, Any]) -> date | None:
    """Return the last day of the applicant's duty; None where nothing can be computed.

    A limit in months ends on the same day of its last month, or on the last day of that month
    where it has no such day (民法典 art. 202).

    A last day that is no working day is put off to the next one (税收征收管理法实施细则 art. 109).
    Holidays of three days and more within the limit are left to the person who checks.

    Args:
        answers: the answers of the form, by field key.
    """
    due = matter.duty.due if matter.duty else None
    told = answers.get(due.after) if due else None
    if due is None or not told:
        return None
    try:
        last = _months_later(date.fromisoformat(str(told)), due.months or 0)
        last += timedelta(days=due.days)
    except (ValueError, OverflowError):  # in the year 9999, which a form takes as a date
        return None
    try:
        return workdays.next_workday(session, last)
    except workdays.CalendarEnds:
        return last


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


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
