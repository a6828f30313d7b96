"""Hearings 听证: within twenty working days, told seven before, led by another than the reviewer.

行政许可法 art. 47, 48; its days are working days (art. 82). The clocks of the decision stand meanwhile
(art. 45), as for every special procedure. Who leads the hearing is the diagram's business. That an
applicant asks for one within five days of being told of the right is left to the person who begins it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.calendar import workdays
from engine.casework import calls, deadlines
from engine.errors import Conflict, Invalid
from engine.models import Case
from engine.people.identity import Actor
from engine.process.operations import OperationCall

KIND = "hearing"
HOLD_DAYS = 20  # art. 47 para. 1
NOTICE_DAYS = 7  # art. 48 para. 1 no. 1: so many whole working days lie between


class HearingTooSoon(Invalid):
    """Choose a later day: those concerned must have time to prepare."""

    code = "hearing-too-soon"
    message = "A hearing told today is held on {earliest} at the earliest."


class HearingTooLate(Invalid):
    """Choose an earlier day: the law gives so long to hold the hearing."""

    code = "hearing-too-late"
    message = "This hearing is held by {latest} at the latest."


class HearingNotYet(Conflict):
    """Wait until the hearing has been held."""

    code = "hearing-not-yet"
    message = "The hearing is on {day}; nothing can be recorded of it before."


def begin(session: Session, case: Case, *, by: Actor) -> None:
    """Begin the time in which a hearing is held."""
    deadlines.start(session, case, KIND, HOLD_DAYS, by=by)


def tell(call: OperationCall) -> dict[str, Any]:
    """Tell when and where the hearing is 听证通知书.

    Raises:
        HearingTooSoon: fewer than seven working days lie between today and that day.
        HearingTooLate: the time in which it has to be held is over by then.
        CalendarEnds: that day lies beyond the published calendar.
    """
    case, day = calls.case_of(call), _day(call)
    earliest = earliest_day(call.session, clock.today())
    if day < earliest:
        raise HearingTooSoon(earliest=earliest.isoformat())
    limit = deadlines.find(call.session, case, KIND)
    latest = limit.due_on if limit is not None else None
    if latest is not None and day > max(latest, earliest):  # told late, it is held late
        raise HearingTooLate(latest=max(latest, earliest).isoformat())
    place = call.variables.get("hearing_place")
    calls.note(call, case, "hearing.told", hearing_on=day, place=place)
    reason = call.variables.get("special_reason")
    calls.issue(call, case, "hearing-notice", hearing_on=day, place=place, reason=reason)
    return {}


def keep(call: OperationCall) -> dict[str, Any]:
    """Note that the hearing was held, which meets its limit.

    Raises:
        HearingNotYet: its day has not come.
    """
    case, day = calls.case_of(call), _day(call)
    if clock.today() < day:
        raise HearingNotYet(day=day.isoformat())
    deadlines.meet(call.session, case, KIND, by=call.by, on=day)
    calls.note(call, case, "hearing.held", hearing_on=day)
    return {}


def earliest_day(session: Session, told_on: date) -> date:
    """Return the first day on which a hearing told on a day may be held."""
    last = workdays.add_workdays(session, told_on, NOTICE_DAYS)
    return workdays.next_workday(session, last + timedelta(days=1))


def _day(call: OperationCall) -> date:
    return date.fromisoformat(str(call.variables["hearing_on"])[:10])
