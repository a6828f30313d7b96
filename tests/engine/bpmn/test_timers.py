"""Timer texts: instants, durations and intervals, on the local calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.bpmn import timers

NOW = datetime(2026, 1, 31, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text, due",
    [
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ('"2026-03-01T10:00:00+08:00"', datetime(2026, 3, 1, 2, tzinfo=UTC)),
        ("2026-03-01T10:00:00", datetime(2026, 3, 1, 2, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 2, 28, 16, tzinfo=UTC)),
        ("P5D", NOW + timedelta(days=5)),
        ("'PT1H30M'", NOW + timedelta(hours=1.5)),
        ("P2W", NOW + timedelta(weeks=2)),
        ("PT0.5S", NOW + timedelta(seconds=0.5)),
        ("P1M", datetime(2026, 2, 28, 2, tzinfo=UTC)),
        ("P1Y2M", datetime(2027, 3, 31, 2, tzinfo=UTC)),
    ],
)
def test_single_instants(text, due):
    assert timers.schedule(text, NOW) == timers.Schedule(due)


def test_intervals_say_how_often_and_how_far_apart():
    hourly = timers.schedule("R3/PT1H", NOW)
    dated = timers.schedule("R/2026-02-01T00:00:00Z/P1D", NOW)

    assert (hourly.due, hourly.repeats) == (NOW + timedelta(hours=1), 2)
    assert (dated.due, dated.repeats) == (datetime(2026, 2, 1, tzinfo=UTC), None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "5 days",
        "0 0 * * *",
        "R0/PT1H",
        "R3",
        "P1H",
        "2026-02-30",
        "due_at",
        "P999Y",
        "R2/PT1H/2026-02-01T00:00:00Z",
    ],
)
def test_other_texts_are_no_literals(text):
    assert not timers.is_literal(text)


@pytest.mark.parametrize("text", ["R/PT0S", "R5/PT0S", "R/PT0.1S", "R99999/PT0.5S", "R/P0Y0M"])
def test_a_timer_that_would_keep_a_worker_busy_for_ever_is_refused(text):
    with pytest.raises(ValueError, match="interval"):
        timers.schedule(text, datetime(2026, 1, 5, tzinfo=UTC))


def test_a_short_interval_may_repeat_a_few_times():
    assert timers.schedule("R10/PT0.1S", datetime(2026, 1, 5, tzinfo=UTC)).repeats == 9


@pytest.mark.parametrize("text", ["P5", "R/PT0S", "'P1D2H'", "2026-13-01", "R3/now", "P1Y2"])
def test_a_misspelt_time_is_no_expression(text):
    assert timers.misspelt(text)


@pytest.mark.parametrize("text", ["P5D", "due_at", "Period", "P", "'P' + days + 'D'", "R", ""])
def test_a_time_and_an_expression_are_not_misspelt(text):
    assert timers.misspelt(text) is None
