"""The strip of days on a case's page: the office's clock, and nobody else's."""

from __future__ import annotations

from datetime import date

from engine import clock
from engine.casework.deadlines import Cell, DeadlineView
from tests.webui import sampler
from webui.clerk import view

TODAY, DUE = date(2026, 11, 2), date(2026, 11, 3)


def limit(kind: str) -> DeadlineView:
    return DeadlineView(
        kind=kind,
        unit="workday",
        started_on=TODAY,
        days=1,
        extended_days=0,
        used=0,
        left=1,
        late=0,
        overdue=False,
        stopped=False,
        stopped_by=(),
        stopped_days=0,
        due_on=DUE,
        met_on=None,
        strip=(Cell(DUE, "left"),),
    )


def test_what_the_applicant_promised_is_not_shown_as_the_clock_of_the_office() -> None:
    with sampler.site().test_request_context(), clock.at(clock.start_of(TODAY)):
        assert view.strip([limit("tolerance")]) is None
        assert view.strip([limit("tolerance"), limit("notice")]) is not None
