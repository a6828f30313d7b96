"""The applicant's own time limits on the clerks' pages: a warning in words, never a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine import clock
from engine.casework import duties, intake
from engine.casework.duties import Lateness
from engine.models import Case, Instance
from webui import i18n


@dataclass(frozen=True)
class DutyView:
    """What a page says of the applicant's duty; amounts as they are written."""

    due_on: date
    days: int
    on: date
    rate: int | None
    amount: str | None
    penalty: str | None


def of_answers(session: Session, matter: Matter, answers: Mapping[str, Any]) -> DutyView | None:
    """Return the warning for an application that would be received today."""
    today = clock.today()
    return _view(duties.lateness(session, matter, answers, on=today), today, matter)


def of_case(session: Session, case: Case, matter: Matter) -> DutyView | None:
    """Return the warning of a case, reckoned to the day of payment, of the end, or of today.

    An amount that the form calls personal is left out.
    """
    if matter.duty is None or matter.duty.due is None or case.received_at is None:
        return None
    answers = intake.answers_of(session, case)
    on = _paid_on(session, case)
    return _view(duties.lateness(session, matter, answers, on=on), on, matter)


def _paid_on(session: Session, case: Case) -> date:
    paid = session.get_one(Instance, case.instance_id).variables.get("paid_on")
    try:  # a day to come adds nothing yet: the payment was recorded today at the latest
        return min(date.fromisoformat(str(paid)[:10]), clock.today())
    except ValueError:
        ended = case.decided_at or case.closed_at
        return clock.local_date(ended) if ended else clock.today()


def _view(found: Lateness | None, on: date, matter: Matter) -> DutyView | None:
    if found is None:
        return None
    late = matter.duty.late if matter.duty else None
    personal = {field.key for field in matter.fields if field.personal}
    shows = bool(found.penalty) and late is not None and late.of not in personal
    return DutyView(
        due_on=found.due_on,
        days=found.days,
        on=on,
        rate=found.rate_per_myriad,
        amount=i18n.money(found.amount) if shows else None,
        penalty=i18n.money(found.penalty) if shows else None,
    )
