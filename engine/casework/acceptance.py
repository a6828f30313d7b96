"""Acceptance: operations from the receipt to the decision whether the case is taken on.

Receiving 收件 gives the case its number, accepting 受理 starts its limits. A licence application that
nobody answers in time counts as accepted by law; no other matter has such a rule.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar import workdays
from engine.casework import (
    calls,
    commitments,
    deadlines,
    intake,
    materials,
    matters,
    numbers,
    tolerance,
)
from engine.casework.materials import MaterialsMissing
from engine.models import Case, Correction, Office
from engine.process.operations import OperationCall

NOTICE_DAYS = 5  # 行政许可法 art. 32(4): told once, within five working days


def receive(call: OperationCall) -> dict[str, Any]:
    """Give the case its number and the applicant a receipt 收件凭证."""
    case = calls.case_of(call)
    office = call.session.get_one(Office, case.intake_office_id)
    case.case_no = numbers.assign(call.session, call.instance, office.district or "500000")
    case.received_at = clock.now()
    case.stage = "examining"
    calls.note(
        call,
        case,
        "case.received",
        case_no=case.case_no,
        handling_office=case.handling_office_id,
        computed_office=case.computed_office_id,
        override_reason=case.override_reason,
    )
    calls.issue(call, case, "receipt")
    return {"handling_office": case.handling_office_id}


def start_notice(call: OperationCall) -> dict[str, Any]:
    """Start the limit for the one-time notice of a licence 一次性告知.

    After five working days without a word the application counts as accepted from the day of
    receipt (行政许可法 art. 32(4)); after a correction, from the day the corrected materials came.
    Only licences come here; other matters have no such rule.
    """
    case = calls.case_of(call)
    if not matters.of_case(call.session, case).is_licence:
        raise ValueError("the notice limit is a rule for licences only")
    came_on = clock.local_date(_materials_came_at(call.session, case))
    deadlines.start(call.session, case, "notice", NOTICE_DAYS, "workday", came_on, by=call.by)
    last_day = workdays.add_workdays(call.session, came_on, NOTICE_DAYS)
    due_at = clock.start_of(last_day + timedelta(days=1))
    return {"notice_due_at": due_at.isoformat()}


def accept(call: OperationCall) -> dict[str, Any]:
    """Accept the case 受理: its limits start and the acceptance notice is issued.

    Raises:
        MaterialsMissing: a required material is not there.
    """
    case = calls.case_of(call)
    matter = matters.of_case(call.session, case)
    answers = intake.answers_of(call.session, case)
    missing = set(materials.missing(call.session, case, matter, answers))
    if missing:
        names = [one.name for one in matter.materials if one.key in missing]
        raise MaterialsMissing(materials="、".join(names))
    _start_clocks(call, case, accepted_by="person")
    calls.issue(call, case, "acceptance-notice")
    promised = tolerance.begin(call, case) | commitments.begin(call, case)
    return {"intake_result": "accepted", **promised}


def accept_by_law(call: OperationCall) -> dict[str, Any]:
    """Treat a licence application as accepted on the day of receipt, because nobody answered."""
    case = calls.case_of(call)
    if not matters.of_case(call.session, case).is_licence:
        raise ValueError("deemed acceptance is a rule for licences only")
    _start_clocks(call, case, accepted_by="law")
    calls.issue(call, case, "acceptance-notice")
    promised = tolerance.begin(call, case) | commitments.begin(call, case)
    return {"intake_result": "accepted", "examination": "accept", **promised}


def _start_clocks(call: OperationCall, case: Case, *, accepted_by: str) -> None:
    matter = matters.of_case(call.session, case)
    came_at = _materials_came_at(call.session, case)
    case.accepted_at = came_at if accepted_by == "law" else clock.now()
    case.accepted_by = accepted_by
    case.stage = "accepted"
    calls.note(call, case, "case.accepted", accepted_by=accepted_by, accepted_at=case.accepted_at)
    deadlines.meet(call.session, case, "notice", by=call.by)
    for kind, limit in (
        ("statutory", matter.limits.statutory),  # first: the promise never ends after it
        ("promised", matter.limits.promised),
        ("lower-review", matter.limits.lower_review),
    ):
        if limit is None or not limit.days:
            continue
        start = came_at if limit.counts_from == "receipt" else case.accepted_at
        deadlines.start(
            call.session,
            case,
            kind,
            limit.days,
            limit.unit,
            clock.local_date(start),
            by=call.by,
        )


def _materials_came_at(session: Session, case: Case) -> datetime:
    """Return when what is examined now was handed in: at the receipt, or with a correction.

    The time in which the applicant corrects the application is not the office's.
    """
    assert case.received_at is not None
    answered = select(Correction.answered_at).where(
        Correction.instance_id == case.instance_id, Correction.answered_at.is_not(None)
    )
    return max([case.received_at, *(one for one in session.scalars(answered) if one)])


def refuse_acceptance(call: OperationCall) -> dict[str, Any]:
    """Refuse to take the application on 不予受理, in writing, with the legal ground."""
    case = calls.case_of(call)
    case.outcome_reason = call.variables.get("refusal_reason")
    deadlines.meet(call.session, case, "notice", by=call.by)
    ground = call.variables.get("refusal_ground")
    calls.note(call, case, "case.acceptance-refused", ground=ground, reason=case.outcome_reason)
    calls.issue(call, case, "refusal-of-acceptance", ground=ground, reason=case.outcome_reason)
    return {"intake_result": "not-accepted", "outcome": "not-accepted"}
