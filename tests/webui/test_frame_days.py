"""The strip of days: what each cell is, what is left, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from engine import clock
from tests.webui import sampler
from webui.days import strip

FIRST = date(2026, 9, 7)  # a Monday
WORK = [one for one in (FIRST + timedelta(days=n) for n in range(150)) if one.weekday() < 5]


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    with clock.at(sampler.NOW), sampler.site().test_request_context():
        yield


def kinds(found: object) -> list[str]:
    return [cell.kind for cell in found.cells]  # type: ignore[attr-defined]


def test_used_stopped_today_left_and_beyond_are_told_apart() -> None:
    drawn = strip(
        WORK[:10], today=WORK[3], promised_on=WORK[5], statutory_on=WORK[8], stopped={WORK[1]}
    )
    assert drawn is not None
    assert kinds(drawn) == [
        *("u", "s", "u", "n", "", "", "promised", "f", "f", "f", "statutory", "f"),
    ]
    assert drawn.text == (
        "9月7日 起算，已用 2 天，停表 1 天，不计入，今天，承诺期还剩 3 天，含今天，"
        "承诺 9月14日 前办结，法定期限 9月17日"
    )


def test_a_weekend_is_a_gap() -> None:
    drawn = strip(WORK[:7], today=WORK[0], promised_on=WORK[6])
    assert drawn is not None
    assert [cell.gap for cell in drawn.cells if cell.kind != "promised"].index(True) == 5


def test_late_days_are_counted_and_the_tone_says_so() -> None:
    drawn = strip(WORK[:7], today=WORK[6], promised_on=WORK[4])
    assert drawn is not None
    assert drawn.tone == "over"
    assert kinds(drawn)[-2:] == ["x", "x"]
    assert drawn.cells[-1].label == "逾期 2 天"


def test_the_last_two_days_are_soon() -> None:
    assert strip(WORK[:5], today=WORK[3], promised_on=WORK[4]).tone == "soon"  # type: ignore[union-attr]
    assert strip(WORK[:5], today=WORK[2], promised_on=WORK[4]).tone == "in"  # type: ignore[union-attr]


def test_a_finished_case_has_no_today_and_is_not_late() -> None:
    drawn = strip(WORK[:8], today=WORK[7], promised_on=WORK[4], ended_on=WORK[2])
    assert drawn is not None
    assert "提前 2 天" in drawn.text and "还剩" not in drawn.text
    assert kinds(drawn) == ["u", "u", "u", "", "", "promised"]
    assert drawn.tone == "in"


def test_more_than_45_days_are_drawn_five_to_a_cell() -> None:
    drawn = strip(WORK[:60], today=WORK[7], promised_on=WORK[29], statutory_on=WORK[59])
    assert drawn is not None
    assert drawn.grouped
    assert kinds(drawn)[:3] == ["u", "n", ""]
    assert len(drawn.cells) == 60 // 5 + 2


def test_no_day_is_no_strip() -> None:
    assert strip([], today=FIRST, promised_on=FIRST) is None
