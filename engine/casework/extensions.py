"""Extensions 延长期限: more time to decide, once, approved by the head, the reason told in writing.

行政许可法 art. 42: twenty working days and ten more; joint handling forty-five and fifteen. Nothing
else is extended unless the catalogue says so of a matter. The clock goes on; both limits that still
run get the same days, and a promise that was broken before stays broken.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from catalogue.matter import Extension
from engine import clock
from engine.casework import calls, deadlines, matters
from engine.errors import Conflict, Invalid
from engine.models import Case, Deadline
from engine.process.operations import OperationCall

LIMIT = "statutory"  # the one that the law lets the head extend; the promise follows


class ExtensionNotAllowed(Conflict):
    """Decide within the limit: neither the law nor the catalogue allows more time here."""

    code = "extension-not-allowed"
    message = "The limit of matter {matter} cannot be extended."


class ExtensionTooLong(Invalid):
    """Ask for fewer days."""

    code = "extension-too-long"
    message = "An extension has 1 to {most} days, this one {days}."


class ExtensionTooLate(Conflict):
    """The limit has passed; decide now and record why it was missed."""

    code = "extension-too-late"
    message = "The limit ended on {day} and can no longer be extended."


def ask(call: OperationCall) -> dict[str, Any]:
    """Check that the limit may be extended before the head is asked.

    Raises:
        ExtensionNotAllowed, ExtensionTooLong, ExtensionTooLate: not this limit, not so, not now.
        NoSuchDeadline, DeadlineOver, AlreadyExtended: it does not run, or was extended before.
    """
    case, days, reason = calls.case_of(call), *_asked(call)
    _require(call.session, case, days)
    calls.note(call, case, "extension.asked", days=days, reason=reason)
    return {"extension": None}


def extend(call: OperationCall) -> dict[str, Any]:
    """Give the running limits the approved days and tell the applicant why 延期告知书.

    Raises:
        As `ask`: time has passed since then.
    """
    case, days, reason = calls.case_of(call), *_asked(call)
    allowed, row = _require(call.session, case, days)
    for kind in (LIMIT, "promised"):  # in this order: the promise never ends after the law
        found = deadlines.find(call.session, case, kind)
        if found is not None and _may_follow(found):
            deadlines.extend(call.session, case, kind, days, reason, call.by)
    calls.issue(
        call,
        case,
        "extension-notice",
        reason=reason,
        days=days,
        unit=row.unit,
        basis=allowed.basis,
        due_on=row.due_on,
    )
    return {}


def _asked(call: OperationCall) -> tuple[int, str]:
    days = int(call.variables.get("special_days") or 0)
    return days, str(call.variables.get("special_reason") or "")


def _require(session: Session, case: Case, days: int) -> tuple[Extension, Deadline]:
    """Return what the matter allows and the limit that may be extended now."""
    matter = matters.of_case(session, case)
    allowed = matter.extension
    if allowed is None:
        raise ExtensionNotAllowed(matter=matter.no)
    if not 1 <= days <= allowed.days:
        raise ExtensionTooLong(days=days, most=allowed.days)
    row = deadlines.find(session, case, LIMIT)
    if row is None:
        raise deadlines.NoSuchDeadline(kind=LIMIT)
    if row.met_on is not None:
        raise deadlines.DeadlineOver(kind=LIMIT)
    if row.extended_days:
        raise deadlines.AlreadyExtended(kind=LIMIT)
    if _is_over(row):
        raise ExtensionTooLate(day=row.due_on)
    return allowed, row


def _may_follow(row: Deadline) -> bool:
    return row.met_on is None and not row.extended_days and not _is_over(row)


def _is_over(row: Deadline, today: date | None = None) -> bool:
    return row.due_on is not None and (today or clock.today()) > row.due_on
